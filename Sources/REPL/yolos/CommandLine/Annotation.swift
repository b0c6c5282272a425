internal import Language
internal import Text

/// A diagnostic as GitHub Actions reads it (workflow commands, `::error …::`).
enum Annotation {
  /// One line, with place and hint.
  static func text(of diagnostic: Diagnostic) -> String {
    let kind =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    let message = diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
    guard let span = diagnostic.span, let source = diagnostic.source else {
      return "::\(kind)::\(escaped(message))"
    }
    let line = source.line(at: span.lower), column = source.column(at: span.lower)
    let file = escapedProperty(source.name)
    return "::\(kind) file=\(file),line=\(line),col=\(column)::\(escaped(message))"
  }

  /// The notation of workflow commands.
  private static let escaped = Escaping(["%": "%25", "\r": "%0D", "\n": "%0A"])
  /// The same for a property, where more separates.
  private static let escapedProperty = Escaping([
    "%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C",
  ])
}
