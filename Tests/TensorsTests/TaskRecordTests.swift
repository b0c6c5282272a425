import Synchronization
import Tensors
import Testing

/// Times of tasks on one thread, and what more threads would make of them.
@Suite struct TaskRecordTests {
  @Test func `a rehearsal does every task in order, cut as for many threads`() {
    let record = TaskRecord(), pool = ThreadPool(rehearsing: 64, into: record)
    #expect(pool.threads == 64)
    let seen = Mutex<[Int]>([])
    record.restart()
    record.begin("first", moving: 100)
    pool.run(5) { task, worker in seen.withLock { $0.append(10 * task + worker) } }
    pool.run(0) { _, _ in }
    pool.run(1) { _, _ in }
    record.begin("second")
    pool.run(3) { _, _ in }
    let stretches = record.finish(shortest: [])
    #expect(seen.withLock { $0 } == [0, 10, 20, 30, 40])
    #expect(stretches.map(\.kind) == ["everything else", "first", "second", "everything else"])
    #expect(stretches.map { $0.passes.map(\.count) } == [[], [5, 1], [3], []])
    #expect(stretches[1].bytes == 100)
    #expect(stretches.allSatisfy { $0.serial >= 0 && $0.passes.joined().allSatisfy { $0 >= 0 } })
  }

  @Test func `of two records of the same work the shorter times are kept`() {
    let record = TaskRecord(), pool = ThreadPool(rehearsing: 2, into: record)
    func stretches(after earlier: [TaskRecord.Stretch]) -> [TaskRecord.Stretch] {
      record.restart()
      pool.run(2) { _, _ in }
      return record.finish(shortest: earlier)
    }
    var earlier = stretches(after: [])
    earlier[0].passes = [[0, 1e9]]
    earlier[0].serial = 1e9
    let kept = stretches(after: earlier)
    #expect(kept[0].passes[0][0] == 0)
    #expect(kept[0].passes[0][1] < 1e9 && kept[0].serial < 1e9)
    // Other work is not compared.
    earlier[0].passes = [[0, 0, 0]]
    #expect(stretches(after: earlier)[0].passes[0].count == 2)
  }

  @Test func `threads take the tasks in their order`() {
    func span(_ threads: Int, _ tasks: [Double]) -> Double {
      ThreadModel(threads: threads, barrier: 0, bandwidth: 1).makespan(tasks)
    }
    #expect(span(1, [3, 1, 1, 1]) == 6)
    #expect(span(2, [3, 1, 1, 1]) == 3)
    // The long one comes last.
    #expect(span(2, [1, 1, 1, 3]) == 4)
    #expect(span(64, [3, 1, 1, 1]) == 3)
    #expect(span(8, []) == 0)
  }

  @Test func `the parts of a time are what it is spent on`() {
    var stretch = TaskRecord.Stretch(kind: "a", bytes: 50)
    stretch.passes = [[2, 2, 4], [1]]
    stretch.serial = 0.5
    let one = ThreadModel(threads: 1, barrier: 7, bandwidth: 1).parts(stretch)
    #expect(one.total == stretch.seconds && one.total == 9.5)
    let two = ThreadModel(threads: 2, barrier: 0.25, bandwidth: 5).parts(stretch)
    #expect(two.work == 4.5 && two.serial == 0.5)
    // 6 and 1 seconds instead of 4.5, a barrier of the one pass that wakes somebody, and 10 seconds that
    // 50 bytes take.
    #expect(two.uneven == 2.5 && two.barriers == 0.25 && two.memory == 3)
    #expect(two.total == 10.75)
  }
}
