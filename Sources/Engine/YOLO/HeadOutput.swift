public import Tensors

/// What the detection head says before any decoding: for each level a map of box logits and a map of
/// class logits.
///
/// Anchors are counted level by level, row by row: A is the sum of height x width over the levels.
public struct HeadOutput: Sendable {
  /// One level of the head.
  public struct Level: Sendable {
    /// Input pixels from one cell to the next: 8, 16 or 32.
    public let stride: Int
    /// Logits of the distances to left, top, right and bottom, N x H x W x (4 regMax); the bins of one
    /// side are next to each other.
    public let boxes: FeatureMap
    /// Class logits, N x H x W x nc.
    public let scores: FeatureMap

    /// One level from its two maps.
    public init(stride: Int, boxes: FeatureMap, scores: FeatureMap) {
      precondition(
        boxes.height == scores.height && boxes.width == scores.width && boxes.count == scores.count,
        "boxes and scores of a level must have one size")
      (self.stride, self.boxes, self.scores) = (stride, boxes, scores)
    }
  }

  /// From the finest level to the coarsest.
  public let levels: [Level]

  /// The head's output from its levels.
  public init(levels: [Level]) { self.levels = levels }

  /// Images in the batch.
  public var count: Int { levels.first?.boxes.count ?? 0 }
  /// A, the number of cells of all levels.
  public var anchors: Int { levels.reduce(0) { $0 + $1.boxes.height * $1.boxes.width } }
  /// The number of classes.
  public var classes: Int { levels.first?.scores.channels ?? 0 }
  /// Bins of one side's distance distribution.
  public var regMax: Int { (levels.first?.boxes.channels ?? 0) / 4 }
}
