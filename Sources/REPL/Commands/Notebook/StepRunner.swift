internal import Language
internal import Report

/// Runs one step of a notebook: its place in the report, its time in the log, and what it shows to report
/// and console alike.
final class StepRunner {
  let interpreter: Interpreter
  let transcript: Transcript
  let console: any Presenter
  private let host: Host

  /// A runner of the steps of one notebook.
  init(
    on host: Host, overrides: [String: Value] = [:], transcript: Transcript, console: any Presenter
  ) {
    (self.host, self.transcript, self.console) = (host, transcript, console)
    interpreter = Interpreter(table: .yolos, context: host, overrides: overrides)
    host.display.presenter = Tee([transcript, console])
  }

  /// Runs a step that calls, binds or decides something.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - text: Its text as the report has it.
  /// - Throws: What the step throws.
  func run(_ step: Language.Step, recordedAs text: String) throws(Diagnostic) {
    transcript.begin(step: text)
    try perform(step, text)
  }

  /// Runs a step, or prose, of a fence that the report has already.
  func run(inside step: Language.Step) throws(Diagnostic) {
    guard step.prose == nil || step.isInterpolated else { return }
    try perform(step, step.text)
  }

  private func perform(_ step: Language.Step, _ text: String) throws(Diagnostic) {
    host.display.presenter = Tee([transcript, console])
    host.log.begin(text.split(separator: "\n").first.map(String.init) ?? text)
    defer { host.log.end() }
    try interpreter.execute(step)
    for hit in host.log.hits { host.display.presenter.present(hit) }
  }

  /// Runs prose: fills its values in and adds it to the report.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - prose: The Markdown as it was written.
  /// - Returns: The Markdown with its values; nil where there was nothing to fill in.
  /// - Throws: What a value in it throws.
  func run(_ step: Language.Step, prose: String) throws(Diagnostic) -> VolatileText? {
    let catcher = ProseCatcher()
    host.display.presenter = catcher
    defer { host.display.presenter = Tee([transcript, console]) }
    try interpreter.execute(step)
    let rendered = step.isInterpolated ? catcher.pieces : nil
    transcript.prose(prose, rendered: rendered)
    return rendered.map { VolatileText($0) }
  }

  /// Runs a step that the report shall not know.
  ///
  /// - Returns: The value that it showed, if it showed one.
  @discardableResult
  func runAside(_ step: Language.Step) throws(Diagnostic) -> Value? {
    host.display.presenter = console
    return try interpreter.execute(step).value
  }
}

/// Keeps the pieces of prose that a step emits.
private final class ProseCatcher: Presenter {
  private(set) var pieces: [TextPiece] = []

  func present(_ rendering: Rendering) {
    guard case .prose(let text) = rendering else { return }
    pieces += text.pieces
  }

  func progress(_ progress: ProgressReport) {}
}
