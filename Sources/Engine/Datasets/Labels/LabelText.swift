/// The words of a label file with their places: lines that are not blank, split at white space.
///
/// A byte-order mark, Windows and old Macintosh line ends and a missing last line end are all fine.
struct LabelText {
  /// One word.
  struct Token {
    /// The bytes as text, invalid UTF-8 replaced.
    let text: String
    /// From 1.
    let line: Int
    /// In bytes, from 1.
    let column: Int

    /// The number that the word is, in decimal notation; nil where it is none.
    var number: Double? {
      let digits = text.utf8.allSatisfy { (0x30...0x39).contains($0) || ".+-eE".utf8.contains($0) }
      let bare = text.lowercased().trimmingPrefix(while: { $0 == "+" || $0 == "-" })
      guard digits || ["nan", "inf", "infinity"].contains(String(bare)) else { return nil }
      return Double(text)
    }

    /// A problem at this word.
    func problem(
      _ rule: DatasetProblem.Rule, _ file: String, value: String? = nil
    ) -> DatasetProblem {
      DatasetProblem(file: file, line: line, column: column, rule: rule, value: value ?? text)
    }
  }

  /// The words of every line that has any.
  private(set) var lines: [[Token]] = []

  init(_ bytes: [UInt8]) {
    var content = bytes[...]
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    var line: [Token] = [], number = 1, lineStart = content.startIndex, i = content.startIndex
    while i < content.endIndex {
      let byte = content[i]
      if byte == 0x0A || byte == 0x0D {
        let isPair = byte == 0x0D && i + 1 < content.endIndex && content[i + 1] == 0x0A
        i += isPair ? 2 : 1
        if !line.isEmpty { lines.append(line) }
        (line, number, lineStart) = ([], number + 1, i)
      } else if Self.isBlank(byte) {
        i += 1
      } else {
        let end = content[i...].firstIndex { Self.isBlank($0) || $0 == 0x0A || $0 == 0x0D }
        let word = content[i..<(end ?? content.endIndex)]
        line.append(
          Token(
            text: String(decoding: word, as: UTF8.self), line: number, column: i - lineStart + 1))
        i = word.endIndex
      }
    }
    if !line.isEmpty { lines.append(line) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C
  }
}
