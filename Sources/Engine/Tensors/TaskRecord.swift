internal import Foundation

/// How long every task of some work took, one after the other on one thread.
///
/// A pool made with it (``ThreadPool/init(rehearsing:into:)``) cuts the work as for many threads. From the
/// times ``ThreadModel`` computes what so many threads could give.
package final class TaskRecord: @unchecked Sendable {
  // `@unchecked`: only the thread that calls the pool touches it.

  /// What was done in a row under one name.
  package struct Stretch: Equatable, Sendable {
    /// What it was.
    package let kind: String
    /// Bytes that it reads and writes at least; 0 where nobody said.
    package let bytes: Int
    /// For each parallel pass the processor seconds of its tasks, in their order.
    package var passes: [[Double]] = []
    /// Processor seconds outside of tasks.
    package var serial = 0.0

    /// A stretch of which nothing was done yet.
    package init(kind: String, bytes: Int = 0) { (self.kind, self.bytes) = (kind, bytes) }

    /// All seconds.
    package var seconds: Double { serial + passes.joined().reduce(0, +) }
  }

  /// What was done, in order.
  package private(set) var stretches: [Stretch] = []
  private var last = 0.0
  /// What asking for the time takes.
  private let cost: Double

  /// An empty record.
  package init() {
    var least = Double.infinity
    for _ in 0..<1000 {
      let start = processorSeconds()
      least = min(least, processorSeconds() - start)
    }
    cost = least
  }

  /// Forgets everything; what follows is recorded.
  package func restart() {
    stretches = []
    begin("everything else")
    last = processorSeconds()
  }

  /// Begins a stretch, and ends the one before.
  package func begin(_ kind: String, moving bytes: Int = 0) {
    lap { stretches[$0].serial += $1 }
    stretches.append(Stretch(kind: kind, bytes: bytes))
  }

  /// Ends the last stretch, and keeps of each time the shorter one, here and in an earlier record of the
  /// same work: what other programs and cold caches add falls away.
  ///
  /// - Parameter earlier: The stretches of the record, empty for none.
  /// - Returns: The stretches of this record, with those times.
  package func finish(shortest earlier: [Stretch]) -> [Stretch] {
    begin("everything else")
    guard earlier.count == stretches.count else { return stretches }
    return zip(stretches, earlier).map { now, before in
      guard now.kind == before.kind, now.passes.map(\.count) == before.passes.map(\.count) else {
        return now
      }
      var shortest = now
      shortest.serial = min(now.serial, before.serial)
      shortest.passes = zip(now.passes, before.passes).map { zip($0, $1).map { min($0, $1) } }
      return shortest
    }
  }

  /// Does a pass.
  func run(_ count: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    if stretches.isEmpty { restart() }
    let index = stretches.count - 1
    lap { stretches[$0].serial += $1 }
    var seconds = [Double](repeating: 0, count: count)
    for task in 0..<count {
      body(task, 0)
      lap { seconds[task] = $1 }
    }
    stretches[index].passes.append(seconds)
    last = processorSeconds()
  }

  /// Hands out the time since the last call, and the number of the stretch.
  private func lap(_ add: (_ stretch: Int, _ seconds: Double) -> Void) {
    let now = processorSeconds()
    if !stretches.isEmpty { add(stretches.count - 1, max(0, now - last - cost)) }
    last = now
  }
}

/// What a number of threads can give, by the times that tasks take on one.
///
/// Threads take the tasks of a pass in their order, each the next one when it is done with its last, as
/// those of a ``ThreadPool`` do.
package struct ThreadModel: Sendable {
  /// How many threads.
  package let threads: Int
  /// Seconds from the end of the last task of a pass to the start of the next pass's first one.
  package let barrier: Double
  /// Bytes a second that all threads together get from memory.
  package let bandwidth: Double

  /// A model of some threads.
  package init(threads: Int, barrier: Double, bandwidth: Double) {
    (self.threads, self.barrier, self.bandwidth) = (threads, barrier, bandwidth)
  }

  /// Seconds until the last task of a pass is done.
  package func makespan(_ tasks: [Double]) -> Double {
    guard threads > 1 else { return tasks.reduce(0, +) }
    var free = [Double](repeating: 0, count: min(threads, max(1, tasks.count)))
    for task in tasks {
      // At most 64 threads: no need of a heap.
      var first = 0
      for thread in free.indices where free[thread] < free[first] { first = thread }
      free[first] += task
    }
    return free.max() ?? 0
  }

  /// Where the time of a stretch goes.
  package func parts(_ stretch: TaskRecord.Stretch) -> Parts {
    let work = stretch.passes.joined().reduce(0, +)
    let spans = stretch.passes.map(makespan).reduce(0, +)
    // A single task is done by the caller without waking anyone.
    let barriers = threads > 1 ? stretch.passes.count { $0.count > 1 } : 0
    let moved = threads > 1 ? Double(stretch.bytes) / bandwidth : 0
    let ideal = work / Double(threads)
    return Parts(
      work: ideal, uneven: spans - ideal, barriers: Double(barriers) * barrier,
      serial: stretch.serial, memory: max(0, moved - spans))
  }

  /// Seconds, by what they are spent on.
  package struct Parts: Sendable {
    /// Tasks, if they could be shared evenly.
    package var work = 0.0
    /// Waiting for the last task of a pass.
    package var uneven = 0.0
    /// Between passes.
    package var barriers = 0.0
    /// On one thread.
    package var serial = 0.0
    /// Waiting for memory beyond all that.
    package var memory = 0.0

    /// All of it.
    package var total: Double { work + uneven + barriers + serial + memory }

    /// Adds other parts.
    package static func += (sum: inout Parts, more: Parts) {
      sum.work += more.work
      sum.uneven += more.uneven
      sum.barriers += more.barriers
      sum.serial += more.serial
      sum.memory += more.memory
    }

    /// Nothing.
    package init() {}

    init(work: Double, uneven: Double, barriers: Double, serial: Double, memory: Double) {
      (self.work, self.uneven, self.barriers) = (work, uneven, barriers)
      (self.serial, self.memory) = (serial, memory)
    }
  }
}

/// The processor time of this thread, which does not count what other programs take.
private func processorSeconds() -> Double {
  var time = timespec()
  // SAFETY: the system writes one timespec.
  _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
