internal import Charts
internal import Commands
internal import Report

/// Shows what steps show on a terminal or a pipe.
final class TerminalPresenter: Presenter {
  private let terminal: Terminal
  private let bar: ProgressLine
  /// Finds the picture of a chart that was shown, where one was written.
  var picture: (String) -> String? = { _ in nil }

  init(_ terminal: Terminal) {
    self.terminal = terminal
    bar = ProgressLine(terminal)
  }

  /// Clears what is left of a progress line.
  func finish() { bar.clear() }

  func present(_ rendering: Rendering) {
    bar.clear()
    switch rendering {
    case .text(let text): line(text.text)
    case .prose(let text): terminal.write(ProseSetting(terminal).text(text.text))
    case .table(let table):
      terminal.write(TableSetting(table, terminal: terminal, width: terminal.width).text)
    case .chart(let chart, let name): show(chart, name)
    case .listing(let listing):
      let isNarrow = terminal.isInteractive
      line(isNarrow ? HangingText.wrapped(listing.text, to: terminal.width - 1) : listing.text)
    case .console(let console):
      line("\(console.title)")
      if terminal.isInteractive { line(Self.indented(console.text)) }
    case .warning(let text): warn(text.text)
    }
  }

  func progress(_ progress: ProgressReport) { bar.show(progress) }

  private func line(_ text: String) {
    let text = Terminal.harmless(text)
    terminal.write(text.hasSuffix("\n") ? text : text + "\n")
  }

  private func warn(_ text: String) {
    let text = Terminal.harmless(text.hasSuffix("\n") ? text : text + "\n")
    terminal.write(terminal.paint("warning: ", "1;35") + text)
  }

  private func show(_ chart: Chart, _ name: String) {
    if terminal.isInteractive, terminal.usesUnicode, terminal.redraws,
      let sketch = ChartSketch(chart, width: terminal.width)
    {
      line(sketch.text)
    } else {
      terminal.write(terminal.paint(Terminal.harmless(chart.title), "1") + "\n")
    }
    if let path = picture(name) { line("image: \(path)") }
  }

  private static func indented(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.prefix(6).map { "  " + $0 }
    let count = lines.count - 6
    let rest = count > 0 ? ["  … \(count) more \(count == 1 ? "line" : "lines")"] : []
    return (shown + rest).joined(separator: "\n")
  }
}

/// Shows nothing but progress, and that only where somebody watches.
final class ProgressPresenter: Presenter {
  private let bar = ProgressLine(.error)

  func present(_ rendering: Rendering) {}

  func progress(_ progress: ProgressReport) {
    guard Terminal.error.redraws else { return }
    if case .line = progress { return }
    bar.show(progress)
  }

  /// Clears what is left of a progress line.
  func finish() { bar.clear() }
}
