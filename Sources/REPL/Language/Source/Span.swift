/// A stretch of a source text, as UTF-8 offsets from its start.
public struct Span: Hashable, Sendable {
  /// The offset of the first byte.
  public let lower: Int
  /// The offset behind the last byte; never below `lower`.
  public let upper: Int

  /// Names the bytes `lower..<upper`.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// How many bytes it covers.
  public var count: Int { upper - lower }

  /// The smallest span that covers both.
  public func joined(with other: Span) -> Span {
    Span(min(lower, other.lower), max(upper, other.upper))
  }
}
