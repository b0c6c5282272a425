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
    let transcript = transcript
    host.order.perform { transcript.begin(step: text) }
    try perform(step, text)
  }

  /// Runs a step, or prose, of a fence that the report has already.
  func run(inside step: Language.Step) throws(Diagnostic) {
    guard step.prose == nil || step.isInterpolated else { return }
    try perform(step, step.text)
  }

  private func perform(_ step: Language.Step, _ text: String) throws(Diagnostic) {
    let host = host, tee = Tee([transcript, console])
    host.order.perform {
      host.log.begin(text.split(separator: "\n").first.map(String.init) ?? text)
    }
    host.display.presenter = tee
    defer { host.order.perform { host.log.end() } }
    try interpreter.execute(step)
    host.order.perform { for hit in host.log.hits { tee.present(hit) } }
  }

  /// Runs prose: fills its values in and adds it to the report.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - prose: The Markdown as it was written.
  /// - Returns: The Markdown with its values; nil where there was nothing to fill in.
  /// - Throws: What a value in it throws.
  func run(_ step: Language.Step, prose: String) throws(Diagnostic) -> VolatileText? {
    let pieces = try host.display.fillingProse { () throws(Diagnostic) in
      try interpreter.execute(step)
    }
    let rendered = step.isInterpolated ? pieces : nil, transcript = transcript
    host.order.perform { transcript.prose(prose, rendered: rendered) }
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
