internal import Tensors

/// Steps in a row that a few images go through together before the next images do.
///
/// What one step writes is then still in the processor's cache when the next one reads it. In a batch
/// of 16 images of 640 x 640 a single map has up to 100 MB; by way of the memory, passing it on takes
/// longer than the arithmetic of a normalization. The bits are those of whole batches: no step of a
/// block adds up over images, and what sums up a batch does so in runs of pixels that do not depend on the cut.
struct CacheBlock {
  private var steps: [Step]
  /// Images in a batch.
  private let batch: Int
  /// Every map that the steps touch.
  private var maps: Set<PlannedMap>

  /// A block's maps all live from its beginning to its end; longer ones would cost memory.
  private static let longest = 6
  /// The floats of some 8 MB, which stay in the cache that the cores share.
  private static let budget = 2 << 20

  private init(_ step: Step, batch: Int) {
    (steps, self.batch, maps) = ([step], batch, Set(step.maps))
  }

  /// Cuts steps into blocks.
  ///
  /// - Parameters:
  ///   - steps: Some of a plan's steps, under their numbers in the plan.
  ///   - batch: Images in a batch.
  ///   - memory: The plan's memory; whatever a block touches is kept from its beginning to its end,
  ///     since its steps do not run one after the other.
  /// - Returns: All the steps, in their order.
  static func cut(
    _ steps: ArraySlice<Step>, batch: Int, in memory: inout MemoryPlan
  ) -> [CacheBlock] {
    var blocks: [CacheBlock] = []
    for step in steps {
      if blocks.last?.takes(step) == true {
        blocks[blocks.count - 1].append(step)
      } else {
        blocks.append(CacheBlock(step, batch: batch))
      }
    }
    var first = steps.startIndex
    for block in blocks {
      let numbers = first..<first + block.steps.count
      for map in block.maps { memory.extend(map.request, over: numbers) }
      first = numbers.upperBound
    }
    return blocks
  }

  /// Whether a step may join: it works image by image, on something that is at hand.
  private func takes(_ step: Step) -> Bool {
    batch > 1 && steps.count < Self.longest && steps[0].isByImage && step.isByImage
      && step.maps.contains { map in maps.contains { $0.request == map.request } }
  }

  private mutating func append(_ step: Step) {
    steps.append(step)
    maps.formUnion(step.maps)
  }

  /// Into how many groups of images the batch is cut, all about equal.
  ///
  /// Small maps are not worth it: they stay in the cache anyway, and the weights would be read again
  /// for each group. Many threads need many images, to have work for all.
  private func groups(threads: Int) -> Int {
    let floats = maps.reduce(0) { $0 + $1.height * $1.width * $1.channels }
    guard steps.count > 1, batch * floats > 2 * Self.budget else { return 1 }
    let images = max(1, Self.budget / floats, (threads + 3) / 4)
    return (batch + images - 1) / images
  }

  /// Runs the steps, up to where the work is abandoned.
  func run(
    of shared: SharedBatch, in layout: Layout, with weights: PackedWeights, on compute: Compute,
    timing: Stopwatch?, unless isAbandoned: () -> Bool
  ) {
    let batch = shared.shards.held.isEmpty ? 0 : self.batch
    let groups = compute.backend.computesImagesApart ? groups(threads: compute.pool.threads) : 1
    for group in 0..<groups {
      let images = batch * group / groups..<batch * (group + 1) / groups
      for step in steps where !isAbandoned() {
        if let timing {
          let bytes = step.bytes(images: images.count, by: compute.backend)
          timing.measure(step.kind, moving: bytes) {
            step.run(images, of: shared, in: layout, with: weights, on: compute)
          }
        } else {
          step.run(images, of: shared, in: layout, with: weights, on: compute)
        }
      }
    }
  }
}

extension [CacheBlock] {
  /// Runs the blocks in order, up to where the work is abandoned.
  func run(
    of shared: SharedBatch, in layout: Layout, with weights: PackedWeights, on compute: Compute,
    timing: Stopwatch?, unless isAbandoned: () -> Bool = { false }
  ) {
    for block in self {
      block.run(
        of: shared, in: layout, with: weights, on: compute, timing: timing, unless: isAbandoned)
    }
  }
}

extension Step {
  /// Whether the step treats each image by itself, or sums up in tasks that do not depend on how
  /// many images it is given at once.
  fileprivate var isByImage: Bool {
    switch self {
    case .fused, .convolve, .sumStatistics, .normalize, .maxPool, .upsample, .copy, .clear,
      .sumGradient, .normalizeGradient, .dataGradient, .maxPoolGradient, .upsampleGradient:
      true
    case .finishStatistics, .finishGradient, .weightGradient, .biasGradient, .loss: false
    }
  }
}
