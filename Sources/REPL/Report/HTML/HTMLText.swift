internal import Text

/// Text in HTML that means itself.
enum HTMLText {
  /// Escapes what HTML would take for markup.
  static func escaped(_ text: some StringProtocol) -> String { Escaping.html(text) }

  /// Undoes ``escaped(_:)``.
  static func unescaped(_ text: String) -> String {
    let marks = [("&quot;", "\""), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")]
    return marks.reduce(text) { text, mark in
      text.split(atScalars: mark.0).joined(separator: mark.1)
    }
  }
}
