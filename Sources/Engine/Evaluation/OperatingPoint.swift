/// A confidence threshold, and how good the detections at or above it are at IoU 0.5.
public struct OperatingPoint: Codable, Hashable, Sendable {
  /// The threshold, 0...1.
  public let confidence: Double
  /// The share of the detections that are right, 0...1.
  public let precision: Double
  /// The share of the objects that are found, 0...1.
  public let recall: Double
  /// The harmonic mean of precision and recall of a class, or the mean of that over the classes, 0...1.
  public let f1: Double

  /// A threshold with its figures.
  public init(confidence: Double, precision: Double, recall: Double, f1: Double) {
    (self.confidence, self.precision) = (confidence, precision)
    (self.recall, self.f1) = (recall, f1)
  }

  /// One of the 1000 points of a class's curves.
  init(of curves: ClassMetrics.Curves, at index: Int) {
    self.init(
      confidence: curveAbscissae[index], precision: curves.precision[index],
      recall: curves.recall[index], f1: curves.f1[index])
  }

  /// Whether anything right is found; if not, no threshold is better than another.
  public var isFound: Bool { f1 > 0 }
}
