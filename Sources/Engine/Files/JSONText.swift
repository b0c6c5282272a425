internal import Text

/// Texts of JSON documents; YAML reads them alike.
package enum JSONText {
  /// A text in double quotes, with escapes for what may not stand there (RFC 8259, section 7).
  package static func quoted(_ text: String) -> String { "\"\(Escaping.json(text))\"" }
}
