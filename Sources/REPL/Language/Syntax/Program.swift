/// A text that was read: its statements in order, those of included files in their place.
package struct Program: Sendable {
  /// The text.
  package let source: SourceText

  /// What runs, one after the other.
  ///
  /// An `include` counts as one step until `Program.including` has put the included steps in its
  /// place.
  package let steps: [Step]

  init(source: SourceText, statements: [Statement]) {
    self.init(source: source, steps: statements.map { Step(statement: $0, source: source) })
  }

  private init(source: SourceText, steps: [Step]) {
    (self.source, self.steps) = (source, steps)
  }

  /// The parameters in the order in which they stand.
  package var parameters: [ProgramParameter] {
    steps.compactMap { step in
      guard case .param(let name, let value, let summary) = step.statement.kind else { return nil }
      return ProgramParameter(
        name: name.text, defaultText: step.source[value.span], summary: summary,
        span: name.span, source: step.source)
    }
  }

  /// Puts the steps of included files in the place of each `include`.
  ///
  /// Paths in an included file count from the folder of the script that runs, as if its lines stood
  /// there. `load` finds a text by its path. A file that includes itself is an error.
  package func including(
    _ load: (String) throws(Diagnostic) -> SourceText
  ) -> (program: Program, diagnostics: [Diagnostic]) {
    var inclusion = Inclusion()
    let steps = Self.expand(self, open: [source.name], load: load, &inclusion)
    return (Program(source: source, steps: steps), inclusion.diagnostics)
  }

  /// What was found while files were put in their places.
  private struct Inclusion {
    /// How many files may be read: files that include others several times would else be read more
    /// often than anybody can wait for.
    static let fileLimit = 1000

    var diagnostics: [Diagnostic] = []
    var files = 0
  }

  private static func expand(
    _ program: Program, open: [String], load: (String) throws(Diagnostic) -> SourceText,
    _ inclusion: inout Inclusion
  ) -> [Step] {
    var steps: [Step] = []
    for step in program.steps {
      guard case .include(let path, let span) = step.statement.kind else {
        steps.append(step)
        continue
      }
      inclusion.files += 1
      guard inclusion.files <= Inclusion.fileLimit else {
        // Said once; the files around this one end here, too.
        guard inclusion.files == Inclusion.fileLimit + 1 else { return steps }
        inclusion.diagnostics.append(
          Diagnostic(
            "more than \(Inclusion.fileLimit) files are included", at: span, in: step.source,
            kind: .syntax, hint: "do files include each other in a circle?"))
        return steps
      }
      do throws(Diagnostic) {
        let source = try load(path)
        guard !open.contains(source.name), open.count <= 16 else {
          throw Diagnostic(
            open.count > 16
              ? "files are included more than 16 levels deep"
              : "'\(path)' includes itself", kind: .syntax)
        }
        let result = Parser.parse(source, notation: Notation(path: path))
        inclusion.diagnostics += result.diagnostics
        steps += expand(result.program, open: open + [source.name], load: load, &inclusion)
      } catch {
        inclusion.diagnostics.append(error.located(at: span, in: step.source))
      }
    }
    return steps
  }
}

/// A `param` of a program.
package struct ProgramParameter: Sendable {
  /// Its name.
  package let name: String
  /// Its default as it is written.
  package let defaultText: String
  /// The comment behind it.
  package let summary: String?
  /// Where its name stands.
  package let span: Span
  /// The text that it stands in.
  package let source: SourceText
}

/// A statement at the top of a program, or a stretch of prose: the unit that runs, is cached and is
/// reported.
package struct Step: Sendable {
  let statement: Statement
  /// The text that it stands in.
  package let source: SourceText

  /// Where it stands.
  package var span: Span { statement.span }
  /// As it is written.
  package var text: String { source[statement.span] }
  /// The line, counted from 1, on which it begins.
  package var line: Int { source.line(at: statement.span.lower) }
  /// In normal form: equal for steps that differ in blanks, comments and quotes only.
  package var normalized: String { NormalForm.text(of: statement) }
  /// Which names it reads, binds and calls.
  package var names: StepNames { StepNames(of: statement) }

  /// The names it may bind; quick for the statements that bind one at most.
  var binds: [String] {
    switch statement.kind {
    case .prose, .expression, .leave, .assert, .include: []
    case .assign(let name, _), .append(let name, _), .param(let name, _, _): [name.text]
    default: names.binds
    }
  }

  /// The Markdown source, if the step is prose.
  package var prose: String? {
    if case .prose(_, let text) = statement.kind { text } else { nil }
  }

  /// The name it binds as a parameter, if it is a `param`.
  package var parameter: String? {
    if case .param(let name, _, _) = statement.kind { name.text } else { nil }
  }

  /// Whether values stand in its prose.
  package var isInterpolated: Bool {
    if case .prose(let template, _) = statement.kind { template.constant == nil } else { false }
  }
}
