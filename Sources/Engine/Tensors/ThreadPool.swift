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
  private let record: TaskRecord?

  /// Starts a team.
  ///
  /// - Parameter threads: At least 1; by default as many as there are cores for this process
  ///   (``Cores/available``).
  public init(threads: Int? = nil) {
    let threads = threads ?? Cores.available
    precondition(threads >= 1, "a pool needs at least one thread, not \(threads)")
    self.threads = threads
    record = nil
    team = Team(threads: threads)
    for worker in 1..<max(threads, 1) {
      let team = team
      let thread = Thread { team.serve(as: worker) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// A team for measurements, that waits awake whatever else the machine has to do.
  package convenience init(threads: Int, staysAwake: Bool) {
    self.init(threads: threads)
    team.staysAwake = staysAwake
  }

  /// A pool without a team: the caller does every task, and work is cut as for `threads` of them.
  ///
  /// - Parameters:
  ///   - threads: At least 1.
  ///   - record: Takes down how long each task takes.
  package init(rehearsing threads: Int, into record: TaskRecord) {
    precondition(threads >= 1, "a pool needs at least one thread, not \(threads)")
    (self.threads, self.record) = (threads, record)
    team = Team(threads: 1)
  }

  deinit { team.dismiss() }

  /// Threads that should read images ahead for this pool.
  ///
  /// To read and augment an image takes 4 to 7 ms, the smallest network 55 ms or more for it on one
  /// thread: with one reader for eight threads nobody waits, and few take turns on a core.
  package var loaders: Int { (threads + 7) / 8 }

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
    if let record {
      record.run(count, body)
      return
    }
    guard threads > 1, count > 1 else {
      for task in 0..<count { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { team.work(through: count, doing: $0) }
  }
}

/// What the threads of a pool share.
private final class Team: @unchecked Sendable {
  // `@unchecked`: `body` and `count` are written before a round is published with release order and
  // read after it was seen with acquire order, by those alone whom the round calls; they stay put until all
  // of these have reported.
  private var body: (@Sendable (Int, Int) -> Void)?
  private var count = 0
  /// The round that goes on, see ``Round``.
  private let round = Counter()
  private let next = Counter()
  private let finished = Counter()
  private let dismissed = Atomic<Bool>(false)
  /// Where each helper sleeps; the caller's is not used.
  private let beds: [Bed]
  /// Whether the caller sleeps until its helpers are done, and what wakes it.
  private let callerSleeps = Atomic<Bool>(false)
  private let arrivals = NSCondition()
  /// Threads beside the caller's.
  private let helpers: Int
  private var patience: Patience
  /// How often a thread looks again before it sleeps.
  private let spins: Atomic<Int>
  /// Whether the machine's load is not looked at; set before the first work.
  var staysAwake = false

  init(threads: Int) {
    helpers = threads - 1
    beds = (0..<threads).map { _ in Bed() }
    patience = Patience(threads: threads)
    spins = Atomic(patience.spins)
  }

  func work(through count: Int, doing body: @escaping @Sendable (Int, Int) -> Void) {
    if staysAwake { patience.stayAwake() } else { patience.look() }
    spins.store(patience.spins, ordering: .relaxed)
    self.body = body
    self.count = count
    next.value.store(0, ordering: .relaxed)
    finished.value.store(0, ordering: .relaxed)
    // Whoever would find no task is left in peace.
    let called = min(helpers, count - 1)
    call(called)
    drain(as: 0)
    awaitHelpers(called)
    self.body = nil
  }

  /// Begins a round for the first helpers.
  private func call(_ called: Int) {
    let before = Round(word: round.value.load(ordering: .relaxed))
    round.value.store(before.next(calling: called).word, ordering: .sequentiallyConsistent)
    wake(by: 0, of: called)
  }

  /// Wakes two helpers, who wake two each: a single thread would be at it for longer than a pass.
  private func wake(by worker: Int, of called: Int) {
    for helper in [2 * worker + 1, 2 * worker + 2] where helper <= called { beds[helper].wake() }
  }

  private func awaitHelpers(_ called: Int) {
    if patience.spins == 0 { sleepUntilFinished(called) }
    var looks = 0
    while finished.value.load(ordering: .acquiring) < called {
      looks += 1
      if looks > patience.spins { sched_yield() } else { yolos_pause() }
    }
  }

  /// A helper counts itself, then looks whether the caller sleeps; the caller says that it sleeps, then
  /// looks whether all have counted: one of the two sees the other.
  private func sleepUntilFinished(_ called: Int) {
    arrivals.lock()
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while finished.value.load(ordering: .sequentiallyConsistent) < called { arrivals.wait() }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    arrivals.unlock()
  }

  private func arrive(of called: Int) {
    let arrived = finished.value.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    guard arrived == called, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
    arrivals.lock()
    arrivals.signal()
    arrivals.unlock()
  }

  func serve(as worker: Int) {
    _ = yolos_flush_denormals()
    var seen = Round(word: 0)
    while true {
      seen = awaitRound(after: seen, as: worker)
      // A round that does not call this helper may be over by now, and another one begin: it looks at
      // nothing but the word.
      guard worker <= seen.called else { continue }
      wake(by: worker, of: seen.called)
      if dismissed.load(ordering: .acquiring) { return }
      drain(as: worker)
      arrive(of: seen.called)
    }
  }

  private func awaitRound(after seen: Round, as worker: Int) -> Round {
    var looks = spins.load(ordering: .relaxed)
    while looks > 0 {
      let word = round.value.load(ordering: .acquiring)
      if word != seen.word { return Round(word: word) }
      looks -= 1
      yolos_pause()
    }
    return beds[worker].sleep {
      let word = round.value.load(ordering: .sequentiallyConsistent)
      // Rounds for others are slept through.
      return word == seen.word || worker > Round(word: word).called ? nil : Round(word: word)
    }
  }

  func dismiss() {
    dismissed.store(true, ordering: .releasing)
    call(helpers)
  }

  private func drain(as worker: Int) {
    guard let body else { return }
    while true {
      let task = next.value.wrappingAdd(1, ordering: .relaxed).oldValue
      guard task < count else { return }
      body(task, worker)
    }
  }
}

/// A round of work in one word: its number, and how many helpers it calls, the first ones.
private struct Round {
  let word: Int

  init(word: Int) { self.word = word }

  var called: Int { word & 0xffff }

  func next(calling called: Int) -> Round { Round(word: (word >> 16 &+ 1) << 16 | called) }
}

/// A number that threads share, on cache lines of its own: those that wait for one number would slow
/// down those that count another.
private final class Counter: Sendable {
  let value = Atomic<Int>(0)
  private let padding: InlineArray<15, Int> = .init(repeating: 0)
}

/// Where a helper sleeps.
private final class Bed: @unchecked Sendable {
  // `@unchecked`: it holds a lock and an atomic.
  private let condition = NSCondition()
  private let isOccupied = Atomic<Bool>(false)

  /// Sleeps until something has come up.
  ///
  /// The sleeper says that it sleeps, then looks; who brings something up says so, then looks for
  /// sleepers: one of the two sees the other.
  func sleep<News>(until news: () -> News?) -> News {
    condition.lock()
    defer { condition.unlock() }
    isOccupied.store(true, ordering: .sequentiallyConsistent)
    defer { isOccupied.store(false, ordering: .relaxed) }
    while true {
      if let news = news() { return news }
      condition.wait()
    }
  }

  /// Wakes whoever sleeps here.
  func wake() {
    guard isOccupied.load(ordering: .sequentiallyConsistent) else { return }
    condition.lock()
    condition.signal()
    condition.unlock()
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

  /// Waits awake whatever the load.
  package mutating func stayAwake() { spins = Patience.usual }

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
