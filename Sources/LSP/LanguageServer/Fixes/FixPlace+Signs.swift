internal import Language

extension FixPlace {
  /// Signs of other languages and characters that look like ours.
  var signs: [QuickFix]? {
    switch hint {
    case "comments start with '##'":
      return [QuickFix(replacing: span, by: "##")]
    case "prose: '# text', comment: '## text'":
      return [QuickFix(replacing: span, by: "# "), QuickFix(replacing: span, by: "##")]
    case "a literal brace is written '{{'":
      guard text.hasPrefix("{") else { return nil }
      return [
        QuickFix(
          "Write {{", [.init(span: Span(span.lower, span.lower + 1), text: "{{")])
      ]
    case "use '==' to compare": return [QuickFix(replacing: span, by: "==")]
    case "the minus sign is '-'": return replaced(["\u{2013}", "\u{2014}", "\u{2212}"], by: "-")
    case "multiplication is '*'": return replaced(["\u{D7}"], by: "*")
    case "this is a no-break space; type a normal space":
      return replaced(["\u{A0}", "\u{2007}", "\u{202F}"], by: " ")
    case "write 'and', 'or'":
      return [QuickFix(replacing: span, by: text == "&&" ? "and" : "or")]
    case "write 'not'":
      let isApart = span.upper < source.utf8.count && source.utf8[span.upper] == 32
      return [QuickFix("Write not", [.init(span: span, text: isApart ? "not" : "not ")])]
    default: return words
    }
  }

  /// Characters of the stretch, replaced wherever they stand in it.
  private func replaced(_ characters: Set<Unicode.Scalar>, by sign: String) -> [QuickFix]? {
    let line = Span(span.lower, max(span.upper, endOfLine))
    var edits: [QuickFix.Edit] = []
    var offset = line.lower
    for scalar in source[line].unicodeScalars {
      let width = UTF8.width(scalar)
      if characters.contains(scalar) {
        edits.append(.init(span: Span(offset, offset + width), text: sign))
      }
      offset += width
    }
    let title = sign == " " ? "Write normal spaces" : "Write \(sign)"
    return edits.isEmpty ? nil : [QuickFix(title, edits)]
  }

  /// Words of other languages.
  private var words: [QuickFix]? {
    switch hint {
    case "assign with 'name = value'":
      var end = span.upper
      while end < source.utf8.count, source.utf8[end] == 32 { end += 1 }
      return [QuickFix("Remove \(text)", [.init(span: Span(span.lower, end), text: "")])]
    case "define a command with 'def'":
      return text == "class" ? nil : [QuickFix(replacing: span, by: "def")]
    default: return nil
    }
  }

  // MARK: Blanks and brackets

  /// What stands in the right words, but not in the right place.
  var moved: [QuickFix]? {
    if let line = rest(behind: "write: ") { return [QuickFix(replacing: wholeLine, by: line)] }
    if hint.hasPrefix("an argument ends at the first space: write 'a") {
      return [QuickFix("Remove the spaces", [.init(span: withBlanks, text: text)])]
    }
    if hint == "a number starts with a digit: 0.5", text == "." {
      return [
        QuickFix("Write 0.", [.init(span: Span(span.lower, span.lower), text: "0")])
      ]
    }
    if hint.hasPrefix("write options as '"), text.allSatisfy({ $0 != " " }) {
      return [QuickFix(replacing: span, by: "\(text)=\(text)")]
    }
    if hint.hasPrefix("pick an element first"), span.lower > 0 {
      // Before the dot.
      let dot = span.lower - 1
      return [QuickFix("Take the first element", [.init(span: Span(dot, dot), text: "[0]")])]
    }
    guard hint == "put it on the line of the '}': '} else {'" else { return nil }
    var lower = span.lower
    while lower > 0, [32, 9, 10, 13].contains(source.utf8[lower - 1]) { lower -= 1 }
    guard lower > 0, source.utf8[lower - 1] == UInt8(ascii: "}") else { return nil }
    return [QuickFix("Join the lines", [.init(span: Span(lower, span.lower), text: " ")])]
  }

  /// The line without the blanks at its ends.
  private var wholeLine: Span {
    var lower = source.span(ofLine: source.line(at: span.lower)).lower
    while lower < endOfLine, source.utf8[lower] == 32 || source.utf8[lower] == 9 { lower += 1 }
    return Span(lower, endOfLine)
  }

