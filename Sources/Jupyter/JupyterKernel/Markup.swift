internal import Text

/// Text in HTML that means itself.
enum Markup {
  /// Escapes what HTML would take for markup.
  static func escaped(_ text: String) -> String { Escaping.html(text) }
}
