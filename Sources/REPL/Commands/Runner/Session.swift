internal import Files
internal import Foundation
package import Language
internal import Report
internal import Training

/// What was done at the prompt, line by line: each is read, checked and run, and what went well is
/// recorded.
package final class Session {
  /// The engine, its settings and what was cached.
  package let host: Host
  let interpreter: Interpreter
  private let transcript: Transcript
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
  /// - Throws: ``UsageError`` for an unknown backend.
  package init(
    _ configuration: Host.Configuration, console: any Presenter, interrupts: any Cancelling,
    record: String
  ) throws(UsageError) {
    host = try Host(configuration, presenter: console)
    (self.console, self.interrupts) = (console, interrupts)
    transcript = Transcript(path: record)
    interpreter = Interpreter(table: .yolos, context: host)
    host.transcript = transcript
    host.session = self
  }

  /// The picture that was drawn last.
  package var lastFigure: String? {
    for entry in transcript.document.entries.reversed() {
      guard case .output(.figure(let figure)) = entry.block else { continue }
      let folder = (transcript.file.path as NSString).deletingLastPathComponent
      return folder.isEmpty ? figure.path : "\(folder)/\(figure.path)"
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

  /// Reads, checks and runs a text of one or many lines.
  ///
  /// - Returns: Warnings, and what made the text stop; what went well before that stays.
  package func run(_ text: String) -> [Diagnostic] {
    let parsed = Parser.parse(SourceText(name: Self.name, text))
    guard parsed.isClean else { return parsed.diagnostics }
    let base = host.baseFolder
    let (program, problems) = ScriptFile.include(parsed.program, base)
    var environment = interpreter.environment
    environment.isPrompt = true
    let findings =
      parsed.diagnostics + problems
      + Checker.check(
        program, table: .yolos, host: FileLint(baseFolder: base, settings: host.constants),
        environment: environment)
    guard findings.allSatisfy({ $0.severity != .error }) else { return findings }
    defer { transcript.settle() }
    for step in program.steps {
      do throws(Diagnostic) { try run(step) } catch { return findings + [error] }
      if host.isCancelled, step.span != program.steps.last?.span {
        return findings + [Diagnostic("interrupted; the lines that follow were not run")]
      }
    }
    return findings
  }

  private static let name = "prompt"

  private func run(_ step: Language.Step) throws(Diagnostic) {
    host.cancellation = Cancellation()
    interrupts.attach(host.cancellation)
    guard !Self.isAside(step), let source = recordedSource(of: step) else {
      host.presenter = console
      if !Self.isAside(step) { unrecorded.formUnion(step.names.binds) }
      try interpreter.execute(step)
      return
    }
    let moment = moment(before: step)
    do throws(Diagnostic) {
      if let prose = step.prose {
        try run(step, prose: prose)
      } else {
        try run(step, recordedAs: source)
      }
      unrecorded.subtract(step.names.binds)
      history = (history + [moment]).suffix(Self.historyLimit)
    } catch {
      transcript.restore(moment.document)
      throw error
    }
  }

  private func run(_ step: Language.Step, recordedAs text: String) throws(Diagnostic) {
    transcript.begin(step: text)
    host.presenter = Tee([transcript, console])
    host.begin(step: text.split(separator: "\n").first.map(String.init) ?? text)
    defer { host.endStep() }
    try interpreter.execute(step)
    host.showHits()
  }

  private func run(_ step: Language.Step, prose: String) throws(Diagnostic) {
    let catcher = ProseCatcher()
    host.presenter = catcher
    try interpreter.execute(step)
    transcript.prose(prose, rendered: step.isInterpolated ? catcher.pieces : nil)
    if step.isInterpolated {
      console.present(.prose(VolatileText(catcher.pieces.map(\.text).joined())))
    }
  }

  /// The step as a script may have it: the value of `_` in its place; nil where that has no literal.
  private func recordedSource(of step: Language.Step) -> String? {
    let text = ScriptFile.text(of: step)
    if let name = step.names.reads.first(where: unrecorded.contains) {
      console.present(
        .warning(
          VolatileText(
            "warning: '\(name)' comes from a line that was left out, so this one is left out, too\n"
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
      .warning("warning: no script knows '_', so this line is left out of report and save\n"))
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

  private static let asides: Set = ["help", "why", "time", "report", "save", "undo"]

  // MARK: Undo

  private func moment(before step: Language.Step) -> Moment {
    Moment(
      line: ScriptFile.text(of: step), bindings: interpreter.bindings,
      unrecorded: unrecorded,
      settings: Setting.all.compactMap { setting in
        host.setting(setting.name).map { (setting.name, $0) }
      }, document: transcript.document)
  }

  /// Takes back the last line that went well: its names, its settings, its place in the report.
  ///
  /// Files that it wrote stay.
  ///
  /// - Returns: The line.
  func undo() throws(Diagnostic) -> String {
    guard let moment = history.popLast() else {
      throw Diagnostic("there is nothing to take back")
    }
    interpreter.bindings = moment.bindings
    unrecorded = moment.unrecorded
    for (name, value) in moment.settings { try host.set(name, to: value) }
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

/// The `_` of the prompt in a text.
enum LastValue {
  /// The text with every `_` that stands alone, outside of strings, replaced.
  static func replaced(in text: String, by value: String) -> String {
    var result = "", word = "", isString = false, isEscaped = false
    func flush() {
      result += word == "_" ? value : word
      word = ""
    }
    for character in text {
      if isString {
        result.append(character)
        if character == "\"", !isEscaped { isString = false }
        isEscaped = character == "\\" && !isEscaped
      } else if character == "_" || character.isLetter || character.isNumber {
        word.append(character)
      } else {
        flush()
        result.append(character)
        isString = character == "\""
      }
    }
    flush()
    return result
  }
}

/// The names that somebody at the prompt has bound so far.
package struct Vocabulary: Sendable {
  /// Variables with their types.
  package var variables: [String: ValueType] = [:]
  /// Commands of the user's own.
  package var functions: [String] = []
  /// The classes of models and datasets at hand.
  package var classNames: [String] = []

  /// Nothing is bound.
  package init() {}
}
