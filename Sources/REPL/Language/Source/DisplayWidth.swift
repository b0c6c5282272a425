/// How many columns of a terminal a text takes.
///
/// Wide and fullwidth characters of Unicode's East Asian Width (UAX 11) and emoji take two, marks
/// that combine with the letter before them none.
package enum DisplayWidth {
  /// The width of a text without line breaks; a tab counts as one column.
  package static func of(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + width(of: $1) }
  }

  /// The width of one character: 0, 1 or 2.
  package static func width(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return first.value == 0 ? 0 : 1 }
    let asEmoji = character.unicodeScalars.contains { $0.value == 0xFE0F }
    if asEmoji || first.properties.isEmojiPresentation || isWide(first.value) { return 2 }
    return isMark(first) ? 0 : 1
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
