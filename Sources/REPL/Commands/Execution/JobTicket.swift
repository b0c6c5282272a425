internal import Files
internal import Foundation
internal import Language

/// One job on its way, whatever it computes.
final class JobTicket {
  /// Where it stands.
  enum State {
    /// It waits; the words say for what.
    case waiting(String)
    /// Somebody else computes the same.
    case elsewhere(JobClaim)
    /// It runs; the words say where.
    case running(String)
    case ended(Ending)
  }

  /// How it ended.
  enum Ending {
    case reported(JobReport)
    /// Without a word of its own; the end of the log may say more.
    case failed(Diagnostic, log: String)
  }

  /// Names the result in the cache.
  let key: Digest
  /// What people call it.
  let title: String
  let folder: JobFolder
  /// Whether others who need the same wait for it.
  let isClaimed: Bool
  /// How many processes share it, where it is done on a cluster.
  let ranks: Int
  var state: State
  /// Whether it was given to the executor, rather than left to whoever computes the same.
  var isOurs = false
  /// Whether its end was noticed.
  var isClosed = false
  /// The batch of Slurm that it belongs to.
  var batch: String?
  /// What it told last.
  private(set) var latest: JobEvent?
  private var readBytes = 0
  /// Writes the job down and makes its folders; called when it is certain that nobody else computes it.
  let prepare: () throws(Diagnostic) -> Void

  init(
    _ key: Digest, title: String, folder: JobFolder, isClaimed: Bool, ranks: Int, state: State,
    prepare: @escaping () throws(Diagnostic) -> Void
  ) {
    (self.key, self.title, self.folder, self.isClaimed) = (key, title, folder, isClaimed)
    (self.ranks, self.state, self.prepare) = (ranks, state, prepare)
  }

  var hasEnded: Bool { if case .ended = state { true } else { false } }

  /// Ends it with what it left in its folder; where that is nothing, with a failure.
  ///
  /// - Parameters:
  ///   - failure: What to say then.
  ///   - log: What others said of it; stands before its own log.
  func end(else failure: @autoclosure () -> Diagnostic, log: String = "") {
    if let report = JobReport(contentsOf: folder.report) {
      state = .ended(.reported(report))
    } else {
      let texts = [log, folder.logEnd()].filter { !$0.isEmpty }
      state = .ended(.failed(failure(), log: texts.joined(separator: "\n")))
    }
  }

  /// Ends it as something that the user did not want any more.
  func interrupt() {
    state = .ended(.failed(Diagnostic("interrupted", kind: .interrupted), log: ""))
  }

  /// Reads what it told since the last time.
  func readProgress() {
    if case .waiting = state { return }
    let decoder = JobEvent.decoder
    for line in FileTail.lines(of: folder.progress, from: &readBytes) {
      if let event = try? decoder.decode(JobEvent.self, from: line) {
        // A line says no more than the progress that stands beside the title.
        if event.event == .line { continue }
        latest = event
      }
    }
  }

  /// How far it is, for people.
  var line: JobLine {
    switch state {
    case .waiting(let words): JobLine(title: title, state: words)
    case .elsewhere(let claim): JobLine(title: title, state: "computed by \(claim.words)")
    case .running(let place):
      if let latest, latest.event == .progress {
        JobLine(
          title: title, state: latest.text, fraction: latest.fraction,
          details: latest.details ?? "", secondsLeft: latest.secondsLeft)
      } else {
        JobLine(title: title, state: place)
      }
    case .ended: JobLine(title: title, state: "done", fraction: 1)
    }
  }
}
