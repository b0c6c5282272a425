internal import Tensors

/// Steps in a row that a few images go through together before the next images do.
///
/// What one step writes is then still in the processor's cache when the next one reads it. In a batch
/// of 16 images of 640 x 640 a single map has up to 100 MB; by way of the memory, passing it on takes
/// longer than the arithmetic of a normalization. The bits are those of whole batches: no step of a
/// block adds up over images, and what sums up a batch does so in runs of pixels, or in shards, that do not
/// depend on the cut.
struct CacheBlock {
  private var steps: [Step]
  /// Images at hand.
  private let batch: Int
  /// How the batch is cut for sums.
  private let shards: BatchShards
  /// Every map that the steps touch.
  private var maps: Set<PlannedMap>
  /// The images of each group, in order.
  private var groups: [Range<Int>]
  /// The weight gradient among the steps, where there are several groups.
  private var gradient: GroupedGradient?

  /// A block's maps all live from its beginning to its end; longer ones would cost memory.
  private static let longest = 6
  /// The floats of some 8 MB, which stay in the cache that the cores share.
  private static let budget = 2 << 20

  private init(_ step: Step, batch: Int, shards: BatchShards) {
    (steps, self.batch, self.shards, maps) = ([step], batch, shards, Set(step.maps))
    groups = [0..<batch]
  }

  /// Cuts steps into blocks.
  ///
  /// - Parameters:
  ///   - steps: Some of a plan's steps, under their numbers in the plan.
  ///   - batch: Images at hand, or 1 where there are none.
  ///   - shards: The batch.
  ///   - memory: The plan's memory; whatever a block touches is kept from its beginning to its end,
  ///     since its steps do not run one after the other. A map that only one block touches gets room for
  ///     a group of images: each group finds it in the cache, where the last one left it.
  ///   - compute: The threads and the backend that the steps will run on.
  /// - Returns: All the steps, in their order.
  static func cut(
    _ steps: ArraySlice<Step>, batch: Int, of shards: BatchShards, in memory: inout MemoryPlan,
    on compute: Compute
  ) -> [CacheBlock] {
    var blocks: [CacheBlock] = []
    for step in steps {
      if blocks.last?.takes(step, on: compute) == true {
        blocks[blocks.count - 1].append(step)
      } else {
        blocks.append(CacheBlock(step, batch: batch, shards: shards))
      }
    }
    var first = steps.startIndex
    for index in blocks.indices {
      let numbers = first..<first + blocks[index].steps.count
      blocks[index].chooseGroups(over: numbers, in: &memory, on: compute)
      blocks[index].passMaps(over: numbers, in: &memory)
      for map in blocks[index].maps { memory.extend(map.request, over: numbers) }
      first = numbers.upperBound
    }
    return blocks
  }

  /// Whether a step may join: it works image by image, on something that is at hand.
  private func takes(_ step: Step, on compute: Compute) -> Bool {
    guard batch > 1, steps.count < Self.longest, let last = steps.last, last.isByImage,
      step.maps.contains(where: { map in maps.contains { $0.request == map.request } })
    else { return false }
    if case .weightGradient(let unit, _, _) = step {
      // It takes whole shards at a time.
      let images = (batch + shards.held.count - 1) / shards.held.count
      return unit.weight.count <= GroupedGradient.mostWeights
        && compute.pool.threads <= GroupedGradient.mostThreads
        && images * Self.floats(maps.union(step.maps)) <= 2 * Self.budget
    }
    return step.isByImage
  }

  private mutating func append(_ step: Step) {
    steps.append(step)
    maps.formUnion(step.maps)
  }

  /// The floats of an image in all of some maps.
  private static func floats(_ maps: Set<PlannedMap>) -> Int {
    maps.reduce(0) { $0 + $1.height * $1.width * $1.channels }
  }

  /// Cuts the batch into groups, all about equal.
  ///
  /// Small maps are not worth it: they stay in the cache anyway, and the weights would be read again
  /// for each group. Many threads need many images, to have work for all.
  private mutating func chooseGroups(
    over numbers: Range<Int>, in memory: inout MemoryPlan, on compute: Compute
  ) {
    let floats = Self.floats(maps)
    guard compute.backend.computesImagesApart, steps.count > 1, batch * floats > 2 * Self.budget
    else { return }
    let images = max(1, Self.budget / floats, (compute.pool.threads + 3) / 4)
    var count = (batch + images - 1) / images
    if case .weightGradient(let unit, _, _) = steps.last {
      let held = shards.held
      count = min(count, held.count)
      let parts = (0..<count).map { group in
        shards.holding(
          held.lowerBound + held.count * group / count..<held.lowerBound
            + held.count * (group + 1) / count)
      }
      let first = shards.heldImages.lowerBound
      groups = parts.map { part in
        part.heldImages.lowerBound - first..<part.heldImages.upperBound - first
      }
      if count > 1 {
        gradient = GroupedGradient(of: unit, groups: parts, over: numbers, in: &memory)
      }
    } else {
      groups = (0..<count).map { batch * $0 / count..<batch * ($0 + 1) / count }
    }
  }

  /// Gives those maps room for a group of images that no other step touches.
  private func passMaps(over numbers: Range<Int>, in memory: inout MemoryPlan) {
    guard groups.count > 1, let most = groups.map(\.count).max() else { return }
    let summed = Set(steps.flatMap(\.summedMaps).map(\.request))
    for number in Set(maps.map(\.request)).subtracting(summed) {
      let request = memory.requests[number]
      if numbers.contains(request.first) && numbers.contains(request.last) {
        memory.pass(number, images: most)
      }
    }
  }

  /// Runs the steps, up to where the work is abandoned.
  func run(
    of shared: SharedBatch, in layout: Layout, with weights: PackedWeights, on compute: Compute,
    timing: Stopwatch?, unless isAbandoned: () -> Bool
  ) {
    for (group, images) in groups.enumerated() {
      let images = shared.shards.held.isEmpty ? 0..<0 : images
      for step in steps where !isAbandoned() {
        let work = {
          if let gradient, case .weightGradient(_, let x, let dz) = step {
            gradient.add(
              group, x: layout.map(x, images: images), dz: layout.map(dz, images: images),
              of: shared, in: layout, on: compute)
          } else {
            step.run(images, of: shared, in: layout, with: weights, on: compute)
          }
        }
        if let timing {
          let bytes = step.bytes(images: images.count, by: compute.backend)
          timing.measure(step.kind, moving: bytes, work)
        } else {
          work()
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
  /// The maps of which the step must be given the whole batch, even where it looks at a few images.
  fileprivate var summedMaps: [PlannedMap] {
    switch self {
    case .sumStatistics(_, let z): [z]
    case .sumGradient(_, let z, let dy): [z, dy]
    case .weightGradient: []
    default: isByImage ? [] : maps
    }
  }
}
