public import Geometry

/// What a detector does wrong at one confidence: counts by kind, by size, by crowding, by pair of classes.
public struct MistakeSummary: Hashable, Sendable {
  /// Found and not found of one group of objects.
  public struct Recall: Hashable, Sendable {
    /// All objects of the group.
    public internal(set) var objects = 0
    /// Those that are not found: no detection of their class has their place.
    public internal(set) var missed = 0

    /// A group from its counts.
    public init(objects: Int = 0, missed: Int = 0) {
      (self.objects, self.missed) = (objects, missed)
    }
  }

  /// How large an object is, by the area of its box.
  ///
  /// Source: <https://cocodataset.org/#detection-eval>.
  public enum Size: String, Codable, Hashable, Sendable, CaseIterable {
    /// Below 32 x 32 pixels.
    case small
    /// Below 96 x 96 pixels.
    case medium
    /// Above.
    case large

    /// The size of a box.
    public init(area: Float) { self = area < 32 * 32 ? .small : area < 96 * 96 ? .medium : .large }
  }

  /// How many other objects an object's box touches.
  public enum Crowding: String, Codable, Hashable, Sendable, CaseIterable {
    /// None.
    case alone
    /// One.
    case pair
    /// Two or more.
    case crowd

    /// How many others one of several objects touches.
    init(of index: Int, in truths: [LabeledBox<some CoordinateSpace>]) {
      let others = truths.indices.count {
        $0 != index
          && intersectionOverUnion(truths[index].box, truths[$0].box) >= MistakeSummary.touching
      }
      self = others == 0 ? .alone : others == 1 ? .pair : .crowd
    }
  }

  /// One class taken for another, this often.
  public struct Confusion: Hashable, Sendable {
    /// The class that is there, and the one that was predicted.
    public let truth, predicted: Int
    /// How often.
    public let count: Int

    /// A pair from its count.
    public init(truth: Int, predicted: Int, count: Int) {
      (self.truth, self.predicted, self.count) = (truth, predicted, count)
    }
  }

  /// How many errors of each kind there are.
  public private(set) var counts: [DetectionErrorKind: Int] = [:]
  /// Detections that are right.
  public private(set) var hits = 0
  /// Objects by size.
  public private(set) var bySize: [Size: Recall] = [:]
  /// Objects by crowding.
  public private(set) var byCrowding: [Crowding: Recall] = [:]
  /// Objects by class.
  public private(set) var byClass: [Int: Recall] = [:]
  /// Wrong classes by pair, the most frequent first.
  public private(set) var confusions: [Confusion] = []
  /// Images without objects.
  public private(set) var emptyImages = 0
  /// Images without objects on which something is found.
  public private(set) var emptyImagesWithDetections = 0
  /// What is found on images without objects.
  public private(set) var detectionsOnEmptyImages = 0

  /// The overlap from which on two objects touch, as IoU.
  static let touching = 0.02

  /// Counts a set of images.
  ///
  /// - Parameters:
  ///   - results: The images, in pixels of the images, with the detections that count.
  ///   - judged: The same images, judged.
  public init(of results: [ImageResult<ImagePixels>], judged: [JudgedImage]) {
    precondition(results.count == judged.count, "every image is judged")
    var pairs: [[Int]: Int] = [:]
    for (result, judgement) in zip(results, judged) {
      add(result, judgement, &pairs)
    }
    confusions = pairs.map { Confusion(truth: $0.key[0], predicted: $0.key[1], count: $0.value) }
      .sorted { ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted) }
  }

  private mutating func add(
    _ result: ImageResult<ImagePixels>, _ judged: JudgedImage, _ pairs: inout [[Int]: Int]
  ) {
    var found: Set<Int> = []
    for judgement in judged.judgements {
      switch judgement.verdict {
      case .hit(let truth):
        hits += 1
        found.insert(truth)
      case .error(let kind, let truth):
        counts[kind, default: 0] += 1
        if kind == .classification, let truth {
          let predicted = result.detections[judgement.detection].classIndex
          pairs[[result.truths[truth].classIndex, predicted], default: 0] += 1
        }
      }
    }
    counts[.missed, default: 0] += judged.missed.count
    for (index, truth) in result.truths.enumerated() {
      let isMissed = !found.contains(index)
      bySize[Size(area: truth.box.area), default: Recall()].add(isMissed)
      byCrowding[Crowding(of: index, in: result.truths), default: Recall()].add(
        isMissed)
      byClass[truth.classIndex, default: Recall()].add(isMissed)
    }
    if result.truths.isEmpty {
      emptyImages += 1
      detectionsOnEmptyImages += result.detections.count
      if !result.detections.isEmpty { emptyImagesWithDetections += 1 }
    }
  }
}

extension MistakeSummary.Recall {
  mutating func add(_ isMissed: Bool) {
    objects += 1
    if isMissed { missed += 1 }
  }
}
