internal import Files
internal import Foundation
internal import Language
internal import Training

/// All jobs that are on their way: starts them, waits for them, shows how far they are.
final class JobBoard {
  private let executor: any Executor
  private let claims: JobClaims
  private let queue: SlurmQueue
  private let cache: ResultCache
  private let order: OutputOrder
  private let display: Display
  private let workplace: Workplace
  private var tickets: [JobTicket] = []
  private var ended = 0
  private var level = Cancellation.Level.none
  private var nextLook = ContinuousClock.now
  private var nextDrawing = ContinuousClock.now
  private var shown: [JobLine] = []

  private static let pauseOfLooks = Duration.milliseconds(500)
  private static let pauseOfDrawings = Duration.milliseconds(200)

  init(
    _ executor: any Executor, claims: JobClaims, queue: SlurmQueue, cache: ResultCache,
    order: OutputOrder, display: Display, workplace: Workplace
  ) {
    (self.executor, self.claims, self.queue, self.cache) = (executor, claims, queue, cache)
    (self.order, self.display, self.workplace) = (order, display, workplace)
  }

  /// The job on its way to a result, if there is one.
  func ticket(for key: Digest) -> JobTicket? { tickets.first { $0.key == key } }

  /// Takes a job: starts it, or waits for whoever computes the same.
  func add(_ ticket: JobTicket) {
    // What was interrupted at the prompt is over; the next line begins anew.
    if tickets.isEmpty { level = .none }
    tickets.append(ticket)
    if let other = holder(for: ticket) {
      ticket.state = .elsewhere(other)
      _ = executor.adopt(ticket, other)
    } else {
      dispatch(ticket)
    }
  }

  private func holder(for ticket: JobTicket) -> JobClaim? {
    guard ticket.isClaimed else { return nil }
    return claims.take(
      ticket.key.description, as: JobClaim(process: getpid(), folder: ticket.folder.path),
      isQueued: queue.holds)
  }

  private func dispatch(_ ticket: JobTicket) {
    ticket.isOurs = true
    do throws(Diagnostic) {
      try ticket.prepare()
      executor.submit(ticket)
    } catch {
      ticket.state = .ended(.failed(error, log: ""))
    }
  }

  // MARK: Waiting

  /// Waits until something holds; shows meanwhile what becomes ready to be shown.
  ///
  /// - Throws: What a job failed with, once it is its turn.
  func wait(until isDone: () -> Bool) throws(Diagnostic) {
    update()
    while !isDone() {
      try order.advance()
      if isDone() { break }
      show()
      Self.sleep(executor.pause)
      update()
    }
    clear()
  }

  /// Waits until no job runs any more, whatever became of them.
  func finish() {
    update()
    while tickets.contains(where: { !$0.hasEnded }) {
      show()
      Self.sleep(executor.pause)
      update()
    }
    clear()
    tickets = []
    ended = 0
  }

  private static func sleep(_ pause: Duration) {
    let (seconds, attoseconds) = pause.components
    Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
  }

  private func update() {
    let wanted = workplace.cancellation.level
    if wanted > level {
      // Each level is a request of its own, so that a job hears as many as we did.
      if level == .none { interrupt(.afterBatch) }
      if wanted == .atOnce { interrupt(.atOnce) }
      level = wanted
    }
    if ContinuousClock.now >= nextLook {
      nextLook = .now + Self.pauseOfLooks
      for ticket in tickets { lookElsewhere(ticket) }
    }
    executor.update()
    for ticket in tickets where ticket.hasEnded && !ticket.isClosed { close(ticket) }
  }

  private func interrupt(_ level: Cancellation.Level) {
    for ticket in tickets { if case .elsewhere = ticket.state { ticket.interrupt() } }
    executor.interrupt(level)
  }

  /// Finds out whether somebody else has done a job, or has given it up.
  private func lookElsewhere(_ ticket: JobTicket) {
    guard case .elsewhere = ticket.state else { return }
    if case .success(let entry) = cache.entry(ticket.key) {
      var report = JobReport(key: ticket.key.description)
      (report.payload, report.seconds) = (entry.payload, entry.seconds)
      ticket.state = .ended(.reported(report))
    } else if let other = holder(for: ticket) {
      ticket.state = .elsewhere(other)
    } else if case .success = cache.entry(ticket.key) {
      // It was done between the two looks; the next one finds it.
      claims.release(ticket.key.description)
    } else {
      dispatch(ticket)
    }
  }

  /// Tidies up behind a job that has ended.
  private func close(_ ticket: JobTicket) {
    if ticket.isClaimed, ticket.isOurs {
      claims.release(ticket.key.description, of: ticket.batch)
    }
    ticket.isClosed = true
    ended += 1
    guard case .ended(let ending) = ticket.state else { return }
    let words: String
    switch ending {
    case .reported(let report) where report.failure == nil:
      words = report.isComplete ? "done in \(Wording.duration(report.seconds))" : "stopped"
      if report.isComplete, ticket.isOurs { ticket.folder.remove() }
    case .reported(let report): words = "failed: \(report.failure?.message ?? "")"
    case .failed(let diagnostic, _):
      words = diagnostic.kind == .interrupted ? "not finished" : "failed: \(diagnostic.message)"
    }
    shown = []
    display.progress(.line("\(ticket.title): \(words) (\(ended) of \(tickets.count))"))
  }

  // MARK: Showing

  private func show() {
    guard ContinuousClock.now >= nextDrawing else { return }
    nextDrawing = .now + Self.pauseOfDrawings
    for ticket in tickets where !ticket.hasEnded { ticket.readProgress() }
    let lines = tickets.filter { !$0.hasEnded }.map(\.line)
    guard lines != shown else { return }
    shown = lines
    display.progress(.jobs(lines, done: ended, count: tickets.count))
  }

  private func clear() {
    if !shown.isEmpty { display.progress(.finished) }
    shown = []
  }
}
