/// Texts of code cells that hold prose alone.
enum CellStyle {
  /// The prose of a cell whose every line is `#` or begins with `# `; nil for any other cell.
  static func prose(of source: String) -> String? {
    let lines = lines(source)
    guard lines.contains(where: { $0.count > 1 }) else { return nil }
    var prose: [Substring] = []
    for line in lines {
      if line == "#" {
        prose.append("")
      } else if line.hasPrefix("# ") {
        prose.append(line.dropFirst(2))
      } else {
        return nil
      }
    }
    return prose.joined(separator: "\n")
  }

  /// The cell of a prose.
  static func source(of prose: String) -> String {
    lines(prose).map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n")
  }

  /// The lines of a text, cut at newlines alone.
  static func lines(_ text: String) -> [Substring] {
    var lines: [Substring] = [], start = text.startIndex
    for index in text.unicodeScalars.indices where text.unicodeScalars[index] == "\n" {
      lines.append(text[start..<index])
      start = text.unicodeScalars.index(after: index)
    }
    return lines + [text[start...]]
  }
}
