internal import Datasets
internal import Files
internal import Foundation
package import Language
package import Report

/// A script or a report as an editor has it open: read and checked, never run.
///
/// The findings are those of `yolos lint`; and where that stops at errors of syntax, also what the checker finds
/// before the first of them.
package struct Inspection {
  /// The whole text.
  package let source: SourceText
  /// How it is written.
  package let notation: Notation
  /// The folder that its paths start from.
  package let baseFolder: String
  /// Its steps, those of included files in their places.
  package let program: Program
  /// The files that it includes: as they are written, where, and their paths on disk.
  package let includes: [(written: String, span: Span, path: String)]
  /// What is wrong with it, in the order of the text.
  package let findings: [Diagnostic]
  /// What the checker knows of its names.
  package let knowledge: Knowledge
  /// The report it is, where it is one.
  package let recorded: Document?

  /// Reads and checks a text.
  ///
  /// - Parameters:
  ///   - name: What messages call it: its path, where it has one.
  ///   - text: What it holds.
  ///   - notation: How it is written.
  ///   - folder: The folder that it lies in.
  ///   - load: The content of a file that an editor has open; nil where the disk's counts.
  package init(
    name: String, text: String, notation: Notation, folder: String,
    load: (String) -> [UInt8]? = { _ in nil }
  ) {
    let source = SourceText(name: name, text)
    (self.source, self.notation) = (source, notation)
    let report = notation == .markdown ? MarkdownReader.document(source.text) : nil
    recorded = report?.document
    let base = recorded.flatMap(ScriptFile.recordedBase)
      .map { Paths.resolve($0, from: folder) }
    let here = base ?? folder
    baseFolder = here
    func including(_ program: Program) -> (Program, [Diagnostic]) {
      ScriptFile.include(program, here) { path throws(FileError) in
        if let bytes = load(path) { return Data(bytes) }
        return try AtomicFile.read(path)
      }
    }
    let segments = notation.segments(of: source)
    // Of a page without steps nobody wants to hear that its braces hold no expressions.
    let parsed = Parser.parse(source, segments: segments.contains(where: \.isSteps) ? segments : [])
    includes = parsed.program.includes.map {
      ($0.path, $0.span, Paths.resolve($0.path, from: here))
    }
    let (program, included) = including(parsed.program)
    self.program = program
    var configuration = Workplace.Configuration()
    configuration.baseFolder = here
    let environment = Checker.Environment(overrides: Self.overrides(of: recorded))
    let checked = Checker.inspect(
      program, table: .yolos, host: FileLint(configuration), environment: environment)
    knowledge = checked.knowledge
    guard let report, report.document.source != report.document,
      segments.contains(where: \.isSteps)
    else {
      findings =
        parsed.diagnostics + included
        + Self.sound(checked.findings, besides: parsed.diagnostics + included, in: source)
      return
    }
    // A run filled in some of the prose: what was written there is checked in its place.
    let written = WrittenReport(report.document, whole: source)
    let again = Parser.parse(written.source, notation: notation)
    let (whole, more) = including(again.program)
    let found = Checker.check(
      whole, table: .yolos, host: FileLint(configuration), environment: environment)
    let sure = Self.sound(found, besides: again.diagnostics + more, in: written.source)
    findings =
      (again.diagnostics + more + sure).map(written.inReport)
      + report.problems.map { problem in
        Diagnostic(
          problem.message, at: source.span(ofLine: max(1, min(problem.line, source.lineCount))),
          in: source, kind: .syntax, severity: .warning)
      }
  }

  /// What the checker finds before the first error of syntax: behind it, names may be missing only because
  /// what binds them could not be read.
  private static func sound(
    _ findings: [Diagnostic], besides problems: [Diagnostic], in source: SourceText
  ) -> [Diagnostic] {
    let errors = problems.filter { $0.severity == .error }
    guard !errors.isEmpty else { return findings }
    let first = errors.map { $0.source === source ? $0.span?.lower ?? 0 : 0 }.min() ?? 0
    return findings.filter { $0.source === source && ($0.span?.upper ?? .max) < first }
  }

  /// The parameters that the command line gave when a report was made.
  private static func overrides(of report: Document?) -> [String: Value] {
    let given = (report?.parameters ?? []).filter { $0.origin == .commandLine }
    return Dictionary(
      given.map { ($0.name, ParameterText.value($0.value, default: nil)) },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: Files

  /// The paths of all files whose steps are part of the program.
  package var files: [String] {
    let names = Set(program.steps.map(\.source).filter { $0 !== source }.map(\.name))
    return includes.map(\.path) + names.sorted().map { Paths.resolve($0, from: baseFolder) }
  }

  /// The path on disk of the text of an included file.
  package func path(of included: SourceText) -> String {
    Paths.resolve(included.name, from: baseFolder)
  }

  /// The path on disk of what the script writes, where a file lies there.
  package func existingFile(_ written: String) -> String? {
    let path = Paths.resolve(written, from: baseFolder)
    return Paths.isFile(path) ? path : nil
  }

  /// What lies in a folder that the script writes: names in order, folders with a slash behind.
  package func names(inFolder written: String) -> [String] {
    Paths.names(in: Paths.resolve(written.isEmpty ? "." : written, from: baseFolder))
  }

  // MARK: Words

  /// The `def` that a place of the text lies in.
  package func definition(around offset: Int) -> ProgramDefinition? {
    program.definitions.first {
      $0.source === source && $0.span.lower < offset && offset < $0.span.upper
    }
  }

  /// What can be typed at a place, for completion.
  package func vocabulary(at offset: Int) -> Vocabulary {
    var words = Vocabulary()
    let visible = knowledge.visible(at: offset, in: definition(around: offset)?.name)
    words.variables = visible.mapValues(\.fact.type)
    words.functions = program.definitions.map(\.name)
    let names = visible.values.compactMap(\.origin).flatMap { Self.classNames(of: $0, baseFolder) }
    words.classNames = Set(names).sorted()
    return words
  }

  /// The classes of the dataset that a call opens or trains on, as far as the text tells.
  private static func classNames(of call: StaticCall, _ base: String) -> [String] {
    switch call.command {
    case Command.toys.name:
      guard case .list(let kinds)? = call.constant("kinds") else { return [] }
      return kinds.compactMap(\.value.asString)
    case Command.dataset.name:
      guard let file = call.constant("file")?.value.asString else { return [] }
      let description = try? DatasetDescription(contentsOf: Paths.resolve(file, from: base))
      return description?.classNames ?? []
    default: return call.origin("data").map { classNames(of: $0, base) } ?? []
    }
  }
}

extension Segment {
  /// Whether it holds statements.
  fileprivate var isSteps: Bool {
    if case .steps = self { true } else { false }
  }
}

/// A report's text without what a run generated, and the way back from its places to the report's.
private struct WrittenReport {
  let source: SourceText
  private let whole: SourceText
  /// The first line of each block: here, in the report, and whether its lines are the same in both.
  private var blocks: [(here: Int, there: Int, isSame: Bool)] = []

  init(_ document: Document, whole: SourceText) {
    self.whole = whole
    let written = document.source
    source = SourceText(name: whole.name, MarkdownWriter.text(written))
    let again = MarkdownReader.document(source.text).document
    let rendered = Set(
      document.entries.compactMap { entry in
        if case .prose(let prose) = entry.block, prose.rendered != nil { entry.line } else { nil }
      })
    guard again.entries.count == written.entries.count else { return }
    blocks = zip(again.entries, written.entries).map {
      ($0.line, $1.line, !rendered.contains($1.line))
    }
  }

  /// The finding with its places as the report has them.
  func inReport(_ finding: Diagnostic) -> Diagnostic {
    var result = finding
    if let span = finding.span, finding.source === source {
      (result.span, result.source) = (inReport(span), whole)
    }
    result.labels = finding.labels.map { label in
      guard label.source == nil || label.source === source else { return label }
      return Diagnostic.Label(label.message, at: inReport(label.span), in: whole)
    }
    return result
  }

  private func inReport(_ span: Span) -> Span {
    let line = source.line(at: span.lower)
    let block = blocks.last { $0.here <= line } ?? (1, 1, false)
    let target = min(block.there + (block.isSame ? line - block.here : 0), whole.lineCount)
    let there = whole.span(ofLine: max(1, target))
    guard block.isSame else { return there }
    let start = there.lower + span.lower - source.span(ofLine: line).lower
    return Span(min(start, there.upper), min(start + span.count, max(there.upper, start)))
  }
}
