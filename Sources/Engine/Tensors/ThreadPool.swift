internal import CKernels
internal import Foundation
internal import Synchronization

/// A fixed team of threads that works through numbered tasks.
///
/// Which thread runs which task is left to chance; what a task does may depend on its number alone. So
/// every result is the same, bit for bit, on one thread and on sixteen: the tasks are cut from the
/// shapes, and whatever must be added up is added in task order afterwards.
///
/// One thread at a time may call ``run(_:_:)``; tasks must not call it.
public final class ThreadPool: Sendable {
  /// How many threads work, the caller's own among them.
  public let threads: Int
  private let team: Team

  /// Starts a team.
  ///
  /// - Parameter threads: At least 1; by default as many as the machine has cores.
  public init(threads: Int? = nil) {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    precondition(threads >= 1, "a pool needs at least one thread, not \(threads)")
    self.threads = threads
    team = Team()
    for worker in 1..<max(threads, 1) {
      let team = team
      let thread = Thread { team.serve(as: worker) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { team.dismiss() }

  /// Runs the tasks `0..<count` and returns when all are done.
  ///
  /// - Parameters:
  ///   - count: How many tasks there are.
  ///   - body: Does one task. `worker`, in `0..<threads`, says whose scratch memory it may use.
  public func run(_ count: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void) {
    guard count > 0 else { return }
    // The caller's own arithmetic goes on as it was.
    let state = yolos_flush_denormals()
    defer { yolos_restore_denormals(state) }
    guard threads > 1, count > 1 else {
      for task in 0..<count { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { team.work(through: count, with: threads - 1, doing: $0) }
  }
}

/// What the threads of a pool share.
private final class Team: @unchecked Sendable {
  // `@unchecked`: `body` and `count` are written before `round` is published with release order and
  // read after it was seen with acquire order; they stay put until all workers have reported.
  private var body: (@Sendable (Int, Int) -> Void)?
  private var count = 0
  private let round = Atomic<Int>(0)
  private let next = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)
  private let dismissed = Atomic<Bool>(false)
  private let sleepers = NSCondition()
  /// Long enough to bridge two layers of a network, short enough not to rob another process of a core.
  private static let spins = 4000

  func work(
    through count: Int, with helpers: Int, doing body: @escaping @Sendable (Int, Int) -> Void
  ) {
    self.body = body
    self.count = count
    next.store(0, ordering: .relaxed)
    finished.store(0, ordering: .relaxed)
    sleepers.lock()
    round.wrappingAdd(1, ordering: .sequentiallyConsistent)
    sleepers.broadcast()
    sleepers.unlock()
    drain(as: 0)
    var spins = 0
    while finished.load(ordering: .acquiring) < helpers {
      spins += 1
      if spins > Team.spins { sched_yield() } else { yolos_pause() }
    }
    self.body = nil
  }

  func serve(as worker: Int) {
    _ = yolos_flush_denormals()
    var seen = 0
    while true {
      var spins = 0
      while round.load(ordering: .acquiring) == seen && spins < Team.spins {
        spins += 1
        yolos_pause()
      }
      if round.load(ordering: .acquiring) == seen {
        sleepers.lock()
        while round.load(ordering: .acquiring) == seen { sleepers.wait() }
        sleepers.unlock()
      }
      seen += 1
      if dismissed.load(ordering: .acquiring) { return }
      drain(as: worker)
      finished.wrappingAdd(1, ordering: .releasing)
    }
  }

  func dismiss() {
    dismissed.store(true, ordering: .releasing)
    sleepers.lock()
    round.wrappingAdd(1, ordering: .sequentiallyConsistent)
    sleepers.broadcast()
    sleepers.unlock()
  }

  private func drain(as worker: Int) {
    guard let body else { return }
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard task < count else { return }
      body(task, worker)
    }
  }
}
