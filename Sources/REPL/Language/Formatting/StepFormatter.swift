/// Formats one stretch of steps, line by line.
///
/// Line breaks stay where they are. The rules: two columns for each block and open bracket; one blank around
/// operators outside of a command's arguments; `=` of `param` lines and comments behind steps in columns; no two
/// blank lines in a row.
struct StepFormatter {
  private let source: SourceText
  private let span: Span
  private let lineEnd: String
  /// What stands before each line of an indented fence.
  private let margin: String
  private var spacing: TokenSpacing
  private var lines: [FormattedLine] = []

  init(_ source: SourceText, span: Span, notation: Notation) {
    (self.source, self.span) = (source, span)
    let first = source.utf8.firstIndex(of: UInt8(ascii: "\n")) ?? 0
    lineEnd = first > 0 && source.utf8[first - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    var margin = 0
    if case .markdown = notation, span.lower > 0 {
      let fence = source.span(ofLine: source.line(at: span.lower - 1))
      margin = source.utf8[fence.lower..<fence.upper].prefix { $0 == UInt8(ascii: " ") }.count
    }
    self.margin = String(repeating: " ", count: margin)
    var lexer = Lexer(source, span: span)
    lexer.run()
    spacing = TokenSpacing(lexer.tokens, source: source)
  }

  /// The formatted steps; every line ends, and there are no blank lines at either end.
  var text: String {
    var formatter = self
    formatter.readLines()
    formatter.dropBlankLines()
    FormattedLine.alignParameters(&formatter.lines)
    FormattedLine.alignComments(&formatter.lines)
    return formatter.lines.map { line in
      line.kind == .blank ? lineEnd : margin + line.text + lineEnd
    }.joined()
  }

  private mutating func readLines() {
    guard span.count > 0 else { return }
    let first = source.line(at: span.lower), last = source.line(at: span.upper - 1)
    for number in first...last {
      let line = source.span(ofLine: number)
      lines.append(format(Span(max(line.lower, span.lower), min(line.upper, span.upper))))
    }
  }

  private mutating func format(_ line: Span) -> FormattedLine {
    let start = source.utf8[line.lower..<line.upper].firstIndex { !Self.isBlank($0) }
    guard let start else { return FormattedLine(.blank) }
    let rest = Span(start, line.upper)
    if line.lower == 0, source[rest].hasPrefix("#!") {
      return FormattedLine(.verbatim, code: source[line])
    }
    let indent = spacing.indent(ofLineAt: start)
    if source.utf8[start] == UInt8(ascii: "#") {
      spacing.skip(to: line.upper)
      return FormattedLine(.verbatim, indent: indent, code: source[rest])
    }
    let (code, end, name) = spacing.code(upTo: line.upper, indent: indent)
    var formatted = FormattedLine(.code, indent: indent, code: code)
    formatted.nameWidth = name
    formatted.endsOpen = code.hasSuffix("{")
    formatted.startsClosing = code.hasPrefix("}")
    let behind = source.utf8[end..<line.upper].firstIndex { !Self.isBlank($0) }
    if let behind { formatted.comment = source[Span(behind, line.upper)] }
    return formatted
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  /// Leaves one of several blank lines, and none at the edges of the text or of a block.
  private mutating func dropBlankLines() {
    var kept: [FormattedLine] = []
    for line in lines {
      if line.kind == .blank {
        guard let last = kept.last, last.kind != .blank, !last.endsOpen else { continue }
      } else if line.startsClosing, kept.last?.kind == .blank {
        kept.removeLast()
      }
      kept.append(line)
    }
    if kept.last?.kind == .blank { kept.removeLast() }
    lines = kept
  }
}

/// One line on its way out.
struct FormattedLine {
  enum Kind { case blank, code, verbatim }

  let kind: Kind
  let indent: Int
  var code: String
  /// The comment behind the code, from its `##`.
  var comment: String?
  /// The blanks between code and comment.
  var gap = 2
  /// Of a `param` line: how many characters stand before its `=`.
  var nameWidth: Int?
  var endsOpen = false
  var startsClosing = false

  /// How much longer than the shortest of its neighbors a line may be and still have its comment in their
  /// column.
  private static let reach = 20

  init(_ kind: Kind, indent: Int = 0, code: String = "") {
    (self.kind, self.indent, self.code) = (kind, indent, code)
  }

  var text: String {
    let behind = comment.map { String(repeating: " ", count: gap) + $0 } ?? ""
    return String(repeating: " ", count: indent) + code + behind
  }

  /// Puts the `=` of `param` lines that follow one another into one column.
  static func alignParameters(_ lines: inout [FormattedLine]) {
    forEachRun(lines) {
      $0.nameWidth != nil
    } body: { run in
      let widths = run.map { index in
        DisplayWidth.of(lines[index].code.prefix(lines[index].nameWidth ?? 0))
      }
      let widest = widths.max() ?? 0
      for (index, width) in zip(run, widths) {
        let line = lines[index], count = line.nameWidth ?? 0
        lines[index].code =
          line.code.prefix(count) + String(repeating: " ", count: widest - width)
          + line.code.dropFirst(count)
      }
    }
  }

  /// Puts comments behind lines of code that follow one another into one column.
  static func alignComments(_ lines: inout [FormattedLine]) {
    forEachRun(lines) {
      $0.kind == .code
    } body: { run in
      let commented = run.filter { lines[$0].comment != nil }
      let widths = commented.map { DisplayWidth.of(lines[$0].code) }
      guard let shortest = widths.min() else { return }
      let widest = widths.filter { $0 <= shortest + reach }.max() ?? shortest
      for (index, width) in zip(commented, widths) {
        lines[index].gap = max(2, widest + 2 - width)
        if width > shortest + reach { lines[index].gap = 2 }
      }
    }
  }

  /// Calls `body` with the places of lines that follow one another at one indentation and all fit.
  private static func forEachRun(
    _ lines: [FormattedLine], where fits: (FormattedLine) -> Bool, body: (Range<Int>) -> Void
  ) {
    var start: Int?
    for index in 0...lines.count {
      let continues =
        index < lines.count && fits(lines[index])
        && (start == nil || lines[index].indent == lines[index - 1].indent)
      if continues {
        start = start ?? index
      } else if let first = start {
        body(first..<index)
        start = index < lines.count && fits(lines[index]) ? index : nil
      }
    }
  }
}
