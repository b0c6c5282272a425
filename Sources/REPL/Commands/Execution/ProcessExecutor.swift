internal import Files
internal import Foundation
internal import Language
internal import Training

/// Does jobs in processes of this machine, a few at a time, each with its share of the cores.
final class ProcessExecutor: Executor {
  private struct Running {
    let ticket: JobTicket
    let process: Process
    let slot: Int
  }

  private let program: String
  /// The threads of each of the processes that run at a time.
  private let shares: [Int]
  private let claims: JobClaims
  private var waiting: [JobTicket] = []
  private var running: [Running] = []
  /// When those that run are killed, as they did not end by themselves.
  private var deadline: ContinuousClock.Instant?

  let pause = Duration.milliseconds(40)
  private static let patience = Duration.seconds(10)

  /// So many processes at a time.
  ///
  /// - Parameters:
  ///   - count: At least 1.
  ///   - threads: The threads of all of them together.
  ///   - program: The program that does a job.
  ///   - claims: Where a process is named as the one that does the work.
  init(_ count: Int, threads: Int, program: String, claims: JobClaims) {
    (self.program, self.claims) = (program, claims)
    shares = (0..<count).map { max(1, threads / count + ($0 < threads % count ? 1 : 0)) }
  }

  func submit(_ ticket: JobTicket) {
    ticket.state = .waiting("waiting")
    waiting.append(ticket)
    start()
  }

  func update() {
    for job in running where !job.process.isRunning {
      job.ticket.end(else: Self.failure(of: job.process, job.ticket))
    }
    running.removeAll { $0.ticket.hasEnded }
    if let deadline, ContinuousClock.now > deadline {
      for job in running { kill(job.process.processIdentifier, SIGKILL) }
    }
    start()
  }

  func interrupt(_ level: Cancellation.Level) {
    for ticket in waiting { ticket.interrupt() }
    waiting = []
    for job in running { kill(job.process.processIdentifier, SIGINT) }
    if level == .atOnce { deadline = .now + Self.patience }
  }

  private func start() {
    while !waiting.isEmpty, let slot = shares.indices.first(where: isFree) {
      let ticket = waiting.removeFirst()
      do {
        let process = try launch(ticket, threads: shares[slot])
        running.append(Running(ticket: ticket, process: process, slot: slot))
        let words = "process \(process.processIdentifier)"
        ticket.state = .running(words)
        if ticket.isClaimed {
          claims.hand(
            ticket.key.description,
            to: JobClaim(process: process.processIdentifier, folder: ticket.folder.path))
        }
      } catch {
        ticket.state = .ended(
          .failed(Diagnostic("'\(ticket.title)' could not be started: \(error)"), log: ""))
      }
    }
  }

  private func isFree(_ slot: Int) -> Bool { !running.contains { $0.slot == slot } }

  private func launch(_ ticket: JobTicket, threads: Int) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["job", ticket.folder.job, "--threads", "\(threads)"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.newFile(ticket.folder.progress)
    process.standardError = try Self.newFile(ticket.folder.log)
    // Foundation starts it in a group of its own, so that Ctrl-C reaches this program alone.
    try process.run()
    return process
  }

  private static func newFile(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  private static func failure(of process: Process, _ ticket: JobTicket) -> Diagnostic {
    let code = process.terminationStatus
    guard process.terminationReason == .uncaughtSignal else {
      return Diagnostic("'\(ticket.title)' ended without a result, with exit code \(code)")
    }
    return Diagnostic(
      "'\(ticket.title)' was ended by signal \(code)",
      hint: code == SIGKILL
        ? "it was killed or ran out of memory; run the script again to continue from what was saved"
        : nil)
  }
}
