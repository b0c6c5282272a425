internal import Files
internal import Foundation
internal import Language
internal import Report

/// A script that was read: its program, and what a report it may be says about its last run.
struct ScriptFile {
  let source: SourceText
  let program: Program
  /// What is wrong with it so far.
  let diagnostics: [Diagnostic]
  /// The folder that its paths start from.
  let baseFolder: String
  /// The report it is, where it is one.
  let recorded: Document?

  /// Reads a script or a report, and what it includes.
  ///
  /// - Parameters:
  ///   - path: The file; "-" for standard input.
  ///   - content: What it holds.
  ///   - notation: How it is written; as its name says where nil.
  /// - Throws: The first error of the text, with its place.
  init(path: String, content: Data, notation: Notation? = nil) throws(Diagnostic) {
    let name =
      path == "-" ? "standard input" : path + (notation == .markdown ? ", as Markdown" : "")
    let whole = try SourceText.decode(name: name, bytes: Array(content))
    let notation = notation ?? Notation(path: path)
    let folder = path == "-" ? "." : PathText.folder(of: path)
    let here = folder.isEmpty ? "." : folder
    if case .markdown = notation {
      let (document, problems) = MarkdownReader.document(whole.text)
      // What was generated is left out, and prose stands with its interpolations again.
      source =
        document.source == document
        ? whole
        : SourceText(
          name: "\(name) without its outputs", MarkdownWriter.text(document.source))
      recorded = document
      let base = Self.recordedBase(document)
      baseFolder = base.map { Paths.resolve($0, from: here) } ?? here
      let parsed = Parser.parse(source, notation: notation)
      let (program, included) = Self.include(parsed.program, baseFolder)
      self.program = program
      var found = parsed.diagnostics + included
      for problem in problems {
        let line = whole.span(ofLine: max(1, min(problem.line, whole.lineCount)))
        found.append(
          Diagnostic(problem.message, at: line, in: whole, kind: .syntax, severity: .warning))
      }
      diagnostics = found
    } else {
      source = whole
      recorded = nil
      baseFolder = here
      let parsed = Parser.parse(source, notation: notation)
      let (program, included) = Self.include(parsed.program, here)
      self.program = program
      diagnostics = parsed.diagnostics + included
    }
  }

  /// How many of the script's own steps begin up to a line of the file, which may be a report with outputs.
  static func stepCount(upTo line: Int, path: String, content: Data) throws(Diagnostic) -> Int {
    let whole = try SourceText.decode(name: path, bytes: Array(content))
    let program = Parser.parse(whole, notation: Notation(path: path)).program
    let includes = Set(program.includes.map { whole.line(at: $0.span.lower) })
    return program.steps.count {
      $0.prose == nil && $0.line <= line && !includes.contains($0.line)
    }
  }

  /// The name of the provenance entry that holds the base folder, relative to the report.
  static let baseName = "base"

  /// The folder that the paths of a report start from, seen from the report.
  static func recordedBase(_ document: Document) -> String? {
    for case .output(.provenance(let entries)) in document.blocks {
      if let entry = entries.first(where: { $0.name == baseName }) { return entry.value }
    }
    return nil
  }

  /// Puts the steps of included files in their places.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - base: The folder that paths start from.
  ///   - load: Gives the content of a file.
  /// - Returns: The whole program, and what is wrong with the files.
  static func include(
    _ program: Program, _ base: String,
    load: (String) throws(FileError) -> Data = { (path) throws(FileError) in
      try AtomicFile.read(path)
    }
  ) -> (Program, [Diagnostic]) {
    let result = program.including { path throws(Diagnostic) in
      do {
        let content = try load(Paths.resolve(path, from: base))
        return try SourceText.decode(name: path, bytes: Array(content))
      } catch let error as Diagnostic { throw error } catch {
        throw Diagnostic("\(error)", kind: .syntax)
      }
    }
    return (result.program, result.diagnostics)
  }

  /// A step as it stands in the file: whole lines, with the comments behind and right above it.
  static func text(of step: Language.Step) -> String {
    let source = step.source
    var first = step.line
    let last = source.line(at: max(step.span.lower, step.span.upper - 1))
    while first > 1,
      source[source.span(ofLine: first - 1)].drop(while: { $0 == " " }).hasPrefix("##")
    {
      first -= 1
    }
    return (first...last).map { source[source.span(ofLine: $0)] }
      .map { String($0.reversed().drop { $0.isWhitespace }.reversed()) }.joined(separator: "\n")
  }
}
