internal import Commands
internal import Language

/// The line or table at the bottom that says how far long work has come; on a pipe only lines that stay.
final class ProgressLine {
  private let terminal: Terminal
  /// How many lines are drawn over next time.
  private var height = 0

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Draws or replaces the line.
  func show(_ report: ProgressReport) {
    switch report {
    case .transient(let progress):
      guard terminal.redraws else { return }
      clear()
      terminal.write(text(progress))
      height = 1
    case .jobs(let jobs, let done, let count):
      guard terminal.redraws else { return }
      let lines = JobTable(jobs, done: done, count: count, on: terminal).lines
      clear()
      terminal.write(lines.joined(separator: "\n"))
      height = lines.count
    case .line(let text):
      clear()
      let whole = Terminal.harmless(text)
      // On a terminal every epoch is one line; a pipe has no width.
      let shown = terminal.redraws ? Terminal.cut(whole, to: terminal.width - 1) : whole
      terminal.write(shown + "\n")
    case .validation: break
    case .finished: clear()
    }
  }

  /// Removes the line or table.
  func clear() {
    // What somebody else wrote stands below what was drawn: it stays, and so does the drawing.
    guard height > 0, !Terminal.wasWrittenAside() else {
      height = 0
      return
    }
    let above = String(repeating: "\u{1B}[A\u{1B}[2K", count: height - 1)
    terminal.write("\r\u{1B}[2K" + above)
    height = 0
  }

  private func text(_ progress: Progress) -> String {
    let share = min(1, max(0, progress.fraction.isFinite ? progress.fraction : 0))
    let percent = "\(Int(share * 100)) %"
    let left = progress.secondsLeft.map { "  \(Self.time($0)) left" } ?? ""
    let words = Terminal.harmless("  \(percent)  \(progress.details)\(left)")
    // Room for the ^C that a terminal writes.
    let room = terminal.width - 3
    let bar = min(24, room - DisplayWidth.of(progress.title) - DisplayWidth.of(words) - 1)
    guard bar >= 6 else { return Terminal.cut(progress.title + words, to: room) }
    return progress.title + " " + drawn(share, bar) + words
  }

  private func drawn(_ share: Double, _ width: Int) -> String {
    Self.bar(share, width, on: terminal)
  }

  /// A share as a bar of so many columns.
  static func bar(_ share: Double, _ width: Int, on terminal: Terminal) -> String {
    let done = Int(share * Double(width))
    let signs = terminal.usesUnicode ? ("━", "─") : ("=", "-")
    return terminal.paint(String(repeating: signs.0, count: done), "32")
      + terminal.paint(String(repeating: signs.1, count: width - done), "2")
  }

  /// "1:05", "2:03:04".
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e7 else { return "?" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let tail = "\(two(whole % 60))"
    return whole < 3600
      ? "\(whole / 60):\(tail)" : "\(whole / 3600):\(two(whole / 60 % 60)):\(tail)"
  }
}
