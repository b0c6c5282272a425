internal import Language
internal import Report

/// Runs a script from its first step to its last, and writes the report as it goes.
final class NotebookRunner: Notebook {
  let transcript: Transcript
  private let script: ScriptFile
  private let host: Host
  private let runner: StepRunner
  private let parameters: [Parameter]
  /// How many of the script's own steps are run; nil for all.
  private let stepLimit: Int?
  /// The fences that stay whole, where they shall.
  private var fences: FenceWalk?

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - script: The script.
  ///   - host: What its steps find.
  ///   - overrides: Values in the place of parameters' defaults.
  ///   - parameters: The parameters in force.
  ///   - transcript: The report.
  ///   - console: Shows what steps show.
  ///   - stepLimit: How many of the script's own steps are run; nil for all.
  ///   - keepsFences: Whether the report has the script's fences as they are, each with all that its steps
  ///     show behind it.
  init(
    _ script: ScriptFile, host: Host, overrides: [String: Value], parameters: [Parameter],
    transcript: Transcript, console: any Presenter, stepLimit: Int? = nil,
    keepsFences: Bool = false
  ) {
    self.stepLimit = stepLimit
    fences = keepsFences ? FenceWalk(script.source) : nil
    (self.script, self.host, self.transcript) = (script, host, transcript)
    self.parameters = parameters
    runner = StepRunner(
      on: host, overrides: overrides, transcript: transcript, console: console)
    host.notebook = self
  }

  var documentBeforeStep: Document { transcript.documentBeforeStep }

  /// Runs all steps, or as many as are wanted, up to the first that fails.
  ///
  /// - Returns: What failed, or nil.
  func run() -> Diagnostic? {
    var owed = parameters, left = stepLimit ?? .max
    for step in script.program.steps where left > 0 {
      if step.prose == nil, step.source === script.source { left -= 1 }
      // Parameters are shown once the last of them stands in the report.
      if step.parameter == nil { flush(&owed) }
      do throws(Diagnostic) { try run(step) } catch {
        return recorded(error)
      }
    }
    flush(&owed)
    do throws(Diagnostic) { try host.jobs.settle() } catch { return recorded(error) }
    // Any further step would have said so.
    if host.jobs.wasStopped { return recorded(Diagnostic("interrupted", kind: .interrupted)) }
    host.jobs.finish()
    transcript.provenance(provenance)
    transcript.file.sweep()
    return nil
  }

  private func run(_ step: Language.Step) throws(Diagnostic) {
    if fences != nil, let place = fences?.place(of: step) {
      if case .new(let text) = place { transcript.begin(fence: text) }
      return try runner.run(inside: step)
    }
    guard let prose = step.prose else {
      return try runner.run(step, recordedAs: ScriptFile.text(of: step))
    }
    let rendered = try runner.run(step, prose: prose)
    let console = runner.console
    host.order.perform { console.present(.prose(rendered ?? VolatileText(prose))) }
  }

  /// Shows those parameters that are bound.
  private func flush(_ owed: inout [Parameter]) {
    let bound = owed.filter { runner.interpreter.value(of: $0.name) != nil }
    guard !bound.isEmpty else { return }
    let shown = bound.map {
      Parameter(
        name: $0.name, value: runner.interpreter.value(of: $0.name)?.quotedText ?? $0.value,
        origin: $0.origin)
    }
    let transcript = transcript
    host.order.perform { transcript.parameters(shown) }
    owed.removeAll { parameter in bound.contains { $0.name == parameter.name } }
  }

  private func recorded(_ step: Diagnostic) -> Diagnostic {
    // What was asked for before it comes first, and may have failed first.
    var failure = step
    do throws(Diagnostic) { try host.jobs.settle() } catch { failure = error }
    host.jobs.finish()
    transcript.error(failure)
    transcript.provenance(provenance)
    return failure
  }

  private var provenance: [ProvenanceEntry] {
    host.provenance.entries(
      for: script.program.steps.map(\.normalized), base: script.baseFolder,
      report: transcript.file.path)
  }
}
