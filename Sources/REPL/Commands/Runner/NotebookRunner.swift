internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Tensors

/// How a run ended, in the numbers that shells understand.
package enum ExitCode: Int32, Sendable {
  /// All is well.
  case success = 0
  /// A step failed.
  case stepFailed = 1
  /// The command line, the syntax or the static checks.
  case usage = 2
  /// An `assert` did not hold.
  case assertion = 3
  /// A report did not come out the same.
  case difference = 4
  /// Interrupted; the report was written before.
  case interrupted = 130
}

/// Runs a script from its first step to its last, and writes the report as it goes.
package final class NotebookRunner {
  private let script: ScriptFile
  private let host: Host
  private let interpreter: Interpreter
  private let transcript: Transcript
  private let console: any Presenter
  private let parameters: [Parameter]

  /// Prepares a run.
  init(
    _ script: ScriptFile, host: Host, overrides: [String: Value], parameters: [Parameter],
    transcript: Transcript, console: any Presenter
  ) {
    (self.script, self.host, self.transcript, self.console) = (script, host, transcript, console)
    self.parameters = parameters
    interpreter = Interpreter(table: .yolos, context: host, overrides: overrides)
    host.presenter = Tee([transcript, console])
    host.transcript = transcript
  }

  /// Runs all steps up to the first that fails.
  ///
  /// - Returns: What failed, or nil.
  func run() -> Diagnostic? {
    var owed = parameters
    for step in script.program.steps {
      if let prose = step.prose {
        flush(&owed)
        if let failure = runProse(step, prose) { return fail(failure) }
        continue
      }
      if step.parameter == nil { flush(&owed) }
      let text = ScriptFile.text(of: step)
      transcript.begin(step: text)
      host.begin(step: text.split(separator: "\n").first.map(String.init) ?? text)
      defer { host.endStep() }
      do throws(Diagnostic) { try interpreter.execute(step) } catch { return fail(error) }
      host.showHits()
    }
    flush(&owed)
    transcript.provenance(provenance())
    transcript.file.sweep()
    return nil
  }

  /// Shows the parameters once the last of them stands in the report.
  private func flush(_ owed: inout [Parameter]) {
    let bound = owed.filter { interpreter.value(of: $0.name) != nil }
    guard !bound.isEmpty else { return }
    transcript.parameters(
      bound.map {
        Parameter(
          name: $0.name, value: interpreter.value(of: $0.name)?.quotedText ?? $0.value,
          origin: $0.origin)
      })
    owed.removeAll { parameter in bound.contains { $0.name == parameter.name } }
  }

  private func runProse(_ step: Language.Step, _ source: String) -> Diagnostic? {
    let catcher = ProseCatcher()
    host.presenter = catcher
    defer { host.presenter = Tee([transcript, console]) }
    do throws(Diagnostic) { try interpreter.execute(step) } catch { return error }
    transcript.prose(source, rendered: step.isInterpolated ? catcher.pieces : nil)
    console.present(
      .prose(VolatileText(step.isInterpolated ? catcher.pieces.map(\.text).joined() : source)))
    return nil
  }

  private func fail(_ diagnostic: Diagnostic) -> Diagnostic {
    transcript.error(diagnostic)
    transcript.provenance(provenance())
    return diagnostic
  }

  private func provenance() -> [ProvenanceEntry] {
    host.provenance(
      of: script.program.steps.map(\.normalised), base: script.baseFolder,
      report: transcript.file.path)
  }
}

/// Keeps the pieces of prose that a step emits.
final class ProseCatcher: Presenter {
  private(set) var pieces: [TextPiece] = []

  func present(_ rendering: Rendering) {
    guard case .prose(let text) = rendering else { return }
    pieces += text.pieces
  }

  func progress(_ progress: ProgressReport) {}
}

/// Shows everything to several presenters.
package final class Tee: Presenter {
  private let presenters: [any Presenter]

  /// Shows to all of them, in this order.
  package init(_ presenters: [any Presenter]) { self.presenters = presenters }

  package func present(_ rendering: Rendering) {
    for presenter in presenters { presenter.present(rendering) }
  }

  package func progress(_ progress: ProgressReport) {
    for presenter in presenters { presenter.progress(progress) }
  }
}

extension VolatileText {
  /// A diagnostic in words; its place is volatile.
  init(_ diagnostic: Diagnostic) {
    let text = DiagnosticPrinter().text(of: diagnostic)
    var pieces: [String] = []
    if let place = diagnostic.place { pieces.append(place) }
    if let span = diagnostic.span, let source = diagnostic.source {
      pieces.append("\(source.line(at: span.lower)) |")
    }
    self.init(text, volatilePieces: pieces.filter { text.contains($0) })
  }

  /// The text cut at the pieces that may differ.
  var pieces: [TextPiece] {
    var pieces: [TextPiece] = []
    var rest = text[...]
    for volatile in volatilePieces {
      guard !volatile.isEmpty, let range = rest.range(of: volatile) else { continue }
      if range.lowerBound > rest.startIndex {
        pieces.append(TextPiece(String(rest[..<range.lowerBound])))
      }
      pieces.append(TextPiece(volatile, isVolatile: true))
      rest = rest[range.upperBound...]
    }
    if !rest.isEmpty { pieces.append(TextPiece(String(rest))) }
    return pieces
  }
}

/// Facts about the machine.
enum Machine {
  /// The processor's name, or "unknown".
  static var processor: String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return "unknown"
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
