internal import Language

/// A change of the text that makes a finding go away, as its hint says.
struct QuickFix: Equatable {
  /// A stretch and what takes its place.
  struct Edit: Equatable {
    let span: Span
    let text: String
  }

  /// What it does, for a menu.
  let title: String
  /// The changes, in the order of the text.
  let edits: [Edit]

  init(_ title: String, _ edits: [Edit]) { (self.title, self.edits) = (title, edits) }

  /// Puts a text in the place of a stretch.
  init(replacing span: Span, by text: String) {
    self.init("Write \(text)", [Edit(span: span, text: text)])
  }

  /// The repairs that a finding's hint names; the likeliest first.
  static func fixes(for finding: Diagnostic, in source: SourceText) -> [QuickFix] {
    guard let hint = finding.hint, let span = finding.span,
      finding.source == nil || finding.source === source
    else { return [] }
    let place = FixPlace(span, hint: hint, message: finding.message, source: source)
    return place.names ?? place.quoted ?? place.signs ?? place.moved ?? place.written
      ?? place.files ?? []
  }
}

/// A finding's place and hint, taken apart.
struct FixPlace {
  let span: Span
  let hint: String
  let message: String
  let source: SourceText

  init(_ span: Span, hint: String, message: String, source: SourceText) {
    (self.span, self.hint, self.message, self.source) = (span, hint, message, source)
  }

  /// What stands there.
  var text: String { source[span] }

  /// Where the line ends, without blanks.
  var endOfLine: Int {
    var end = source.span(ofLine: source.line(at: span.lower)).upper
    while end > span.lower, [32, 9, 13].contains(source.utf8[end - 1]) { end -= 1 }
    return end
  }

  /// The value of an option that is written here as `key=value`; else all of it.
  var value: Span {
    let key = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !key.isEmpty, text.dropFirst(key.count).first == "=" else { return span }
    return Span(span.lower + key.utf8.count + 1, span.upper)
  }

  /// The text behind a beginning of the hint, or nil.
  func rest(behind start: String) -> String? {
    hint.hasPrefix(start) ? String(hint.dropFirst(start.count)) : nil
  }

  // MARK: Names

  /// "did you mean 'epochs'?", "it has a, b or c".
  var names: [QuickFix]? {
    if let name = rest(behind: "did you mean '"), name.hasSuffix("'?") {
      return misspelt.map { [QuickFix(replacing: $0, by: String(name.dropLast(2)))] }
    }
    if let name = rest(behind: "did you mean \""), name.hasSuffix("\"?") {
      return [QuickFix(replacing: value, by: "\"\(name.dropLast(2))\"")]
    }
    if let list = rest(behind: "it has "),
      message.contains("has no option '") || message.contains("has no member '")
    {
      let names = list.replacing(" or ", with: ", ").split(separator: ", ").map(String.init)
      guard names.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }) else {
        return nil
      }
      return names.map { QuickFix(replacing: span, by: $0) }
    }
    return nil
  }

  /// Where the word stands that the message quotes: the whole stretch, or a text in it.
  private var misspelt: Span? {
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false)
      .enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    if quoted.contains(text) { return span }
    for word in quoted.reversed() {
      let inQuotes = "\"\(word)\""
      guard let found = text.firstRange(of: inQuotes) else { continue }
      let lower = span.lower + text.utf8.distance(from: text.startIndex, to: found.lowerBound) + 1
      return Span(lower, lower + word.utf8.count)
    }
    return nil
  }

  // MARK: Quotes

  /// Quotes that are missing, too many or of another kind.
  var quoted: [QuickFix]? {
    if let text = rest(behind: "text needs quotes: ") {
      guard let quote = text.firstIndex(of: "\"") else { return nil }
      return [QuickFix(replacing: value, by: String(text[quote...]))]
    }
    if hint == "remove the quotes" {
      let text = source[value]
      guard text.count >= 2, text.hasPrefix("\"") else { return nil }
      return [QuickFix(replacing: value, by: String(text.dropFirst().dropLast()))]
    }
    if hint.hasPrefix("strings use double quotes") { return straightened(closing: ["'"]) }
    if hint.hasPrefix("strings use straight") {
      return straightened(closing: [
        "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}", "\u{AB}", "\u{BB}",
      ])
    }
    guard hint.hasPrefix("end it with '\"'") else { return nil }
    var fixes = [
      QuickFix("End the string", [.init(span: Span(endOfLine, endOfLine), text: "\"")])
    ]
    if hint.contains("{{") { fixes += doubledBrace ?? [] }
    return fixes
  }

  /// A string in other quotes, in double ones.
  private func straightened(closing marks: Set<Character>) -> [QuickFix]? {
    let line = source[Span(span.lower, endOfLine)]
    guard let open = line.firstIndex(where: { marks.contains($0) || $0 == "\u{201E}" }),
      let close = line[line.index(after: open)...].firstIndex(where: marks.contains)
    else { return nil }
    func edit(_ index: String.Index) -> QuickFix.Edit {
      let lower = span.lower + line.utf8.distance(from: line.startIndex, to: index)
      return .init(span: Span(lower, lower + line[index].utf8.count), text: "\"")
    }
    return [QuickFix("Write double quotes", [edit(open), edit(close)])]
  }

  /// A brace that is meant as one.
  private var doubledBrace: [QuickFix]? {
    let line = source[Span(span.lower, endOfLine)]
    guard let brace = line.firstIndex(of: "{") else { return nil }
    let lower = span.lower + line.utf8.distance(from: line.startIndex, to: brace)
    return [QuickFix(replacing: Span(lower, lower + 1), by: "{{")]
  }
}
