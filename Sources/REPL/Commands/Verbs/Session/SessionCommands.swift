internal import Files
internal import Foundation
internal import Language
internal import Report

extension Command {
  /// Puts out text: `print "best:" first.best.map50`.
  static let print = Command(
    name: "print", summary: "Prints its arguments on one line.",
    signature: Signature([
      .init("values", .list(.any), "what to print", isVariadic: true, takesVolatile: true)
    ]),
    examples: [Example("print 1+2 \"three\"", prints: "3 three")]
  ) { call, context throws(Diagnostic) in
    let values = call.list("values")
    let volatile = values.filter(\.holdsVolatile).map(\.text)
    let text = values.map(\.text).joined(separator: " ")
    context.emit(.event(Rendering.text(VolatileText(text, volatilePieces: volatile))))
    return .none
  }

  /// Writes a report: `report "friday.md"`.
  static let report = Command(
    name: "report",
    summary: "Writes everything so far to a report that can be re-run and checked.",
    signature: Signature([
      .init("file", .string, "the report, a .md file", isRequired: true, isPath: true)
    ]),
    examples: [Example("report \"friday.txt\"", fails: "a report name must end in .md")],
    check: ending("file", ".md", reportName)
  ) { call, context throws(Diagnostic) in
    let (path, notebook) = try recorded(call, context, ending: ".md", reportName)
    let host = host(context), document = notebook.documentBeforeStep
    // In the words in which a run of the report will read it.
    let source = SourceText(name: path, MarkdownWriter.text(document.source))
    let steps = Parser.parse(source, notation: .markdown).program.steps.map(\.normalized)
    try call.attempt("file") {
      try notebook.transcript.copy(
        document, to: path,
        provenance: host.provenance.entries(for: steps, base: host.baseFolder, report: path))
    }
    context.emit(.text("report: \(call.string("file") ?? path)"))
    return .none
  }

  /// Writes a script: `save "friday.yolos"`.
  static let save = Command(
    name: "save", summary: "Writes everything so far to a script, without the lines that failed.",
    signature: Signature([
      .init("file", .string, "the script, a .yolos file", isRequired: true, isPath: true)
    ]),
    examples: [Example("save \"friday.txt\"", fails: "a script name must end in .yolos")],
    check: ending("file", ".yolos", scriptName)
  ) { call, context throws(Diagnostic) in
    let (path, notebook) = try recorded(call, context, ending: ".yolos", scriptName)
    let text = ScriptText.text(of: notebook.documentBeforeStep)
    try call.attempt("file") { try AtomicFile.write(text, to: path) }
    context.emit(.text("script: \(call.string("file") ?? path)"))
    return .none
  }

  /// Takes back a line: `undo`.
  static let undo = Command(
    name: "undo",
    summary:
      "Undoes the last line at the prompt: its names, its settings, its place in the report."
  ) { _, context throws(Diagnostic) in
    let line = try notebook(context).undo()
    context.emit(.text("undone: \(line)"))
    return .none
  }

  /// Opens the page in the browser: `live`.
  static let live = Command(
    name: "live",
    summary: "Shows the report, the current training and all runs in the browser.",
    signature: Signature(
      [],
      options: [
        .init(
          "port", .integer, "port; by default any free one",
          range: .between(1, 65_535))
      ]),
    examples: [Example("live", fails: "live works only at the prompt")]
  ) { call, context throws(Diagnostic) in
    guard let showcase = host(context).showcase else {
      throw Diagnostic(
        "live works only at the prompt", hint: "for a script use: yolos run NAME.yolos --live")
    }
    let address = try call.attempt("port") { try showcase.open(port: call.integer("port")) }
    context.emit(.text("live: \(address)"))
    return .none
  }

  private static var reportName: String { "a report name must end in .md" }
  private static var scriptName: String { "a script name must end in .yolos" }

  private static func notebook(_ context: any Context) throws(Diagnostic) -> any Notebook {
    guard let notebook = host(context).notebook else {
      throw Diagnostic("nothing is recorded here")
    }
    return notebook
  }

  /// The notebook, and the file that is to hold it; `rule` says how its name has to end.
  private static func recorded(
    _ call: Invocation, _ context: any Context, ending: String, _ rule: String
  ) throws(Diagnostic) -> (path: String, notebook: any Notebook) {
    let host = host(context), path = call.path("file", on: host) ?? ""
    guard path.hasSuffix(ending) else { throw call.diagnostic(rule, at: "file") }
    return (path, try notebook(context))
  }

  /// A check that a constant name has the right ending.
  private static func ending(_ name: String, _ ending: String, _ message: String) -> Check {
    { call, _ in
      call.constants(name).compactMap { constant in
        guard case .string(let path) = constant, !path.hasSuffix(ending) else { return nil }
        return call.diagnostic(message, at: name)
      }
    }
  }
}

extension Transcript {
  /// Writes a document with its pictures to another place.
  func copy(
    _ document: Document, to path: String, provenance: [ProvenanceEntry]
  ) throws(FileError) {
    let from = PathText.folder(of: file.path)
    let target = ReportFile(path: path)
    var copy = document
    for index in copy.entries.indices {
      guard case .output(.figure(var figure)) = copy.entries[index].block else { continue }
      func moved(_ path: String) throws(FileError) -> String {
        let content = try AtomicFile.read(from.isEmpty ? path : "\(from)/\(path)")
        return try target.store(content, as: PathText.name(of: path))
      }
      figure.path = try moved(figure.path)
      if let numbers = figure.numbers { figure.numbers = try moved(numbers) }
      copy.entries[index].block = .output(.figure(figure))
    }
    copy.append(.output(.provenance(provenance)))
    try ReportFile(path: path, document: copy).save()
  }
}
