/// Where a figure lies with a given confidence.
public struct Interval: Codable, Hashable, Sendable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// An interval from its ends.
  public init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }

  /// The middle part of a list of numbers.
  ///
  /// - Parameters:
  ///   - values: The numbers in any order, at least one.
  ///   - level: The share of them inside, 0...1.
  init(middleOf values: [Double], level: Double) {
    let sorted = values.sorted()
    let places = Interpolation(x: sorted.indices.map(Double.init), y: sorted)
    let outside = (1 - level) / 2 * Double(sorted.count - 1)
    self.init(lower: places(outside), upper: places(Double(sorted.count - 1) - outside))
  }
}
