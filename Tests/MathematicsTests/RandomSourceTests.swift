import Mathematics
import Testing

@Suite struct RandomSourceTests {
  @Test func `Philox agrees with the published known answer for zeros`() {
    // Random123, kat_vectors: philox4x32 10 rounds, counter 0, key 0.
    var source = RandomSource(seed: 0)
    let words = (0..<4).map { _ in source.nextWord() }
    #expect(words == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
  }

  @Test func `streams of one seed do not depend on each other`() {
    var first = RandomSource(seed: 7, purpose: 1, epoch: 3, index: 5)
    var other = RandomSource(seed: 7, purpose: 1, epoch: 3, index: 6)
    _ = other.uniform()
    var again = RandomSource(seed: 7, purpose: 1, epoch: 3, index: 5)
    #expect((0..<100).allSatisfy { _ in first.nextWord() == again.nextWord() })
  }

  @Test func `uniform numbers fill the unit interval evenly`() {
    var source = RandomSource(seed: 1)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 { counts[Int(source.uniform() * 10)] += 1 }
    // Each count is binomial with mean 10,000 and standard deviation 95: allow six of them.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 570 })
  }

  @Test func `a permutation holds every number once`() {
    var source = RandomSource(seed: 2)
    #expect(source.permutation(of: 1000).sorted() == Array(0..<1000))
    #expect(source.permutation(of: 0).isEmpty)
  }
}
