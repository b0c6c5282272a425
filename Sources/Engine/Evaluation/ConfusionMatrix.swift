public import Geometry

/// Which class was taken for which, at one confidence and one IoU threshold.
///
/// Detections take objects of any class, the surest first, each the one it overlaps most.
public struct ConfusionMatrix: Hashable, Sendable {
  /// The number of classes; as an index it stands for the background.
  public let classes: Int
  /// The score that a detection had to exceed.
  public let confidence: Float
  /// The IoU that a match had to exceed.
  public let iou: Double
  private var counts: [Int]

  /// Counts a set of images.
  ///
  /// - Parameters:
  ///   - results: Class indices below `classes`.
  ///   - classes: The number of classes.
  ///   - confidence: What a detection's score must exceed.
  ///   - iou: What the IoU of a match must exceed.
  public init(
    of results: [ImageResult<some CoordinateSpace>], classes: Int, confidence: Float = 0.25,
    iou: Double = 0.45
  ) {
    (self.classes, self.confidence, self.iou) = (classes, confidence, iou)
    counts = [Int](repeating: 0, count: (classes + 1) * (classes + 1))
    for result in results { add(result) }
  }

  /// How many objects of a class were predicted as another, or as the same.
  ///
  /// - Parameters:
  ///   - predicted: The class found; ``classes`` for objects that were missed.
  ///   - truth: The class that is there; ``classes`` for detections of nothing.
  public subscript(predicted predicted: Int, truth truth: Int) -> Int {
    counts[predicted * (classes + 1) + truth]
  }

  private mutating func add(_ result: ImageResult<some CoordinateSpace>) {
    let detections = result.detections.filter { $0.confidence > confidence }.sortedByConfidence()
    let overlaps = detections.map { detection in
      result.truths.map { intersectionOverUnion(detection.box, $0.box) }
    }
    let matches = greedyMatches(overlaps, objects: result.truths.count) { $0 > iou }
    for (detection, match) in zip(detections, matches) {
      count(detection.classIndex, match.map { result.truths[$0].classIndex } ?? classes)
    }
    let found = Set(matches.compactMap(\.self))
    for (index, truth) in result.truths.enumerated() where !found.contains(index) {
      count(classes, truth.classIndex)
    }
  }

  private mutating func count(_ predicted: Int, _ truth: Int) {
    precondition(
      (0...classes).contains(predicted) && (0...classes).contains(truth),
      "class \(max(predicted, truth)) is not below \(classes)")
    counts[predicted * (classes + 1) + truth] += 1
  }
}
