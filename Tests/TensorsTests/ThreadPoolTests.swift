import Synchronization
import Tensors
import Testing

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func `every task runs exactly once`(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for count in [0, 1, 2, 7, 1000] {
      let total = Atomic<Int>(0), runs = Atomic<Int>(0)
      pool.run(count) { task, worker in
        precondition(worker < threads)
        total.wrappingAdd(task, ordering: .relaxed)
        runs.wrappingAdd(1, ordering: .relaxed)
      }
      #expect(runs.load(ordering: .relaxed) == count)
      #expect(total.load(ordering: .relaxed) == count * (count - 1) / 2)
    }
  }

  @Test func `thousands of short rounds finish`() {
    let pool = ThreadPool(threads: 3)
    let runs = Atomic<Int>(0)
    for _ in 0..<5000 { pool.run(4) { _, _ in runs.wrappingAdd(1, ordering: .relaxed) } }
    #expect(runs.load(ordering: .relaxed) == 20_000)
  }

  @Test func `threads that outnumber the cores finish as well, asleep between the rounds`() {
    let pool = ThreadPool(threads: Cores.available + 5)
    let runs = Atomic<Int>(0)
    for _ in 0..<2000 { pool.run(9) { _, _ in runs.wrappingAdd(1, ordering: .relaxed) } }
    #expect(runs.load(ordering: .relaxed) == 18_000)
  }
}
