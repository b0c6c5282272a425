/// Text in Markdown that means itself and nothing else.
package enum MarkdownText {
  /// Escapes what Markdown, or GitHub's mathematics, would take for markup.
  ///
  /// An underscore inside a word is none, so `map50_95` stays as it is. A newline becomes a hard
  /// line break.
  package static func escaped(_ text: String) -> String {
    lines(of: text).map(escapedLine).joined(separator: "\\\n")
  }

  /// Undoes ``escaped(_:)``.
  static func unescaped(_ markdown: some StringProtocol) -> String {
    var result = "", isEscape = false
    for scalar in markdown.unicodeScalars {
      if isEscape {
        // A backslash before a newline is a hard break: the newline alone stays.
        if !(scalar == "\n" || isPunctuation(scalar)) { result.unicodeScalars.append("\\") }
        result.unicodeScalars.append(scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return isEscape ? result + "\\" : result
  }

  private static func escapedLine(_ line: Substring) -> String {
    let scalars = Array(line.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      let before = index > 0 ? scalars[index - 1] : " "
      let after = index + 1 < scalars.count ? scalars[index + 1] : " "
      let needsEscape =
        switch scalar {
        case "\\", "`", "*", "<", ">", "[", "]", "|", "~", "&", "$": true
        case "_": !(isWord(before) && isWord(after))
        case "#", "+", "-", "=": index == 0
        // "1." or "1)" at the start would be a list.
        case ".", ")":
          index > 0 && after == " " && scalars[..<index].allSatisfy { ("0"..."9").contains($0) }
        default: false
        }
      if needsEscape { result.append("\\") }
      result.append(scalar)
    }
    return String(result)
  }

  // MARK: Normal forms

  /// The text on one line, without control characters and blanks at its ends.
  static func oneLine(_ text: String) -> String {
    trimmed(String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 })))
  }

  /// The text with line ends made newlines, and none at its end.
  static func lines(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    scalars = scalars.indices.filter {
      !(scalars[$0] == "\r" && $0 + 1 < scalars.count && scalars[$0 + 1] == "\n")
    }
    .map { scalars[$0] == "\r" || scalars[$0] == "\0" ? "\n" : scalars[$0] }
    while scalars.last == "\n" { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The text of a table's cell: lines trimmed, no other control characters.
  static func cell(_ text: String) -> String {
    let all = lines(of: lines(text)).map { oneLine(String($0)) }
    return trimmed(all.joined(separator: "\n"))
  }

  /// The lines of a text, split at newlines alone.
  static func lines(of text: String) -> [Substring] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      Substring($0)
    }
  }

  private static func trimmed(_ text: String) -> String {
    let blank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let scalars = text.unicodeScalars.drop(while: blank)
    guard let last = scalars.lastIndex(where: { !blank($0) }) else { return "" }
    return String(scalars[...last])
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
      || scalar.properties.generalCategory == .lineSeparator
      || scalar.properties.generalCategory == .paragraphSeparator
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (33...126).contains(scalar.value) && !isWord(scalar)
  }
}
