internal import Tensors

/// The gradient of one unit's weights, added up from one group of images to the next.
///
/// Each group is some whole shards of the batch, and leaves the sums of their trees. When all are there,
/// they are added as ``BatchShards`` says: the bits are those of the whole batch at once.
struct GroupedGradient {
  /// The unit whose weights they are.
  let unit: ConvolutionUnit
  /// The shards at hand, group by group.
  let groups: [BatchShards]
  /// The memory of the sums: the gradient of each tree, one after the other.
  let request: Int

  /// The trees of all groups in order.
  private let trees: [Range<Int>]

  /// More weights than these are summed up at once: the sums of groups would leave no room in the cache.
  static let mostWeights = 64 << 10
  /// More threads than these are given a whole batch at once: the runs of a few images are too few for them.
  ///
  /// A rule of thumb, two runs for a thread; not measured.
  static let mostThreads = 4

  /// Asks for the memory.
  ///
  /// - Parameters:
  ///   - unit: The unit.
  ///   - groups: The shards at hand, group by group.
  ///   - steps: The steps of the block.
  ///   - memory: The plan's memory.
  init(
    of unit: ConvolutionUnit, groups: [BatchShards], over steps: Range<Int>,
    in memory: inout MemoryPlan
  ) {
    (self.unit, self.groups) = (unit, groups)
    trees = groups.flatMap(\.trees)
    request = memory.request(
      image: trees.count * unit.weight.count, images: 1, at: steps.lowerBound)
    memory.extend(request, over: steps)
  }

  /// Adds up the images of a group; after the last group the gradient is complete.
  ///
  /// - Parameters:
  ///   - group: Which one, in order from 0.
  ///   - x: What entered the unit, of the group's images.
  ///   - dz: The gradient of what left it.
  ///   - batch: Who else has a part of the batch.
  ///   - layout: Where the sums lie.
  ///   - compute: Threads and backend.
  func add(
    _ group: Int, x: FeatureMap, dz: FeatureMap, of batch: SharedBatch, in layout: Layout,
    on compute: Compute
  ) {
    let count = unit.weight.count
    let before = groups[..<group].reduce(0) { $0 + $1.trees.count }
    // SAFETY: the request has room for the trees of all groups.
    let sums = unsafe layout.floats(of: request)
    unsafe compute.backend.weightGradient(
      unit.shape, x: x, dz: dz, shards: groups[group], sums: sums + before * count, adding: false,
      on: compute)
    guard group == groups.count - 1 else { return }
    if let exchange = batch.exchange {
      unsafe exchange.add(count: count, shards: batch.shards, to: unit.weight.gradient) { totals in
        for (index, tree) in batch.shards.trees.enumerated() {
          unsafe (totals + index * count).update(from: total(of: tree, sums), count: count)
        }
      }
    } else {
      unsafe unit.weight.gradient.base.add(total(of: 0..<batch.shards.count, sums), count)
    }
  }

  /// The sum of a tree, in the place of its first part.
  private func total(
    of tree: Range<Int>, _ sums: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let count = unit.weight.count
    let first = BatchShards.sum(of: tree, known: { trees.firstIndex(of: $0) }) { a, b in
      unsafe (sums + a * count).add(sums + b * count, count)
      return a
    }
    return unsafe sums + first * count
  }
}

extension UnsafeMutablePointer<Float> {
  /// Adds as many numbers.
  fileprivate func add(_ others: UnsafeMutablePointer<Float>, _ count: Int) {
    for index in 0..<count { unsafe self[index] += others[index] }
  }
}
