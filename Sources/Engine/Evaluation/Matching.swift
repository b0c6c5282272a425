public import Geometry

/// What was found and what is there, in one image.
public struct ImageResult<Space: CoordinateSpace>: Sendable {
  /// What was found, in any order.
  public var detections: [Detection<Space>]
  /// What is there according to the labels.
  public var truths: [LabeledBox<Space>]

  /// The result of one image.
  public init(detections: [Detection<Space>], truths: [LabeledBox<Space>]) {
    (self.detections, self.truths) = (detections, truths)
  }
}

/// Which version's arithmetic holds.
public enum EvaluationRules: String, Codable, Hashable, Sendable, CaseIterable {
  /// Ultralytics 8.4: greedy matching, precision falls to 0 behind the last recall, fitness is
  /// mAP50-95.
  case current
  /// Ultralytics 8.0: matching by sorted pairs, precision falls linearly to recall 1, fitness is
  /// 0.1 mAP50 + 0.9 mAP50-95.
  case classic
}

/// Which detections of one image are true, at each of the ten IoU thresholds.
///
/// It is all that precision, recall and their averages depend on.
public struct MatchedImage: Hashable, Sendable {
  /// One detection.
  public struct Row: Hashable, Sendable {
    /// How sure the model is, 0...1.
    public let confidence: Float
    /// The class, from 0.
    public let classIndex: Int
    /// A bit for each threshold from 0.5 on, the lowest first.
    public internal(set) var isTrue: UInt16 = 0

    /// One detection.
    public init(confidence: Float, classIndex: Int, isTrue: UInt16 = 0) {
      (self.confidence, self.classIndex, self.isTrue) = (confidence, classIndex, isTrue)
    }
  }

  /// By falling confidence; equal ones in their original order.
  public private(set) var rows: [Row]
  /// The class of each object.
  public let truths: [Int]

  /// An image that was matched before.
  public init(rows: [Row], truths: [Int]) { (self.rows, self.truths) = (rows, truths) }

  /// The ten IoU thresholds from 0.5 to 0.95, rounded to single precision.
  static let thresholds = (0..<10).map { Double(Float(0.5 + 0.05 * Double($0))) }

  /// Compares what was found with what is there.
  public init(_ result: ImageResult<some CoordinateSpace>, rules: EvaluationRules) {
    let detections = result.detections.sortedByConfidence()
    rows = detections.map { Row(confidence: $0.confidence, classIndex: $0.classIndex) }
    truths = result.truths.map(\.classIndex)
    // Objects of another class cover nothing.
    let overlaps = detections.map { detection in
      result.truths.map { truth in
        truth.classIndex == detection.classIndex
          ? intersectionOverUnion(detection.box, truth.box) : 0
      }
    }
    for (bit, threshold) in MatchedImage.thresholds.enumerated() {
      let matches =
        rules == .current
        ? greedyMatches(overlaps, objects: truths.count) { $0 >= threshold }
        : pairedMatches(overlaps, objects: truths.count, atLeast: threshold)
      for (row, match) in matches.enumerated() where match != nil { rows[row].isTrue |= 1 << bit }
    }
  }
}

/// IoU in double precision with 1e-7 added to the union.
func intersectionOverUnion<Space>(_ a: Box<Space>, _ b: Box<Space>) -> Double {
  let p = a.edges, q = b.edges
  let inter = max(0, min(p.z, q.z) - max(p.x, q.x)) * max(0, min(p.w, q.w) - max(p.y, q.y))
  let areas = (p.z - p.x) * (p.w - p.y) + (q.z - q.x) * (q.w - q.y)
  return inter / (areas - inter + 1e-7)
}

/// The object of each detection: in order, each takes the one it overlaps most among those that are
/// left and near enough; of equal ones the first.
func greedyMatches(
  _ overlaps: [[Double]], objects: Int, _ isNear: (Double) -> Bool
) -> [Int?] {
  var isTaken = [Bool](repeating: false, count: objects)
  return overlaps.map { row in
    var best: Int?
    for object in 0..<objects where !isTaken[object] && isNear(row[object]) {
      if let current = best, row[current] >= row[object] { continue }
      best = object
    }
    if let best { isTaken[best] = true }
    return best
  }
}

/// The object of each detection by the older rule: each wants the one it overlaps most, taken or not;
/// of those who want the same one the first gets it and the others get none.
func pairedMatches(_ overlaps: [[Double]], objects: Int, atLeast threshold: Double) -> [Int?] {
  var isTaken = [Bool](repeating: false, count: objects)
  return overlaps.map { row in
    guard let top = row.max(), top >= threshold, let best = row.firstIndex(of: top), !isTaken[best]
    else { return nil }
    isTaken[best] = true
    return best
  }
}

extension Array {
  /// By falling confidence; equal ones keep their order.
  func sortedByConfidence<Space>() -> [Detection<Space>] where Element == Detection<Space> {
    indices.sorted {
      let (p, q) = (self[$0].confidence, self[$1].confidence)
      return p == q ? $0 < $1 : p > q
    }.map { self[$0] }
  }
}
