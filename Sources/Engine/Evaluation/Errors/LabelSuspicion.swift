public import Geometry

/// A label that a model contradicts, or one that seems to be missing.
public struct LabelSuspicion: Hashable, Sendable {
  /// What may be wrong.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The model is sure of an object that has no label.
    case missing
    /// The model is sure of another class.
    case otherClass
    /// The model sees the object elsewhere, or in another size.
    case shifted
    /// Two labels lie on one object.
    case doubled
    /// The model sees nothing where the label is.
    case unseen
  }

  /// What may be wrong.
  public let kind: Kind
  /// The label, by its index in the image; nil where it is missing.
  public let label: Int?
  /// The detection that contradicts, by its index in the result; nil where there is none.
  public let detection: Int?
  /// The other label, where two lie on one object.
  public let other: Int?
  /// How much speaks for it, 0...1: the highest are looked at first.
  public let score: Double

  /// The suspicions of one image, the strongest first.
  ///
  /// What the model gives another class counts by how much surer it is of that than of the label's own,
  /// as in Northcutt, Jiang, Chuang, "Confident Learning", 2021. A label that the model overlooks counts by how
  /// often objects like it are found elsewhere (small ones in a crowd are often overlooked), and half: silence
  /// says less than contradiction.
  ///
  /// - Parameters:
  ///   - result: What was found at any confidence, and what is labeled.
  ///   - confidence: What a detection needs to contradict.
  ///   - recall: The recall of objects like those of the image; see ``LikelyRecall``.
  /// - Returns: At most one suspicion a label and one a detection.
  public static func of(
    _ result: ImageResult<ImagePixels>, confidence: Float = 0.25,
    recall: LikelyRecall = LikelyRecall()
  ) -> [LabelSuspicion] {
    let order = result.detections.indices.sorted {
      let (p, q) = (result.detections[$0].confidence, result.detections[$1].confidence)
      return p == q ? $0 < $1 : p > q
    }
    let overlaps = result.detections.map { detection in
      result.truths.map { intersectionOverUnion(detection.box, $0.box) }
    }
    let evidence = Evidence(
      result: result, order: order, overlaps: overlaps, confidence: confidence, recall: recall)
    let labels = result.truths.indices.compactMap { evidence.suspicion(ofLabel: $0) }
    return strongest(doubled(result.truths) + labels + evidence.missingLabels)
  }

  /// A suspicion of an image that was looked at several times, and the look that speaks for it most.
  public struct Agreed: Sendable {
    /// With the mean score of all looks.
    public let suspicion: LabelSuspicion
    /// Which look has its detection.
    public let look: Int
  }

  /// The suspicions of one image that was looked at several times, such as at several sizes, the strongest
  /// first.
  ///
  /// A suspicion of a look that another one does not have counts there as zero: what a model sees at one size
  /// alone is seldom a fault of the labels.
  ///
  /// - Parameter looks: What was found each time, with the same labels, and what is suspected there.
  /// - Returns: At most one suspicion a label, with the mean score of all looks.
  public static func agreed(
    _ looks: [(result: ImageResult<ImagePixels>, suspicions: [LabelSuspicion])]
  ) -> [Agreed] {
    var all: [(strongest: LabelSuspicion, look: Int, sum: Double)] = []
    for (look, (result, suspicions)) in looks.enumerated() {
      for suspicion in suspicions {
        let known = all.firstIndex { other in
          guard suspicion.label == nil, let detection = suspicion.detection else {
            return suspicion.label == other.strongest.label
          }
          guard other.strongest.label == nil, let before = other.strongest.detection else {
            return false
          }
          let (a, b) = (result.detections[detection], looks[other.look].result.detections[before])
          return other.look != look && a.classIndex == b.classIndex
            && intersectionOverUnion(a.box, b.box) >= 0.5
        }
        guard let known else {
          all.append((suspicion, look, suspicion.score))
          continue
        }
        all[known].sum += suspicion.score
        if suspicion.score > all[known].strongest.score {
          (all[known].strongest, all[known].look) = (suspicion, look)
        }
      }
    }
    return all.map { suspicion, look, sum in
      Agreed(
        suspicion: LabelSuspicion(
          kind: suspicion.kind, label: suspicion.label, detection: suspicion.detection,
          other: suspicion.other, score: sum / Double(looks.count)), look: look)
    }.enumerated().sorted {
      ($1.element.suspicion.score, $0.offset) < ($0.element.suspicion.score, $1.offset)
    }.map(\.element)
  }

  /// What speaks for and against the labels of an image.
  private struct Evidence {
    let result: ImageResult<ImagePixels>
    /// The detections, the surest first.
    let order: [Int]
    /// The IoU of each detection with each label.
    let overlaps: [[Double]]
    let confidence: Float
    let recall: LikelyRecall

    /// The IoU from which on a detection has a label's place, as in the scores.
    private let place = 0.5
    /// The IoU from which on a detection has something to do with a label.
    private let touch = 0.3

    /// How much an overlap says that a box is shifted, 0...1: wholly from a third down.
    private func shift(_ iou: Double) -> Double { min(1, 1.5 * (1 - iou)) }

    private func isSure(_ detection: Int) -> Bool {
      result.detections[detection].confidence >= confidence
    }

    /// The surest detection that fits, with its confidence.
    private func surest(_ fits: (Int) -> Bool) -> (index: Int, confidence: Double)? {
      order.first(where: fits).map { ($0, Double(result.detections[$0].confidence)) }
    }

    func suspicion(ofLabel label: Int) -> LabelSuspicion? {
      let own = result.truths[label].classIndex
      let same = surest {
        overlaps[$0][label] >= place && result.detections[$0].classIndex == own
      }
      let other = surest {
        overlaps[$0][label] >= place && result.detections[$0].classIndex != own
      }
      if let other, isSure(other.index), other.confidence > same?.confidence ?? 0 {
        return LabelSuspicion(
          kind: .otherClass, label: label, detection: other.index, other: nil,
          score: other.confidence - (same?.confidence ?? 0))
      }
      if let same, isSure(same.index) {
        // A box that overlaps hardly: the label is larger, smaller or elsewhere.
        let iou = overlaps[same.index][label]
        guard iou < 0.7 else { return nil }
        return LabelSuspicion(
          kind: .shifted, label: label, detection: same.index, other: nil,
          score: same.confidence * shift(iou))
      }
      let loose = surest { index in
        isSure(index) && overlaps[index][label] >= 0.1
          && result.detections[index].classIndex == own && overlaps[index].allSatisfy { $0 < place }
      }
      if let loose {
        return LabelSuspicion(
          kind: .shifted, label: label, detection: loose.index, other: nil,
          score: loose.confidence * shift(overlaps[loose.index][label]))
      }
      // The surest of all that is found there, however unsure.
      let seen = surest { overlaps[$0][label] >= touch }?.confidence ?? 0
      return LabelSuspicion(
        kind: .unseen, label: label, detection: nil, other: nil,
        score: (1 - seen) * recall.ofLabel(label, in: result.truths) / 2)
    }

    /// Sure detections where no label is; of several in one place the surest.
    var missingLabels: [LabelSuspicion] {
      var found: [Int] = []
      for index in order where isSure(index) && overlaps[index].allSatisfy({ $0 < touch }) {
        let box = result.detections[index].box
        let isNew = found.allSatisfy {
          intersectionOverUnion(result.detections[$0].box, box) < place
        }
        if isNew { found.append(index) }
      }
      return found.map { index in
        LabelSuspicion(
          kind: .missing, label: nil, detection: index, other: nil,
          score: Double(result.detections[index].confidence))
      }
    }
  }

  /// Pairs of labels that lie on one object.
  private static func doubled(_ truths: [LabeledBox<ImagePixels>]) -> [LabelSuspicion] {
    truths.indices.flatMap { first in
      truths.indices.filter { $0 > first }.compactMap { second in
        let iou = intersectionOverUnion(truths[first].box, truths[second].box)
        guard iou >= 0.7 else { return nil }
        return LabelSuspicion(
          kind: .doubled, label: second, detection: nil, other: first, score: iou)
      }
    }
  }

  /// By falling score, each label and each detection once.
  private static func strongest(_ all: [LabelSuspicion]) -> [LabelSuspicion] {
    var labels: Set<Int> = [], detections: Set<Int> = []
    return all.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }.map(\.element).filter { suspicion in
      if let label = suspicion.label, labels.contains(label) { return false }
      if let detection = suspicion.detection, detections.contains(detection) { return false }
      if let label = suspicion.label { labels.insert(label) }
      if let detection = suspicion.detection { detections.insert(detection) }
      return true
    }
  }
}
