/// What repetitions of one experiment gave: their mean, how far they scatter, how well the mean is known.
public struct Spread: Codable, Hashable, Sendable {
  /// The figures, one a repetition, in their order.
  public let values: [Double]

  /// The share of such intervals that hold the true mean.
  public static var level: Double { 0.95 }

  /// The figures of at least two repetitions.
  public init(_ values: [Double]) {
    precondition(values.count >= 2, "a spread needs two values, found \(values.count)")
    self.values = values
  }

  /// The arithmetic mean.
  public var mean: Double { values.mean }

  /// The standard deviation of the repetitions, with n - 1 below.
  public var deviation: Double {
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The confidence interval of the mean by Student's t, at ``level``.
  ///
  /// It says how far the mean of many more repetitions may lie from this one. Figures that are not close
  /// to a normal distribution, such as scores near 0 or 1, make it inexact.
  public var interval: Interval {
    let count = Double(values.count)
    let reach =
      StudentDistribution(degrees: values.count - 1).halfWidth(level: Self.level) * deviation
      / count.squareRoot()
    return Interval(lower: mean - reach, upper: mean + reach)
  }
}