  /// The stretch with the blanks around it.
  private var withBlanks: Span {
    let bytes = source.utf8
    var (lower, upper) = (span.lower, span.upper)
    while lower > 0, bytes[lower - 1] == 32 || bytes[lower - 1] == 9 { lower -= 1 }
    while upper < bytes.count, bytes[upper] == 32 || bytes[upper] == 9 { upper += 1 }
    return Span(lower, upper)
  }

  // MARK: "write …"

  /// "write 'print'", "write first.best or first.last", "write data=(dataset "toys.yaml")".
  var written: [QuickFix]? {
    if hint.hasPrefix("leave out "), let key = hint.firstIndex(of: "=") {
      return leftOut(String(hint[hint.startIndex..<key].dropFirst("leave out ".count)))
    }
    guard let rest = rest(behind: "write ") else { return nil }
    if rest.hasPrefix("'"), rest.hasSuffix("'") {
      let inner = String(rest.dropFirst().dropLast())
      return literal(inner)
    }
    guard !rest.contains("…") else { return nil }
    if rest.hasPrefix("\"") { return [QuickFix(replacing: value, by: rest)] }
    let plain = dropKey(rest)
    if plain.hasPrefix("(") || plain.hasPrefix("range(") {
      return [QuickFix(replacing: value, by: plain)]
    }
    let choices = rest.components(separatedByWord: " or ")
    guard choices.allSatisfy({ $0.allSatisfy { !$0.isWhitespace } }) else { return nil }
    return choices.map { QuickFix(replacing: value, by: $0) }
  }

  /// A hint that quotes what is to be written.
  private func literal(_ inner: String) -> [QuickFix]? {
    if message == "no spaces around '=' in a command" { return withoutBlanks }
    if let sign = ["-=", "*=", "/="].first(where: { text == $0 }) {
      // "write 'x = x - …'"
      guard let name = inner.components(separatedByWord: " = ").first, inner.contains("…") else {
        return nil
      }
      return [
        QuickFix(
          "Write \(name) = \(name) \(sign.prefix(1))",
          [.init(span: span, text: "= \(name) \(sign.prefix(1))")])
      ]
    }
    guard !inner.contains("…"), inner.allSatisfy({ $0.isLetter || $0 == "_" }) else { return nil }
    return [QuickFix(replacing: span, by: inner)]
  }

  /// `key = value` without its blanks; the stretch is the `=`.
  private var withoutBlanks: [QuickFix]? {
    [QuickFix("Remove the spaces", [.init(span: withBlanks, text: "=")])]
  }

  /// The option of a name, taken out of the call that the stretch is part of.
  private func leftOut(_ name: String) -> [QuickFix]? {
    let line = source.span(ofLine: source.line(at: span.lower))
    let area = text.hasPrefix("\(name)=") ? span : line
    let words = source[area]
    guard let found = words.ranges(of: "\(name)=").first else { return nil }
    var lower = area.lower + words.utf8.distance(from: words.startIndex, to: found.lowerBound)
    var upper = area.upper
    if area != span {
      upper = lower
      while upper < line.upper, source.utf8[upper] != 32, source.utf8[upper] != UInt8(ascii: ")") {
        upper += 1
      }
    }
    while lower > 0, source.utf8[lower - 1] == 32 { lower -= 1 }
    return [
      QuickFix("Remove \(name)=", [.init(span: Span(lower, upper), text: "")])
    ]
  }

  private func dropKey(_ text: String) -> String {
    let key = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return !key.isEmpty && text.dropFirst(key.count).hasPrefix("=(")
      ? String(text.dropFirst(key.count + 1)) : text
  }

  // MARK: Files

  /// Paths that are right seen from elsewhere, and files that lie beside one that is not there.
  var files: [QuickFix]? {
    if let path = rest(behind: "paths are relative to the script's folder: ") {
      return [QuickFix(replacing: value, by: path)]
    }
    if let end = hint.firstRange(of: ", … need no file") {
      return String(hint[..<end.lowerBound]).components(separatedByWord: ", ").map {
        QuickFix(replacing: value, by: StringLiteral.quoted($0))
      }
    }
    guard let list = rest(behind: "that folder contains ") else { return nil }
    let written = source[value]
    guard written.hasPrefix("\""), written.hasSuffix("\""), written.count >= 2 else { return nil }
    let path = written.dropFirst().dropLast()
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return list.components(separatedByWord: ", ").map {
      QuickFix(replacing: value, by: StringLiteral.quoted(folder + $0))
    }
  }
}

extension String {
  /// The pieces between the places where a text stands.
  func components(separatedByWord word: String) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: word) {
      pieces.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return pieces + [String(rest)]
  }
}
