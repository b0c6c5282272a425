/// Reads text with `{expression:format}` in it.
struct TemplateReader {
  let source: SourceText
  private let scanner: StringScanner

  init(_ source: SourceText) {
    self.source = source
    scanner = StringScanner(bytes: source.utf8, end: source.utf8.count)
  }

  /// Reads what stands between the quotes of a string.
  func readString(_ span: Span) throws(Diagnostic) -> Template {
    var pieces: [Template.Piece] = []
    var text: [UInt8] = []
    var index = span.lower
    while index < span.upper {
      let byte = source.utf8[index]
      if byte == UInt8(ascii: "\\") {
        try readEscape(&index, upper: span.upper, into: &text)
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
        try readBrace(&index, upper: span.upper, text: &text, pieces: &pieces)
      } else {
        text.append(byte)
        index += 1
      }
    }
    if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    return Template(pieces: pieces)
  }

  /// Reads prose; braces in inline code and in fenced code are plain text.
  func readProse(_ prose: MarkdownProse) -> (Template, [Diagnostic]) {
    var pieces: [Template.Piece] = []
    var diagnostics: [Diagnostic] = []
    var text: [UInt8] = []
    let codeSpans = prose.codeSpans
    var code = 0
    for (number, line) in prose.lines.enumerated() {
      if number > 0 { text.append(UInt8(ascii: "\n")) }
      var index = line.lower
      while index < line.upper {
        while code < codeSpans.count, codeSpans[code].upper <= index { code += 1 }
        let isCode = code < codeSpans.count && codeSpans[code].lower <= index
        let byte = source.utf8[index]
        if !isCode, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
          do {
            try readBrace(&index, upper: line.upper, text: &text, pieces: &pieces)
          } catch {
            diagnostics.append(error)
            index = line.upper
          }
        } else {
          text.append(byte)
          index += 1
        }
      }
    }
    if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    return (Template(pieces: pieces), diagnostics)
  }

  private func readBrace(
    _ index: inout Int, upper: Int, text: inout [UInt8], pieces: inout [Template.Piece]
  ) throws(Diagnostic) {
    let byte = source.utf8[index]
    if index + 1 < upper, source.utf8[index + 1] == byte {
      text.append(byte)
      index += 2
      return
    }
    guard byte == UInt8(ascii: "{") else {
      text.append(byte)
      index += 1
      return
    }
    guard let end = scanner.endOfBraces(at: index), end <= upper else {
      throw error(
        "'{' is not closed on its line", Span(index, index + 1),
        hint: "a literal brace is written '{{'")
    }
    if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    text = []
    pieces.append(try readValue(Span(index + 1, end - 1)))
    index = end
  }

  private func readValue(_ inner: Span) throws(Diagnostic) -> Template.Piece {
    let colon = scanner.startOfFormat(in: inner)
    let expression = try Parser.parseExpression(
      source, span: Span(inner.lower, colon ?? inner.upper))
    var format: FormatSpecification?
    if let colon {
      let span = Span(colon + 1, inner.upper)
      do {
        format = try FormatSpecification(source[span])
      } catch {
        throw self.error(error.message, span)
      }
    }
    return .value(expression, format, span: Span(inner.lower - 1, inner.upper + 1))
  }

  private func readEscape(_ index: inout Int, upper: Int, into text: inout [UInt8])
    throws(Diagnostic)
  {
    let start = index
    index += 2
    switch start + 1 < upper ? source.utf8[start + 1] : 0 {
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "u"):
      let digits = source.utf8[index..<upper].dropFirst().prefix(9).prefix {
        $0 != UInt8(ascii: "}")
      }
      let hex = String(decoding: digits, as: UTF8.self)
      guard index < upper, source.utf8[index] == UInt8(ascii: "{"), digits.endIndex < upper,
        let value = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(value)
      else {
        throw error(
          "'\\u' needs a character code in braces", Span(start, index),
          hint: "as in '\\u{e9}'")
      }
      text += Array(String(scalar).utf8)
      index = digits.endIndex + 1
    default:
      throw error(
        "unknown escape '\(source[Span(start, min(upper, start + 2))])'",
        Span(start, min(upper, start + 2)),
        hint: "there are \\\" \\\\ \\n \\t \\r \\u{…}; in paths write '/'")
    }
  }

  private func error(_ message: String, _ span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(message, at: span, in: source, kind: .syntax, hint: hint)
  }
}

extension Template {
  /// How many expressions stand in one another.
  var height: Int {
    let heights = pieces.map { piece in
      if case .value(let expression, _, _) = piece { expression.height } else { 0 }
    }
    return (heights.max() ?? 0) + 1
  }
}
