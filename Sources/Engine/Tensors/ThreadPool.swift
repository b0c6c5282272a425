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
  /// - Parameter threads: At least 1; by default as many as there are cores for this process
  ///   (``Cores/available``).
  public init(threads: Int? = nil) {
    let threads = threads ?? Cores.available
    precondition(threads >= 1, "a pool needs at least one thread, not \(threads)")
    self.threads = threads
    team = Team(threads: threads)
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
    withoutActuallyEscaping(body) { team.work(through: count, doing: $0) }
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
  /// Whether the caller sleeps until its helpers are done, and what wakes it.
  private let callerSleeps = Atomic<Bool>(false)
  private let arrivals = NSCondition()
  /// Threads beside the caller's.
  private let helpers: Int
  private var patience: Patience
  /// How often a thread looks again before it sleeps.
  private let spins: Atomic<Int>

  init(threads: Int) {
    helpers = threads - 1
    patience = Patience(threads: threads)
    spins = Atomic(patience.spins)
  }

  func work(through count: Int, doing body: @escaping @Sendable (Int, Int) -> Void) {
    patience.look()
    spins.store(patience.spins, ordering: .relaxed)
    self.body = body
    self.count = count
    next.store(0, ordering: .relaxed)
    finished.store(0, ordering: .relaxed)
    sleepers.lock()
    round.wrappingAdd(1, ordering: .sequentiallyConsistent)
    sleepers.broadcast()
    sleepers.unlock()
    drain(as: 0)
    awaitHelpers()
    self.body = nil
  }

  private func awaitHelpers() {
    if patience.spins == 0 { sleepUntilFinished() }
    var looks = 0
    while finished.load(ordering: .acquiring) < helpers {
      looks += 1
      if looks > patience.spins { sched_yield() } else { yolos_pause() }
    }
  }

  /// A helper counts itself, then looks whether the caller sleeps; the caller says that it sleeps, then
  /// looks whether all have counted: one of the two sees the other.
  private func sleepUntilFinished() {
    arrivals.lock()
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while finished.load(ordering: .sequentiallyConsistent) < helpers { arrivals.wait() }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    arrivals.unlock()
  }

  private func arrive() {
    let arrived = finished.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    guard arrived == helpers, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
    arrivals.lock()
    arrivals.signal()
    arrivals.unlock()
  }

  func serve(as worker: Int) {
    _ = yolos_flush_denormals()
    var seen = 0
    while true {
      var looks = spins.load(ordering: .relaxed)
      while round.load(ordering: .acquiring) == seen && looks > 0 {
        looks -= 1
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
      arrive()
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

/// How long threads wait for each other awake, before they sleep.
///
/// Waking a thread takes some 50 microseconds, as long as a layer; but a thread that waits awake where
/// others could work robs them, or uses up the process's quota.
package struct Patience {
  /// Long enough to bridge two layers of a network, short enough not to rob another process of a core.
  package static let usual = 4000

  /// How often to look again.
  package private(set) var spins: Int
  /// Whether there are cores enough for the threads at all, and quota.
  private let fits: Bool
  private let cores: Int
  private var next = ContinuousClock.now

  /// Starts without a look at the machine.
  ///
  /// - Parameters:
  ///   - threads: Of the pool.
  ///   - available: Cores that this process may use.
  ///   - cores: Cores of the machine.
  package init(
    threads: Int, available: Int = Cores.available,
    cores: Int = ProcessInfo.processInfo.processorCount
  ) {
    fits = threads <= available
    self.cores = cores
    spins = fits ? Patience.usual : 0
  }

  /// Looks every tenth of a second whether more threads want to run than the machine has cores.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - average: What `/proc/loadavg` holds, where it is time to read it.
  package mutating func look(
    now: ContinuousClock.Instant = .now,
    average: () -> String? = { systemText("/proc/loadavg") }
  ) {
    guard fits, now >= next else { return }
    next = now + .milliseconds(100)
    let runnable = average().flatMap { Cores.runnable($0) } ?? 0
    spins = runnable > cores ? 0 : Patience.usual
  }
}
