/// The extent of each axis of a tensor, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// One number an axis; none for a scalar.
  public let extents: [Int]

  /// A shape from its extents.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in \(extents)")
    self.extents = extents
  }

  /// A shape written as a list, outermost axis first.
  public init(arrayLiteral extents: Int...) { self.init(extents) }

  /// The number of scalars, the product of all extents; 1 for a scalar.
  public var count: Int { extents.reduce(1, *) }

  /// The number of axes.
  public var rank: Int { extents.count }

  /// The extent of one axis, counted from the outermost.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The extents in parentheses, for example "(16, 3, 3, 3)".
  public var description: String { "(" + extents.map(String.init).joined(separator: ", ") + ")" }
}
