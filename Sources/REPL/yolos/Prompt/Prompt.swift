internal import Commands
internal import Foundation
internal import Language
internal import Live

/// The prompt: reads lines, runs them, shows what they give, and goes on whatever happens.
final class Prompt {
  private let session: Session
  private let console: TerminalPresenter
  private let interrupts: Interrupts
  private let page: LivePage
  private let history = LineHistory()
  private let complain = Errand.complaints(annotations: false)

  /// Opens the prompt and stays until the user leaves.
  static func open(_ work: WorkOptions, interrupts: Interrupts) throws {
    let prompt: Prompt
    do { prompt = try Prompt(work, interrupts: interrupts) } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
    prompt.run()
  }

  private init(_ work: WorkOptions, interrupts: Interrupts) throws(UsageError) {
    self.interrupts = interrupts
    let console = TerminalPresenter(.output)
    self.console = console
    let configuration = work.configuration
    page = LivePage(runsFolder: configuration.runsFolder) { interrupts.stop() }
    let record = SessionRecords(folder: "\(configuration.cacheFolder)/prompt")
      .begin(process: getpid())
    session = try Session(
      configuration, console: Tee([console, page.view]), interrupts: interrupts, record: record,
      showcase: page)
    page.view.follow(report: record)
    console.picture = { [weak session] _ in session?.lastFigure }
  }

  private func run() {
    Terminal.output.write(
      Terminal.output.paint("yolos \(Release.version)", "1")
        + ": help lists the commands, Tab completes, Ctrl-D leaves\n")
    LineEditor.start(interrupts: interrupts)
    history.load()
    while let text = entry() {
      history.add(text)
      if ["exit", "quit"].contains(text.trimmingCharacters(in: .whitespaces)) { break }
      let diagnostics = session.run(session.asked(text))
      console.finish()
      for diagnostic in diagnostics { complain(diagnostic) }
    }
    page.finish(code: Commands.ExitCode.success.rawValue)
    if let record = session.record {
      Terminal.output.write(Terminal.output.paint("your session was saved to \(record)\n", "2"))
    }
  }

  /// One entry: a line, or several while a bracket is open; nil when the user leaves.
  private func entry() -> String? {
    var lines: [String] = []
    while true {
      let before = lines.map { $0 + "\n" }.joined()
      let completer = Completer(vocabulary: session.vocabulary)
      let input = LineEditor.read(
        prompt: Self.prompt(isContinued: !lines.isEmpty), interrupts: interrupts
      ) { completer.completion(of: before + $0) }
      switch input {
      case .interrupted: lines = []
      case .end where lines.isEmpty:
        Terminal.output.write("\n")
        return nil
      case .end: return lines.joined(separator: "\n")
      case .line(let line):
        lines.append(line)
        let text = lines.joined(separator: "\n")
        if lines.count == 1, line.allSatisfy(\.isWhitespace) {
          lines = []
        } else if !session.isUnfinished(session.asked(text)) {
          return text
        }
      }
    }
  }

  private static func prompt(isContinued: Bool) -> String {
    let text = isContinued ? "  ...> " : "yolos> "
    guard Terminal.output.usesColor else { return text }
    // Readline must not count what takes no room.
    return "\u{1}\u{1B}[1;34m\u{2}\(text)\u{1}\u{1B}[0m\u{2}"
  }
}
