/// Turns emphasis, code, links and pictures inside a paragraph into HTML.
struct InlineHTML {
  let target: (String) -> String

  func html(_ text: String) -> String { html(Array(text)) }

  private func html(_ text: [Character]) -> String {
    var result = "", index = 0
    while index < text.count {
      if let (piece, end) = piece(text, at: index) {
        result += piece
        index = end
      } else {
        result += HTMLText.escaped(String(text[index]))
        index += 1
      }
    }
    return result
  }

  /// Markup that starts at a place, with the place behind it; nil for a character that means
  /// itself.
  private func piece(_ text: [Character], at index: Int) -> (String, Int)? {
    switch text[index] {
    case "\\": return escape(text, index)
    case "`": return code(text, index)
    case "!" where index + 1 < text.count && text[index + 1] == "[":
      return link(text, index + 1, isImage: true)
    case "[": return link(text, index, isImage: false)
    case "*", "_": return emphasis(text, index)
    case "<" where starts(text, index, "<br>"): return ("<br>", index + 4)
    case " " where starts(text, index, "  \n"): return ("<br>\n", index + 3)
    default: return nil
    }
  }

  private func starts(_ text: [Character], _ index: Int, _ word: String) -> Bool {
    text[index...].starts(with: word)
  }

  private func escape(_ text: [Character], _ index: Int) -> (String, Int)? {
    guard index + 1 < text.count else { return nil }
    let next = text[index + 1]
    if next == "\n" { return ("<br>\n", index + 2) }
    guard next.isASCII, next.isPunctuation || next.isSymbol else { return nil }
    return (HTMLText.escaped(String(next)), index + 2)
  }

  private func code(_ text: [Character], _ index: Int) -> (String, Int)? {
    let length = text[index...].prefix { $0 == "`" }.count
    var end = index + length
    while end < text.count {
      guard text[end] == "`" else {
        end += 1
        continue
      }
      let closing = text[end...].prefix { $0 == "`" }.count
      if closing == length {
        let inner = String(text[(index + length)..<end]).replacing("\n", with: " ")
        return ("<code>\(HTMLText.escaped(inner))</code>", end + closing)
      }
      end += closing
    }
    return (String(repeating: "`", count: length), index + length)
  }

  private func emphasis(_ text: [Character], _ index: Int) -> (String, Int)? {
    let mark = text[index], length = min(2, text[index...].prefix { $0 == mark }.count)
    let before = index > 0 ? text[index - 1] : " "
    let start = index + length
    guard start < text.count, !text[start].isWhitespace,
      mark == "*" || !(before.isLetter || before.isNumber)
    else { return nil }
    var end = start + 1
    while end + length <= text.count {
      if text[end] == "\\" {
        end += 2
        continue
      }
      let closes = text[end..<(end + length)].allSatisfy { $0 == mark }
      let after = end + length < text.count ? text[end + length] : " "
      if closes, !text[end - 1].isWhitespace, after != mark,
        mark == "*" || !(after.isLetter || after.isNumber)
      {
        let tag = length == 2 ? "strong" : "em"
        return ("<\(tag)>\(html(Array(text[start..<end])))</\(tag)>", end + length)
      }
      end += 1
    }
    return nil
  }

  private func link(_ text: [Character], _ index: Int, isImage: Bool) -> (String, Int)? {
    var depth = 0, bend = index
    brackets: while bend < text.count {
      switch text[bend] {
      // A bracket behind it means itself.
      case "\\": bend += 1
      case "[": depth += 1
      case "]":
        depth -= 1
        if depth == 0 { break brackets }
      default: break
      }
      bend += 1
    }
    guard bend + 1 < text.count, text[bend + 1] == "(",
      let end = text[(bend + 2)...].firstIndex(of: ")")
    else { return nil }
    let address = HTMLText.escaped(target(String(text[(bend + 2)..<end])))
    let inner = Array(text[(index + 1)..<bend])
    guard isImage else { return ("<a href=\"\(address)\">\(html(inner))</a>", end + 1) }
    let alternative = HTMLText.escaped(MarkdownText.unescaped(String(inner)))
    return ("<img src=\"\(address)\" alt=\"\(alternative)\">", end + 1)
  }
}
