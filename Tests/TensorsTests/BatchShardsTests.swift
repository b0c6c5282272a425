import TestSupport
import Tensors
import Testing

@Suite struct BatchShardsTests {
  @Test func `shards are whole images in a row, almost equally many`() {
    for images in 1...40 {
      let shards = BatchShards(images: images)
      #expect(shards.count == min(images, 8))
      let sizes = (0..<shards.count).map { shards.images(of: $0).count }
      #expect(sizes.reduce(0, +) == images)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func `ranks share the shards, and what they hold of the tree is what anyone adds up`() {
    for images in 1...19 {
      let whole = BatchShards(images: images)
      #expect(whole.trees == [0..<whole.count])
      let wanted = BatchShards.sum(of: 0..<whole.count, shard: { "\($0)" }) { "(\($0)+\($1))" }
      for ranks in 1...10 {
        var next = 0, known: [Range<Int>: String] = [:]
        for rank in 0..<ranks {
          let part = BatchShards(images: images, rank: rank, of: ranks)
          #expect(part.held.lowerBound == next)
          next = part.held.upperBound
          for tree in part.trees {
            let sum: String = BatchShards.sum(of: tree, shard: { "\($0)" }) { "(\($0)+\($1))" }
            known[tree] = sum
          }
        }
        #expect(next == whole.count)
        let got: String = BatchShards.sum(
          of: 0..<whole.count, known: { known[$0] }
        ) { "(\($0)+\($1))" }
        #expect(got == wanted, "\(images) images, \(ranks) ranks")
      }
    }
  }

  @Test func `eight shards are added as a balanced tree`() {
    let eight = BatchShards.sum(of: 0..<8, shard: { "\($0)" }) { "(\($0)+\($1))" }
    #expect(eight == "(((0+1)+(2+3))+((4+5)+(6+7)))")
    let six = BatchShards.sum(of: 0..<6, shard: { "\($0)" }) { "(\($0)+\($1))" }
    #expect(six == "((0+(1+2))+(3+(4+5)))")
    // Two, four and eight ranks hold whole trees of eight shards, also of six.
    for (images, ranks) in [(16, 2), (16, 4), (16, 8), (6, 2), (6, 4)] {
      for rank in 0..<ranks {
        #expect(BatchShards(images: images, rank: rank, of: ranks).trees.count == 1)
      }
    }
  }

  /// Shapes of every way to compute a weight gradient: thin, 1 x 1 and of stride 2 directly; by
  /// Winograd with few channels, with whole shards in a chunk, and with shards in pieces.
  @Test(
    arguments: [
      Layout(3, 16, 3, 2, 16, 40, 36), Layout(48, 40, 1, 1, 6, 20, 20),
      Layout(20, 36, 3, 2, 11, 9, 12), Layout(16, 24, 3, 1, 16, 25, 30),
      Layout(64, 80, 3, 1, 16, 8, 12), Layout(64, 48, 3, 1, 3, 44, 44),
      Layout(128, 144, 3, 1, 5, 9, 9),
    ])
  func `a weight gradient in parts has the bits of one that is computed at once`(layout: Layout) {
    let example = layout.make(), images = example.x.map.count
    for backend in [NativeBackend(), NativeBackend(usesWinograd: false)] {
      let few = Compute(pool: ThreadPool(threads: 2), backend: backend)
      let many = Compute(pool: ThreadPool(threads: 32), backend: backend)
      let wanted = example.weightGradient(BatchShards(images: images), on: few)[0...]
      #expect(example.weightGradient(BatchShards(images: images), on: many) == Array(wanted))
      for ranks in [2, 3, 4, 8] {
        var known: [Range<Int>: [Float]] = [:]
        for rank in 0..<ranks {
          let part = BatchShards(images: images, rank: rank, of: ranks)
          let sums = example.weightGradient(part, on: rank == 0 ? few : many)
          let count = example.shape.weightCount
          for (index, tree) in part.trees.enumerated() {
            known[tree] = Array(sums[index * count..<(index + 1) * count])
          }
        }
        let total: [Float] = BatchShards.sum(
          of: 0..<BatchShards(images: images).count, known: { known[$0] }
        ) { a, b in zip(a, b).map(+) }
        #expect(total == Array(wanted), "\(ranks) ranks")
      }
    }
  }
}

extension ConvolutionCase {
  /// The weight gradients of the trees of some shards, one after the other.
  func weightGradient(_ shards: BatchShards, on compute: Compute) -> [Float] {
    var sums = [Float](repeating: .nan, count: shards.trees.count * shape.weightCount)
    let images = shards.heldImages
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      // SAFETY: a gradient for each tree has room, and the maps outlive the call.
      unsafe compute.backend.weightGradient(
        shape, x: x.map.images(images), dz: dz.map.images(images), shards: shards, sums: base,
        adding: false, on: compute)
    }
    return sums
  }
}
