/// A piece of prose: what stands there as it is, or a value to be put in.
package enum ProsePart: Equatable, Sendable {
  /// Text, with doubled braces made single.
  case text(String)
  /// An expression in braces as it is written, without its format.
  case value(expression: String)

  /// The parts of prose.
  ///
  /// - Parameter prose: Markdown, without signs before its lines.
  /// - Returns: The parts in order; nil where the braces cannot be read.
  package static func parts(of prose: String) -> [ProsePart]? {
    let source = SourceText(name: "", prose)
    let (template, problems) = TemplateReader(source).readProse(
      MarkdownProse(source, span: Span(0, source.utf8.count)))
    guard problems.isEmpty else { return nil }
    return template.pieces.map { piece in
      switch piece {
      case .text(let text): .text(text)
      case .value(let value, _, _): .value(expression: source[value.span])
      }
    }
  }
}
