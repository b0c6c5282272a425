internal import Files
package import Foundation
package import Language
internal import Report
internal import Text
package import Training

/// Runs, checks and lints scripts without anybody at the keyboard.
package struct Headless {
  /// What the command line asks for.
  package struct Options: Sendable {
    /// Where the report goes; `reports/NAME.md` where nil.
    package var output: String?
    /// `-p name=value`, in order.
    package var parameters: [(name: String, value: String)] = []
    /// Whether a report is written over itself.
    package var isInPlace = false
    /// The last line of the file whose step is run; nil for all.
    package var lastLine: Int?
    /// How the file is written; as its name says where nil.
    package var notation: Notation?
    /// Folders, threads and backend.
    package var configuration = Workplace.Configuration()

    /// A run with nothing asked for.
    package init() {}
  }

  private let options: Options
  private let console: any Presenter
  /// Takes errors and remarks, each whole with its place.
  private let complain: (Diagnostic) -> Void
  /// Told where the report will lie, before the first step runs.
  private let begun: (String) -> Void

  /// Prepares for work.
  package init(
    _ options: Options, console: any Presenter, complain: @escaping (Diagnostic) -> Void,
    begun: @escaping (String) -> Void = { _ in }
  ) {
    (self.options, self.console, self.complain, self.begun) = (options, console, complain, begun)
  }

  /// What a run left.
  package struct Outcome {
    /// How it ended.
    package let code: ExitCode
    /// The report, where one was begun.
    package let report: String?
  }

  // MARK: Run

  /// Runs a script or a report.
  package func run(path: String, content: Data, cancellation: any Cancelling) -> Outcome {
    guard let script = open(path, content) else { return Outcome(code: .usage, report: nil) }
    guard let bound = bind(script) else { return Outcome(code: .usage, report: nil) }
    let report: String
    if let output = options.output {
      report = output
    } else if options.isInPlace, script.recorded != nil {
      report = path
    } else {
      report = "reports/\(path == "-" ? "standard-input" : Paths.stem(path)).md"
    }
    if Paths.absolute(report) == Paths.absolute(path), !options.isInPlace {
      complain(
        Diagnostic(
          "the report would overwrite '\(path)'", kind: .lint,
          hint: "choose another file with -o, or use --in-place"))
      return Outcome(code: .usage, report: nil)
    }
    do throws(Diagnostic) {
      let limit = try options.lastLine.map { (line) throws(Diagnostic) in
        try ScriptFile.stepCount(upTo: line, path: path, content: content)
      }
      return execute(
        script, bound, configuration(for: script), report: report, cancellation, stepLimit: limit)
    } catch {
      complain(error)
      return Outcome(code: .usage, report: nil)
    }
  }

  private func execute(
    _ script: ScriptFile, _ bound: Bound, _ configuration: Workplace.Configuration, report: String,
    _ cancellation: any Cancelling, stepLimit: Int? = nil, keepsFences: Bool = false
  ) -> Outcome {
    let host: Host
    do { host = try Host(configuration, presenter: console) } catch {
      complain(Diagnostic(error.description, kind: .lint))
      return Outcome(code: .usage, report: nil)
    }
    cancellation.attach(host.workplace.cancellation)
    let transcript = Transcript(path: report, for: host)
    begun(report)
    let runner = NotebookRunner(
      script, host: host, overrides: bound.overrides, parameters: bound.parameters,
      transcript: transcript, console: console, stepLimit: stepLimit, keepsFences: keepsFences)
    let failure = runner.run()
    if let problem = transcript.failure {
      complain(Diagnostic("the report could not be written: \(problem)"))
      return Outcome(code: .stepFailed, report: nil)
    }
    guard let failure else { return Outcome(code: .success, report: report) }
    complain(failure)
    return Outcome(code: ExitCode(failure), report: report)
  }

  // MARK: Check

  /// What a report has from the notebook whose form it is: its fences are cells, which show everything at
  /// their ends, and its pictures lie in the notebook.
  package struct Cells {
    /// The cell that a line of the report comes from, both counted from 1.
    let cell: (Int) -> Int
    /// Pictures and numbers by their paths in the report.
    let file: (String) -> Data?

    /// The cells of a notebook.
    package init(cell: @escaping (Int) -> Int, file: @escaping (String) -> Data?) {
      (self.cell, self.file) = (cell, file)
    }
  }

  /// Runs a report afresh and compares what came out.
  ///
  /// - Parameters:
  ///   - path: The report's path.
  ///   - content: What it holds.
  ///   - cells: The notebook whose form it is; nil for a report.
  ///   - cancellation: Brings the keyboard's interrupts.
  /// - Returns: How it ended, and the comparison in words and as JSON.
  package func check(
    path: String, content: Data, cells: Cells? = nil, cancellation: any Cancelling
  ) -> (code: ExitCode, text: String, json: String) {
    guard let script = open(path, content), var recorded = script.recorded else {
      complain(
        Diagnostic("'\(path)' is not a report; check accepts .md and .ipynb files", kind: .lint))
      return (.usage, "", "")
    }
    guard let bound = bind(script) else { return (.usage, "", "") }
    let workshop =
      "\(options.configuration.cacheFolder)/check-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: workshop) }
    var configuration = configuration(for: script)
    configuration.isFresh = true
    configuration.runsFolder = "\(workshop)/runs"
    configuration.cacheFolder = "\(workshop)/cache"
    let fresh = "\(workshop)/report/\(PathText.name(of: path))"
    let outcome = execute(
      script, bound, configuration, report: fresh, cancellation, keepsFences: cells != nil)
    if outcome.code == .interrupted || outcome.report == nil { return (outcome.code, "", "") }
    guard let content = try? AtomicFile.read(fresh) else { return (.stepFailed, "", "") }
    var (document, _) = MarkdownReader.document(String(decoding: content, as: UTF8.self))
    if let cells {
      document = document.likeNotebook(recorded)
      for index in recorded.entries.indices {
        recorded.entries[index].line = cells.cell(recorded.entries[index].line)
      }
    }
    let check = ReportCheck(
      recorded: recorded, fresh: document,
      comparesFigures: recorded.fact(Provenance.drawingFact)
        == document.fact(Provenance.drawingFact),
      digestOfFile: { file in
        if let cells { return cells.file(file).map { Digest(of: $0).description } }
        let folder = PathText.folder(of: path)
        return (try? AtomicFile.read(folder.isEmpty ? file : folder + "/" + file)).map {
          Digest(of: $0).description
        }
      })
    return (
      check.isSame ? .success : .difference, check.text(unit: cells == nil ? "line" : "cell"),
      check.json
    )
  }

  // MARK: Lint

  /// Checks a script without running it; findings are complained about.
  package func lint(path: String, content: Data) -> ExitCode {
    guard let script = open(path, content), bind(script) != nil else { return .usage }
    return .success
  }

  // MARK: Opening

  private struct Bound {
    var overrides: [String: Value] = [:]
    var parameters: [Parameter] = []
  }

  private func open(_ path: String, _ content: Data) -> ScriptFile? {
    do {
      let script = try ScriptFile(path: path, content: content, notation: options.notation)
      for diagnostic in script.diagnostics { complain(diagnostic) }
      return script.diagnostics.contains { $0.severity == .error } ? nil : script
    } catch {
      complain(error)
      return nil
    }
  }

  private func configuration(for script: ScriptFile) -> Workplace.Configuration {
    var configuration = options.configuration
    configuration.baseFolder = script.baseFolder
    return configuration
  }

  /// Finds the parameters in force and makes the static checks.
  private func bind(_ script: ScriptFile) -> Bound? {
    var bound = Bound()
    let known = script.program.parameters
    let recorded = script.recorded?.parameters ?? []
    for parameter in known {
      var origin = Parameter.Origin.script, text = parameter.defaultText
      if let earlier = recorded.first(where: { $0.name == parameter.name }),
        earlier.origin == .commandLine
      {
        (origin, text) = (.commandLine, earlier.value)
        bound.overrides[parameter.name] = ParameterText.value(text, default: nil)
      }
      if let given = options.parameters.last(where: { $0.name == parameter.name }) {
        (origin, text) = (.commandLine, given.value)
        bound.overrides[parameter.name] = ParameterText.value(
          text, default: parameter.defaultText)
      }
      bound.parameters.append(Parameter(name: parameter.name, value: text, origin: origin))
    }
    var isSound = true
    for given in options.parameters where !known.contains(where: { $0.name == given.name }) {
      complain(
        Diagnostic(
          "the script has no parameter '\(given.name)'", kind: .lint,
          hint: Suggestion.hint(for: given.name, among: known.map(\.name))
            ?? (known.isEmpty
              ? "it has none at all"
              : "it has " + known.map(\.name).joined(separator: ", "))))
      isSound = false
    }
    let findings = Checker.check(
      script.program, table: .yolos, host: FileLint(configuration(for: script)),
      environment: Checker.Environment(overrides: bound.overrides))
    for finding in findings { complain(finding) }
    return isSound && !findings.contains { $0.severity == .error } ? bound : nil
  }
}

extension Report.Document {
  /// Without what a notebook does not record of itself.
  fileprivate func likeNotebook(_ recorded: Report.Document) -> Report.Document {
    func has(_ document: Report.Document, _ kind: (Report.Output) -> Bool) -> Bool {
      document.blocks.contains { if case .output(let output) = $0 { kind(output) } else { false } }
    }
    let isParameters = { (output: Report.Output) in
      if case .parameters = output { true } else { false }
    }
    let isProvenance = { (output: Report.Output) in
      if case .provenance = output { true } else { false }
    }
    var result = self
    for kind in [isParameters, isProvenance] where !has(recorded, kind) {
      result.entries.removeAll { entry in
        if case .output(let output) = entry.block { kind(output) } else { false }
      }
    }
    return result
  }
}

/// Brings the keyboard's interrupts to whatever runs.
package protocol Cancelling {
  /// Interrupts go to this token from now on.
  func attach(_ cancellation: Cancellation)
}
