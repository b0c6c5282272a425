internal import CKernels
public import Geometry
internal import Mathematics
package import Tensors

/// Picks the detections of an image from the many boxes of the head: of boxes that cover each other,
/// the surest stays.
///
/// Rules, down to ties and the order of rows, are those of Ultralytics 8.4: a candidate's score must
/// exceed `confidence`; a box goes when its IoU with a surer one that stays exceeds `iou`; equal scores
/// keep the order of anchors, then of classes; at most `limit` detections stay. Boxes of different
/// classes do not compete unless `isAgnostic` is set.
public struct NonMaximumSuppression: Hashable, Sendable {
  /// What a candidate's score must exceed, 0...1.
  public var confidence: Float
  /// For each class what a candidate's score must exceed in place of ``confidence``; nil for no difference.
  public var classConfidences: [Float]?
  /// The IoU above which the less sure box goes, 0...1.
  public var iou: Float
  /// How many detections an image may have.
  public var limit: Int
  /// Only these classes are candidates; nil for all.
  public var classes: Set<Int>?
  /// Whether boxes of different classes compete.
  public var isAgnostic: Bool
  /// Whether an anchor may be a candidate for several classes, as validation has it, or for the best
  /// alone, as prediction has it.
  public var isMultiLabel: Bool

  /// How many candidates an image may have; the surest stay.
  private static var candidateLimit: Int { 30_000 }
  /// How far apart the classes are laid so that their boxes cannot meet, in pixels.
  private static var classDistance: Float { 7680 }

  /// Rules from their numbers; the defaults are those of prediction.
  public init(
    confidence: Float = 0.25, iou: Float = 0.7, limit: Int = 300, classes: Set<Int>? = nil,
    isAgnostic: Bool = false, isMultiLabel: Bool = false
  ) {
    (self.confidence, self.iou, self.limit) = (confidence, iou, limit)
    (self.classes, self.isAgnostic, self.isMultiLabel) = (classes, isAgnostic, isMultiLabel)
  }

  /// A detection and where it came from.
  public struct Row: Hashable, Sendable {
    /// What was found.
    public var detection: Detection<InputPixels>
    /// The anchor whose box it is.
    public var anchor: Int
  }

  /// The detections of each image, surest first.
  ///
  /// Only boxes whose score passes are decoded. NaN scores are no candidates.
  public func detections(in output: HeadOutput) -> [[Row]] {
    let grid = AnchorGrid(output), bound = logitBound
    return (0..<output.count).map { image in
      let levels = output.levels.map { $0.image(image) }
      var candidates: [Row] = []
      for (index, level) in levels.enumerated() {
        for position in 0..<level.scores.pixels
        where isPromising(level.scores, position, above: bound) {
          let anchor = grid.levels[index].first + position
          addCandidates(anchor, levels.scores(anchor, on: grid), to: &candidates) {
            Box(levels.decodedBox(anchor, on: grid))
          }
        }
      }
      return suppress(candidates)
    }
  }

  /// The detections among decoded columns, surest first.
  ///
  /// - Parameters:
  ///   - decoded: A tensor (N, 4 + nc, A): center, size in input pixels, scores.
  ///   - image: Which of its images.
  /// - Returns: At most ``limit`` rows.
  package func detections(inDecoded decoded: Tensor, image: Int = 0) -> [Row] {
    let rows = decoded.shape[1], count = decoded.shape[2], first = image * rows * count
    var candidates: [Row] = []
    for anchor in 0..<count {
      let column = (0..<rows).map { decoded.scalars[first + $0 * count + anchor] }
      addCandidates(anchor, Array(column[4...]), to: &candidates) {
        Box(centerX: column[0], centerY: column[1], width: column[2], height: column[3])
      }
    }
    return suppress(candidates)
  }

  /// A logit below that of the threshold by more than rounding; the scores themselves decide.
  private var logitBound: Float {
    let share = Double(classConfidences?.min() ?? confidence) * 0.9999
    guard share > 0 else { return -.infinity }
    return share < 1 ? Float(ElementaryFunctions.log(share / (1 - share))) : .infinity
  }

  private func threshold(of index: Int) -> Float { classConfidences?[index] ?? confidence }

  /// Whether any logit of a pixel may give a score above the threshold.
  private func isPromising(_ scores: FeatureMap, _ position: Int, above bound: Float) -> Bool {
    // SAFETY: the pixel lies in the map and `channels` floats belong to it.
    let logits = unsafe scores.base + position * scores.pixel
    for channel in 0..<scores.channels where unsafe logits[channel] >= bound { return true }
    return false
  }

  /// Appends what an anchor has to offer, in class order.
  private func addCandidates(
    _ anchor: Int, _ scores: [Float], to candidates: inout [Row], box: () -> Box<InputPixels>
  ) {
    var found: [(classIndex: Int, score: Float)] = []
    if isMultiLabel {
      for (index, score) in scores.enumerated() where score > threshold(of: index) {
        found.append((index, score))
      }
    } else {
      var best = 0
      for index in scores.indices where scores[index] > scores[best] { best = index }
      if !scores.isEmpty, scores[best] > threshold(of: best) { found.append((best, scores[best])) }
    }
    if let classes { found.removeAll { !classes.contains($0.classIndex) } }
    guard !found.isEmpty else { return }
    let box = box()
    for (index, score) in found {
      candidates.append(
        Row(
          detection: Detection(box: box, confidence: score, classIndex: index), anchor: anchor))
    }
  }

  /// Goes through the candidates from the surest on and keeps those that no kept one covers.
  private func suppress(_ candidates: [Row]) -> [Row] {
    // Ties keep their order: the index is the second key.
    let order = candidates.indices.sorted { a, b in
      let (p, q) = (candidates[a].detection.confidence, candidates[b].detection.confidence)
      return p == q ? a < b : p > q
    }.prefix(Self.candidateLimit)
    var kept: [Row] = [], boxes: [Box<InputPixels>] = []
    for index in order {
      guard kept.count < limit else { break }
      var box = candidates[index].detection.box
      if !isAgnostic {
        let shift = Float(candidates[index].detection.classIndex) * Self.classDistance
        box.minX += shift
        box.minY += shift
        box.maxX += shift
        box.maxY += shift
      }
      guard !boxes.contains(where: { covers($0, box) }) else { continue }
      boxes.append(box)
      kept.append(candidates[index])
    }
    return kept
  }

  /// Whether the IoU of two boxes exceeds the threshold; in single precision, like the reference, so
  /// that IoUs at the threshold fall to the same side.
  private func covers(_ a: Box<InputPixels>, _ b: Box<InputPixels>) -> Bool {
    let width = max(0, min(a.maxX, b.maxX) - max(a.minX, b.minX))
    let height = max(0, min(a.maxY, b.maxY) - max(a.minY, b.minY))
    let inter = width * height
    let areas = (a.maxX - a.minX) * (a.maxY - a.minY) + (b.maxX - b.minX) * (b.maxY - b.minY)
    return inter / (areas - inter) > iou
  }
}
