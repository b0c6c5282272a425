/// Text in HTML that means itself.
enum HTMLText {
  /// Escapes what HTML would take for markup.
  static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Undoes ``escaped(_:)``.
  static func unescaped(_ text: String) -> String {
    let marks = [("&quot;", "\""), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")]
    return marks.reduce(text) { text, mark in
      text.split(atScalars: mark.0).joined(separator: mark.1)
    }
  }
}
