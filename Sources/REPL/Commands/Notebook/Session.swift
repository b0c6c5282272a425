internal import Files
internal import Foundation
package import Language
package import Report
internal import Training

/// What was done at the prompt, line by line: each is read, checked and run, and what went well is
/// recorded.
package final class Session: Notebook {
  let transcript: Transcript
  private let host: Host
  private let runner: StepRunner
  private let console: any Presenter
  private let interrupts: any Cancelling
  /// What `undo` goes back to, the latest last.
  private var history: [Moment] = []
  private static let historyLimit = 100
  /// Names that lines bound which no script can have: what reads them stays out of scripts, too.
  private var unrecorded: Set<String> = []

  /// How things stood before a line.
  private struct Moment {
    let line: String
    let bindings: Interpreter.Bindings
    let unrecorded: Set<String>
    let settings: [(name: String, value: Value)]
    let document: Document
  }

  /// Opens a session.
  ///
  /// - Parameters:
  ///   - configuration: Folders, threads and backend.
  ///   - console: Shows what lines show.
  ///   - interrupts: Brings the keyboard's interrupts to the line that runs.
  ///   - record: The path of a report of all that went well, written as it goes.
  ///   - showcase: Shows the work in a browser, once somebody asks for that.
  /// - Throws: ``UsageError`` for an unknown backend.
  package init(
    _ configuration: Workplace.Configuration, console: any Presenter, interrupts: any Cancelling,
    record: String, showcase: (any Showcase)? = nil
  ) throws(UsageError) {
    var configuration = configuration
    configuration.mayDownload = true
    host = try Host(configuration, presenter: console)
    (self.console, self.interrupts) = (console, interrupts)
    transcript = Transcript(path: record, for: host)
    runner = StepRunner(on: host, transcript: transcript, console: console)
    host.notebook = self
    host.showcase = showcase
  }

  private var interpreter: Interpreter { runner.interpreter }

  // A line that writes a report or a script is none of it.
  var documentBeforeStep: Document { transcript.document }

  package func value(of name: String) -> Value? { interpreter.value(of: name) }

  /// The picture that was drawn last.
  package var lastFigure: String? {
    filedFigure.map { $0.folder.isEmpty ? $0.figure.path : "\($0.folder)/\($0.figure.path)" }
  }

  /// The figure that was filed last, and the folder that its paths start from.
  package var filedFigure: (figure: Figure, folder: String)? {
    for entry in transcript.document.entries.reversed() {
      guard case .output(.figure(let figure)) = entry.block else { continue }
      return (figure, PathText.folder(of: transcript.file.path))
    }
    return nil
  }

  /// The report of all that went well; nil while there is nothing in it.
  package var record: String? {
    transcript.document.entries.isEmpty ? nil : transcript.file.path
  }

  // MARK: Lines

  /// Whether a text stops inside brackets, so that more lines may complete it.
  package func isUnfinished(_ text: String) -> Bool {
    Parser.parse(SourceText(name: Self.name, text)).isUnfinished
  }

  /// How a text reads that nobody has run.
  package enum Reading: Equatable {
    /// It can be run.
    case complete
    /// It stops inside so many brackets; more lines may complete it.
    case unfinished(depth: Int)
    /// It has errors.
    case wrong
  }

  /// Whether a text can be run, as far as its syntax goes.
  package func reading(of text: String) -> Reading {
    let parsed = Parser.parse(SourceText(name: Self.name, text))
    if parsed.isUnfinished { return .unfinished(depth: CursorScan(text).depth) }
    return parsed.isClean ? .complete : .wrong
  }

  /// A line as it is meant: `train?` and `?train` are `help train`.
  package func asked(_ text: String) -> String {
    let line = text.trimmingCharacters(in: .whitespaces)
    guard line.hasSuffix("?") || line.hasPrefix("?"), !line.hasPrefix("#") else { return text }
    let word = line.trimmingCharacters(in: CharacterSet(charactersIn: "? "))
    if word.isEmpty { return "help" }
    guard word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return text }
    if case .object(let type)? = interpreter.value(of: word)?.type { return "help \(type)" }
    return "help \(word)"
  }

  /// Reads, checks and runs a text of one or many lines.
  ///
  /// - Parameters:
  ///   - text: The lines.
  ///   - name: What messages call them.
  /// - Returns: Warnings, and what made the text stop; what went well before that stays.
  package func run(_ text: String, name: String = "prompt") -> [Diagnostic] {
    let parsed = Parser.parse(SourceText(name: name, text))
    guard parsed.isClean else { return parsed.diagnostics }
    let (program, problems) = ScriptFile.include(parsed.program, host.baseFolder)
    var environment = interpreter.environment
    environment.isPrompt = true
    let findings =
      parsed.diagnostics + problems
      + Checker.check(
        program, table: .yolos,
        host: FileLint(host.workplace.configuration, settings: host.settings.constants),
        environment: environment)
    guard findings.allSatisfy({ $0.severity != .error }) else { return findings }
    defer { transcript.flush() }
    for step in program.steps {
      do throws(Diagnostic) { try run(step) } catch { return findings + [error] }
      if host.isCancelled, step.span != program.steps.last?.span {
        return findings + [Diagnostic("interrupted; the following lines were not run")]
      }
    }
    return findings
  }

  private static let name = "prompt"

  private func run(_ step: Language.Step) throws(Diagnostic) {
    host.workplace.cancellation = Cancellation()
    interrupts.attach(host.workplace.cancellation)
    defer { host.jobs.finish() }
    guard !Self.isAside(step), let source = recordedSource(of: step) else {
      if !Self.isAside(step) { unrecorded.formUnion(step.names.binds) }
      try runner.runAside(step)
      return try host.jobs.settle()
    }
    let moment = moment(before: step)
    do throws(Diagnostic) {
      if let prose = step.prose {
        // What was typed need not be repeated.
        if let rendered = try runner.run(step, prose: prose) {
          console.present(.prose(rendered))
        }
      } else {
        try runner.run(step, recordedAs: source)
      }
      // A line is done when its jobs are.
      try host.jobs.settle()
      unrecorded.subtract(step.names.binds)
      history = (history + [moment]).suffix(Self.historyLimit)
    } catch {
      // Nothing of the line is left to be shown.
      _ = try? host.jobs.settle()
      transcript.restore(moment.document)
      throw error
    }
  }

  /// The step as a script may have it: the value of `_` in its place; nil where that has no literal.
  private func recordedSource(of step: Language.Step) -> String? {
    let text = ScriptFile.text(of: step)
    if let name = step.names.reads.first(where: unrecorded.contains) {
      console.present(
        .warning(
          VolatileText(
            "'\(name)' comes from a line that was left out, so this line is left out as well\n"
          )))
      return nil
    }
    guard step.names.reads.contains("_") else { return text }
    if let value = interpreter.value(of: "_"), let constant = Constant(value) {
      let literal = constant.value.quotedText
      let replaced = LastValue.replaced(
        in: text, by: literal.hasPrefix("-") ? "(\(literal))" : literal)
      let parsed = Parser.parse(SourceText(name: Self.name, replaced))
      let isFree = parsed.program.steps.allSatisfy { !$0.names.reads.contains("_") }
      if parsed.isClean, isFree { return replaced }
    }
    console.present(
      .warning("'_' does not exist in scripts, so report and save leave this line out\n"))
    return nil
  }

  /// Whether a step is a word to the prompt that no report would want.
  private static func isAside(_ step: Language.Step) -> Bool {
    let names = step.names
    // A command that stands alone reads as a name; no variable bears one.
    let calls =
      names.calls.isEmpty ? names.reads.filter { CommandTable.yolos[$0] != nil } : names.calls
    return step.prose == nil && names.binds.isEmpty && !calls.isEmpty
      && calls.allSatisfy(asides.contains)
  }

  private static let asides: Set = ["help", "why", "time", "report", "save", "undo", "live"]

  // MARK: Looking

  /// The value of an expression, or of a command that gives one; nothing is recorded, and names stay as
  /// they are.
  package func evaluate(_ expression: String) -> Result<Value, Diagnostic> {
    let parsed = Parser.parse(SourceText(name: "expression", expression))
    if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) {
      return .failure(problem)
    }
    guard parsed.program.steps.count == 1, let step = parsed.program.steps.first,
      step.prose == nil
    else { return .failure(Diagnostic("expected one expression", kind: .syntax)) }
    let bindings = interpreter.bindings
    defer { interpreter.bindings = bindings }
    host.workplace.cancellation = Cancellation()
    do throws(Diagnostic) { return .success(try runner.runAside(step) ?? .none) } catch {
      return .failure(error)
    }
  }

  /// The value that a path of names stands for, such as `first.best.map50`; nil for anything else: no
  /// command is run.
  package func look(at path: String) -> Value? {
    let parsed = Parser.parse(SourceText(name: "expression", path))
    let looksOnly = parsed.program.steps.allSatisfy { step in
      step.prose == nil && step.names.calls.isEmpty && step.names.binds.isEmpty
        && step.names.reads.allSatisfy { CommandTable.yolos[$0] == nil }
    }
    guard parsed.isClean, looksOnly else { return nil }
    return try? evaluate(path).get()
  }

  /// What lies in a folder that a line writes: names in order, folders with a slash behind.
  package func names(inFolder written: String) -> [String] {
    Paths.names(in: Paths.resolve(written.isEmpty ? "." : written, from: host.baseFolder))
  }

  // MARK: Undo

  private func moment(before step: Language.Step) -> Moment {
    Moment(
      line: ScriptFile.text(of: step), bindings: interpreter.bindings,
      unrecorded: unrecorded,
      settings: Setting.all.compactMap { setting in
        host.settings[setting.name].map { (setting.name, $0) }
      }, document: transcript.document)
  }

  /// Takes back the last line that went well: its names, its settings, its place in the report.
  ///
  /// Files that it wrote stay.
  ///
  /// - Returns: The line.
  func undo() throws(Diagnostic) -> String {
    guard let moment = history.popLast() else {
      throw Diagnostic("there is nothing to undo")
    }
    interpreter.bindings = moment.bindings
    unrecorded = moment.unrecorded
    for (name, value) in moment.settings { try host.settings.set(name, to: value) }
    transcript.restore(moment.document)
    return moment.line
  }

  // MARK: Words

  /// What can be typed just now, for completion.
  package var vocabulary: Vocabulary {
    var words = Vocabulary()
    words.functions = interpreter.functionNames
    for name in interpreter.names {
      guard let value = interpreter.value(of: name) else { continue }
      words.variables[name] = value.type
      words.classNames += Self.classNames(of: value)
    }
    words.classNames = Set(words.classNames).sorted()
    return words
  }

  private static func classNames(of value: Value) -> [String] {
    guard case .object(let object) = value.content else { return [] }
    let names = (try? object.member("classes"))?.asList ?? (try? object.member("names"))?.asList
    return (names ?? []).compactMap(\.asString)
  }
}
