internal import Tensors

/// A batch as the steps of a network see it: what of it is at hand, and who has the rest.
struct SharedBatch {
  /// How it is cut, and what of it is at hand.
  let shards: BatchShards
  /// The other ranks; nil where all of it is at hand.
  var exchange: (any BatchExchange)?

  /// The images at hand of a map that was planned for at least one.
  func images(of map: FeatureMap) -> FeatureMap {
    shards.held.isEmpty ? map.images(0..<0) : map
  }
}

extension Step {
  /// Whether ranks do the step together, also those that have no image.
  var isShared: Bool {
    switch self {
    case .sumStatistics, .finishStatistics, .sumGradient, .finishGradient, .weightGradient,
      .biasGradient:
      true
    case .fused, .convolve, .normalize, .maxPool, .upsample, .copy, .loss, .clear,
      .normalizeGradient, .dataGradient, .maxPoolGradient, .upsampleGradient:
      false
    }
  }
}
