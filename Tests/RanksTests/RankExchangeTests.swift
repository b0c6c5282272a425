import Foundation
import Ranks
import Synchronization
import Tensors
import Testing

@Suite struct RankExchangeTests {
  /// Runs the same work on ranks that are threads.
  private func onRanks<Value: Sendable>(
    _ ranks: Int, patience: Duration = .seconds(60), bucketSize: Int = 64,
    _ work: @escaping @Sendable (RankExchange) -> Value
  ) -> [Value] {
    let exchanges = ThreadTransport.connected(ranks).map {
      RankExchange(over: $0, patience: patience, bucketSize: bucketSize)
    }
    let values = Mutex<[Int: Value]>([:]), done = DispatchGroup()
    for exchange in exchanges {
      done.enter()
      Thread {
        let value = work(exchange)
        values.withLock { $0[exchange.rank] = value }
        done.leave()
      }.start()
    }
    done.wait()
    for exchange in exchanges { exchange.close() }
    return values.withLock { all in (0..<ranks).compactMap { all[$0] } }
  }

  @Test(arguments: [1, 2, 3, 5, 8])
  func `every rank sees the numbers of all, however many each has`(ranks: Int) {
    let seen = onRanks(ranks) { exchange in
      (0..<20).map { round in
        exchange.gather(
          (0..<exchange.rank).map { Double($0 + 100 * round) }, counts: Array(0..<ranks)) ?? []
      }
    }
    for rounds in seen {
      for (round, all) in rounds.enumerated() {
        #expect(all == (0..<ranks).map { rank in (0..<rank).map { Double($0 + 100 * round) } })
      }
    }
  }

  @Test func `the bytes of rank 0 reach all`() {
    let seen = onRanks(3) { $0.broadcast($0.rank == 0 ? [1, 2, 3] : []) }
    #expect(seen == [[1, 2, 3], [1, 2, 3], [1, 2, 3]])
  }

  @Test(arguments: [1, 2, 3, 4, 8, 10], [16, 6, 3])
  func `gradients are added as a tree of shards, whoever has them`(ranks: Int, images: Int) {
    // Numbers whose sum depends on its order.
    @Sendable func value(_ shard: Int, _ index: Int) -> Float {
      1 / Float(1 + (shard * 7919 + index * 104729) % 1009)
    }
    @Sendable func sum(_ tree: Range<Int>, _ index: Int) -> Float {
      BatchShards.sum(of: tree, shard: { value($0, index) }, +)
    }
    let sizes = [100, 3, 1, 50, 200]
    let seen = onRanks(ranks) { exchange -> [[Float]] in
      let shards = BatchShards(images: images, in: exchange)
      let targets = sizes.map { FloatBuffer(count: $0) }
      for target in targets {
        unsafe exchange.add(count: target.count, shards: shards, to: target) { sums in
          for (number, tree) in shards.trees.enumerated() {
            for index in 0..<target.count {
              unsafe sums[number * target.count + index] = sum(tree, index)
            }
          }
        }
      }
      guard exchange.finish() else { return [] }
      return targets.map { target in (0..<target.count).map { unsafe target.base[$0] } }
    }
    let all = 0..<BatchShards(images: images).count
    let wanted = sizes.map { size in (0..<size).map { sum(all, $0) } }
    for got in seen { #expect(got == wanted) }
  }

  @Test func `each rank sends two parts in ranks of a gradient to each of the others`() {
    let sent = onRanks(4) { exchange -> Int in
      let target = FloatBuffer(count: 4000), before = exchange.sent.bytes
      unsafe exchange.add(count: 4000, shards: BatchShards(images: 16, in: exchange), to: target) {
        _ in
      }
      _ = exchange.finish()
      return exchange.sent.bytes - before
    }
    #expect(sent == [24000, 24000, 24000, 24000])
  }

  @Test func `a rank that ends tells the others why`() {
    let seen = onRanks(3) { exchange -> String? in
      if exchange.rank == 1 { exchange.end(because: "the disk is full") }
      while exchange.gather([1], counts: [1, 1, 1]) != nil {}
      return exchange.failure
    }
    #expect(seen[0] == "rank 1 of 3 ended: the disk is full" && seen[0] == seen[2])
  }

  @Test func `a rank that falls silent is missed after the patience`() {
    let transports = ThreadTransport.connected(2)
    let exchanges = transports.map { RankExchange(over: $0, patience: .seconds(1)) }
    transports[1].vanish()
    #expect(exchanges[0].gather([1], counts: [1, 1]) == nil)
    #expect(exchanges[0].failure?.contains("rank 1 of 2 has been silent") == true)
    for exchange in exchanges { exchange.close() }
  }
}
