internal import Foundation
internal import Language
internal import Report

/// A job that was asked for, and its result once it is there.
final class PendingJob<Work: Job>: OutputOrder.Place {
  private let ticket: JobTicket
  private let runner: JobRunner
  private let board: JobBoard
  /// Notes where the result came from.
  private let note: (JobReport, Work.Result) -> Void
  /// The call that asked for it.
  private let call: Invocation?
  /// Whether another step asked for the same before, and shows what the job had to say.
  private let isShared: Bool
  private var outcome: (report: JobReport, result: Work.Result)?

  init(
    _ ticket: JobTicket, of runner: JobRunner, on board: JobBoard, asked call: Invocation?,
    isShared: Bool,
    note: @escaping (JobReport, Work.Result) -> Void
  ) {
    (self.ticket, self.runner, self.board) = (ticket, runner, board)
    (self.call, self.isShared, self.note) = (call, isShared, note)
  }

  var hasEnded: Bool { ticket.hasEnded }

  /// Waits for the result.
  ///
  /// - Throws: What the job failed with, or one before it in the script.
  func result() throws(Diagnostic) -> Work.Result {
    if !hasEnded { try board.wait { ticket.hasEnded } }
    do throws(Diagnostic) { return try found().result } catch {
      // A plain run would have ended at the first that fails.
      try runner.settle()
      throw error
    }
  }

  func take() throws(Diagnostic) {
    do throws(Diagnostic) {
      let (report, result) = try found()
      if !isShared { runner.present(report.remarks) }
      note(report, result)
    } catch {
      if case .ended(.failed(_, let log)) = ticket.state, !log.isEmpty {
        runner.present(logOf: ticket.title, log)
      }
      throw error
    }
  }

  private func found() throws(Diagnostic) -> (report: JobReport, result: Work.Result) {
    if let outcome { return outcome }
    do throws(Diagnostic) {
      let found = try read()
      outcome = found
      return found
    } catch {
      guard let call else { throw error }
      throw error.located(at: call.span, in: call.source)
    }
  }

  private func read() throws(Diagnostic) -> (report: JobReport, result: Work.Result) {
    switch ticket.state {
    case .ended(.reported(let report)):
      if let failure = report.failure {
        throw Diagnostic(
          failure.message, kind: failure.isInterruption ? .interrupted : .step, hint: failure.hint)
      }
      guard let payload = report.payload,
        let result = try? JobRunner.decoder.decode(Work.Result.self, from: payload)
      else { throw Diagnostic("the result of '\(ticket.title)' is damaged") }
      return (report, result)
    case .ended(.failed(let failure, _)): throw failure
    default: preconditionFailure("a result is read before it is there")
    }
  }
}

/// An object that a job gives, as a value of the language.
final class PendingObject: PendingValue {
  let objectType: ObjectType
  private let make: () throws(Diagnostic) -> Value
  private(set) var known: Value?

  init(_ type: ObjectType, _ make: @escaping () throws(Diagnostic) -> Value) {
    (objectType, self.make) = (type, make)
  }

  func wait() throws(Diagnostic) -> Value {
    if let known { return known }
    let value = try make()
    known = value
    return value
  }
}
