import Synchronization
import Tensors
import Testing

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8, 64])
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

  @Test func `a round calls no more threads than it has tasks, whoever slept through those before`()
  {
    let pool = ThreadPool(threads: 64)
    let runs = Atomic<Int>(0)
    for round in 0..<2000 {
      let count = [2, 3, 64, 2, 17][round % 5]
      pool.run(count) { _, worker in
        precondition(worker < count)
        runs.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(runs.load(ordering: .relaxed) == 400 * (2 + 3 + 64 + 2 + 17))
  }

  @Test func `pools come and go, in the middle of their threads' start as well`() {
    for round in 0..<50 {
      let pool = ThreadPool(threads: 9), runs = Atomic<Int>(0)
      for _ in 0..<round % 3 { pool.run(5) { _, _ in runs.wrappingAdd(1, ordering: .relaxed) } }
      #expect(runs.load(ordering: .relaxed) == round % 3 * 5)
    }
  }

  @Test func `threads that outnumber the cores finish as well, asleep between the rounds`() {
    let pool = ThreadPool(threads: Cores.available + 5)
    let runs = Atomic<Int>(0)
    for _ in 0..<2000 { pool.run(9) { _, _ in runs.wrappingAdd(1, ordering: .relaxed) } }
    #expect(runs.load(ordering: .relaxed) == 18_000)
  }
}
