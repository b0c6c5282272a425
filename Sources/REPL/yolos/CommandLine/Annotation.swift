internal import Language

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
    let file = escaped(source.name, alsoSeparators: true)
    return "::\(kind) file=\(file),line=\(line),col=\(column)::\(escaped(message))"
  }

  private static func escaped(_ text: String, alsoSeparators: Bool = false) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where alsoSeparators: result += "%3A"
      case "," where alsoSeparators: result += "%2C"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
