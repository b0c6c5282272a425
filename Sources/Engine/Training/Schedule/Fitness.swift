/// The one number by which epochs are compared: a weighted sum of two mean average precisions.
public struct Fitness: Equatable, Sendable {
  /// What mAP50 weighs.
  public let map50: Double
  /// What mAP50-95 weighs.
  public let map50_95: Double

  /// A fitness from its weights.
  public init(map50: Double, map50_95: Double) {
    (self.map50, self.map50_95) = (map50, map50_95)
  }

  /// The fitness of an epoch's scores, each in 0...1.
  public func callAsFunction(map50: Double, map50_95: Double) -> Double {
    self.map50 * map50 + self.map50_95 * map50_95
  }
}
