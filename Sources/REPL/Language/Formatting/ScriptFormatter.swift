/// Writes scripts in one style: `yolos fmt`, and what an editor does when it formats.
///
/// Only blanks, blank lines and line ends of steps change. Prose, comments and strings stay byte for byte,
/// and so does what the program means: the normal form of every step, and with it the script's digest.
package enum ScriptFormatter {
  /// What formatting gave.
  package struct Result: Sendable {
    /// The text in its style; as it was where there are diagnostics.
    package let text: String
    /// Why nothing was formatted.
    package let diagnostics: [Diagnostic]
  }

  /// Formats a script, or the steps of a notebook in Markdown.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - notation: How it is written.
  /// - Returns: The formatted text, or the errors that stand in the way.
  package static func format(_ source: SourceText, notation: Notation) -> Result {
    let spans = notation.segments(of: source).compactMap { segment in
      if case .steps(let span) = segment { span } else { nil }
    }
    let parsed = Parser.parse(source, segments: spans.map { .steps($0) })
    guard parsed.isClean else {
      return Result(text: source.text, diagnostics: parsed.diagnostics)
    }
    var bytes: [UInt8] = []
    var position = 0
    for span in spans {
      bytes += source.utf8[position..<span.lower]
      bytes += StepFormatter(source, span: span, notation: notation).text.utf8
      position = span.upper
    }
    bytes += source.utf8[position...]
    let text = String(decoding: bytes, as: UTF8.self)
    guard means(text, theSameAs: parsed.program, in: notation) else {
      // Not known to happen; a text that means something else would be worse than an ugly one.
      return Result(
        text: source.text,
        diagnostics: [
          Diagnostic(
            "this text cannot be formatted without changing what it means", at: Span(0, 0),
            in: source, kind: .syntax, hint: "please report it, with the text")
        ])
    }
    return Result(text: text, diagnostics: [])
  }

  private static func means(
    _ text: String, theSameAs program: Program, in notation: Notation
  ) -> Bool {
    let source = SourceText(name: program.source.name, text)
    let segments = notation.segments(of: source).filter { segment in
      if case .steps = segment { true } else { false }
    }
    let again = Parser.parse(source, segments: segments)
    return again.isClean
      && again.program.steps.map(\.normalized) == program.steps.map(\.normalized)
  }
}
