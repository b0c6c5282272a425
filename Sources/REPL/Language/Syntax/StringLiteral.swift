internal import Text

/// The written form of texts.
package enum StringLiteral {
  /// The text in quotes, with escapes and doubled braces, so that reading it gives the text again.
  package static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// The text with escapes and doubled braces, without quotes.
  static func escaped(_ text: String) -> String { Escaping.script(text) }
}
