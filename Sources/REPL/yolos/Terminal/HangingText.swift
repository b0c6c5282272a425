internal import Language

/// Lines that go on below their second column where they are too long: names and what they mean.
enum HangingText {
  /// The text in lines of at most `width` columns.
  static func wrapped(_ text: String, to width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { wrapped(line: String($0), width) }.joined(separator: "\n")
  }

  private static func wrapped(line: String, _ width: Int) -> [String] {
    let margin = margin(of: line)
    guard DisplayWidth.of(line) > width, width - margin >= 16 else { return [line] }
    let pieces = TableSetting.wrapped(String(line.dropFirst(margin)), width - margin)
    let indent = String(repeating: " ", count: margin)
    return pieces.enumerated().map { index, piece in
      (index == 0 ? String(line.prefix(margin)) : indent) + piece
    }
  }

  /// Where the second column begins: behind two blanks that follow a word.
  private static func margin(of line: String) -> Int {
    var blanks = 0, hasWord = false, column = 0
    for character in line {
      if character == " " {
        blanks += 1
      } else {
        if hasWord, blanks >= 2 { return column }
        (blanks, hasWord) = (0, true)
      }
      column += 1
    }
    return line.prefix { $0 == " " }.count
  }
}
