internal import Commands
internal import Language

/// Jobs that run side by side, a line each: name, bar, where it stands, time left.
struct JobTable {
  private let jobs: [JobLine]
  private let done, count: Int
  private let terminal: Terminal
  /// More lines than this push away what was shown before; the rest is counted.
  private static let highest = 16
  private static let barWidth = 12

  init(_ jobs: [JobLine], done: Int, count: Int, on terminal: Terminal) {
    // Those that run come first.
    let running = jobs.filter { $0.fraction != nil }, others = jobs.filter { $0.fraction == nil }
    (self.jobs, self.done, self.count, self.terminal) = (running + others, done, count, terminal)
  }

  /// The lines without their ends, none wider than the terminal.
  var lines: [String] {
    let shown = jobs.prefix(Self.highest), rest = jobs.count - shown.count
    let titles = min(28, shown.map { DisplayWidth.of($0.title) }.max() ?? 0)
    let head = "\(done) of \(count) jobs done" + (rest > 0 ? ", \(rest) more wait" : "")
    return [terminal.paint(Terminal.cut(head, to: terminal.width - 3), "1")]
      + shown.map { line(of: $0, titles) }
  }

  private func line(of job: JobLine, _ width: Int) -> String {
    let title = Terminal.cut(Terminal.harmless(job.title), to: width)
    let pad = String(repeating: " ", count: max(0, width - DisplayWidth.of(title)))
    let left = job.secondsLeft.map { "  \(ProgressLine.time($0)) left" } ?? ""
    let details = job.details.isEmpty ? "" : "  \(job.details)"
    let words = Terminal.harmless(job.state + left + details)
    let share = min(1, max(0, job.fraction.map { $0.isFinite ? $0 : 0 } ?? 0))
    let bar = ProgressLine.bar(share, Self.barWidth, on: terminal)
    let room = terminal.width - width - Self.barWidth - 7
    return "  \(title)\(pad) \(bar) " + Terminal.cut(words, to: max(8, room))
  }
}
