/// Cuts a text into tokens.
///
/// Never fails: what it cannot read it reports and skips.
struct Lexer {
  let source: SourceText
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int
  /// Open brackets with their offsets; newlines count only where the last is a brace.
  private var brackets: [(symbol: UInt8, offset: Int)] = []
  private var atLineStart: Bool
  private(set) var tokens: [Token] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// The bracket that is open where the text stops, so that more lines could complete it.
  private(set) var openBracket: (symbol: UInt8, offset: Int)?
  /// The lines that forgotten brackets joined: what the parser says about them tells nothing more.
  private(set) var joined: [Span] = []
  /// The open bracket inside which prose was found; said once for each.
  private var bracketWithProse = -1

  /// Far more than are shown: of a file of noise not every byte needs a message.
  private static let diagnosticLimit = 1000

  /// The offset behind the last token that is more than a line's end.
  var lastOffset: Int {
    tokens.last { $0.kind != .newline && $0.kind != .end }?.span.upper ?? 0
  }

  /// Prepares to read a span; `inBrackets` reads one expression, for which newlines are blanks.
  init(_ source: SourceText, span: Span, inBrackets: Bool = false) {
    (self.source, bytes, position, end) = (source, source.utf8, span.lower, span.upper)
    atLineStart = !inBrackets
    if inBrackets { brackets = [(UInt8(ascii: "("), span.lower)] }
    tokens.reserveCapacity(inBrackets ? 8 : min(span.count / 4, 1 << 20))
  }

  /// Reads the whole span.
  mutating func run() {
    let base = brackets.count
    if position == 0, byte(0) == UInt8(ascii: "#"), byte(1) == UInt8(ascii: "!") { skipLine() }
    while position < end { readToken() }
    if brackets.count > base, let last = brackets.last {
      openBracket = last
      report(
        "'\(Character(Unicode.Scalar(last.symbol)))' is never closed", last.offset, last.offset + 1)
    }
    append(.newline, position, position)
    append(.end, position, position)
  }

  private func byte(_ ahead: Int) -> UInt8 {
    position + ahead < end ? bytes[position + ahead] : 0
  }

  private var followsBlank: Bool {
    guard let last = tokens.last else { return true }
    return last.span.upper < position
  }

  private mutating func append(_ kind: Token.Kind, _ lower: Int, _ upper: Int) {
    let hasText = kind == .name || kind == .symbol
    let text = hasText ? String(decoding: bytes[lower..<upper], as: UTF8.self) : ""
    let isKeyword = kind == .name && upper - lower <= 7 && Keyword.all.contains(text)
    let mayOperate =
      isKeyword || (kind == .symbol && !Self.isPunctuation(bytes[lower], upper - lower))
    tokens.append(
      Token(
        kind: isKeyword ? .keyword : kind, text: text, span: Span(lower, upper),
        followsBlank: followsBlank, operation: mayOperate ? BinaryOperator(rawValue: text) : nil))
    position = max(position, upper)
  }

  private mutating func report(_ message: String, _ lower: Int, _ upper: Int, hint: String? = nil) {
    guard diagnostics.count < Self.diagnosticLimit else { return }
    diagnostics.append(
      Diagnostic(message, at: Span(lower, upper), in: source, kind: .syntax, hint: hint))
  }

  private var newlinesCount: Bool {
    guard let last = brackets.last else { return true }
    return last.symbol == UInt8(ascii: "{")
  }

  private mutating func readToken() {
    let first = bytes[position]
    switch first {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
    case UInt8(ascii: "\n"): readNewline()
    case UInt8(ascii: "#"): readHash()
    default:
      if atLineStart, !newlinesCount { closeForgottenBrackets() }
      atLineStart = false
      switch first {
      case UInt8(ascii: "\""): readString()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"), 0x80...0xFF:
        readName()
      default: readSymbol()
      }
    }
  }

  private mutating func readNewline() {
    if newlinesCount, tokens.last?.kind != .newline { append(.newline, position, position) }
    position += 1
    atLineStart = true
  }

  private mutating func skipLine() {
    while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
  }

  /// `##` comment, `# ` prose at the start of a line, anything else an error.
  private mutating func readHash() {
    let start = position
    let next = byte(1)
    if next == UInt8(ascii: "#") { return skipLine() }
    let isProse = [
      UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0,
    ]
    .contains(next)
    skipLine()
    if !atLineStart {
      report(
        "a single '#' is not allowed after a step", start, start + 1,
        hint: "comments start with '##'")
    } else if !isProse {
      report(
        "'#' at the start of a line begins prose and needs a space after it", start, start + 1,
        hint: "prose: '# text', comment: '## text'")
    } else if let open = brackets.last, !newlinesCount {
      if bracketWithProse != open.offset {
        report(
          "prose is not allowed inside brackets", start, start + 1,
          hint: "comments start with '##'")
      }
      bracketWithProse = open.offset
    } else {
      append(.prose, start, position)
    }
  }

  /// A line that begins with a statement shows that a bracket above was forgotten.
  private mutating func closeForgottenBrackets() {
    guard let open = brackets.last, isStatementStart() else { return }
    // The prose behind a forgotten bracket is in its right place.
    if diagnostics.last?.message.hasPrefix("prose") == true, bracketWithProse == open.offset {
      diagnostics.removeLast()
    }
    joined.append(Span(open.offset, position))
    report(
      "'\(Character(Unicode.Scalar(open.symbol)))' is not closed before the next statement",
      open.offset, open.offset + 1)
    while let last = brackets.last, last.symbol != UInt8(ascii: "{") { brackets.removeLast() }
    // It bears the bracket's place, so that whatever the parser says of it counts to that error.
    append(.newline, open.offset, open.offset)
  }

  private func isStatementStart() -> Bool {
    var index = position
    while index < end, Lexer.isNameByte(bytes[index]) { index += 1 }
    let word = String(decoding: bytes[position..<index], as: UTF8.self)
    guard index > position, index < end, bytes[index] == UInt8(ascii: " ") else { return false }
    if ["param", "for", "if", "def", "return", "assert", "include"].contains(word) { return true }
    while index < end, bytes[index] == UInt8(ascii: " ") { index += 1 }
    if index < end, bytes[index] == UInt8(ascii: "+") { index += 1 }
    return index + 1 < end && bytes[index] == UInt8(ascii: "=")
      && bytes[index + 1] == UInt8(ascii: " ")
  }

  private mutating func readString() {
    let start = position
    guard let upper = StringScanner(bytes: bytes, end: end).endOfString(at: start) else {
      var upper = start
      while upper < end, bytes[upper] != UInt8(ascii: "\n") { upper += 1 }
      report(
        "this string is not closed on its line", start, start + 1,
        hint: bytes[start..<upper].contains(UInt8(ascii: "{"))
          ? "end it with '\"'; a literal brace is written '{{'"
          : "end it with '\"'; a newline in it is written '\\n'")
      return append(.string, start, upper)
    }
    append(.string, start, upper)
  }

  private mutating func readNumber() {
    let start = position
    var index = position
    func digits() {
      while index < end, isDigit(bytes[index]) || bytes[index] == UInt8(ascii: "_") { index += 1 }
    }
    digits()
    if index + 1 < end, bytes[index] == UInt8(ascii: "."), isDigit(bytes[index + 1]) {
      index += 1
      digits()
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      var ahead = index + 1
      if ahead < end, bytes[ahead] == UInt8(ascii: "+") || bytes[ahead] == UInt8(ascii: "-") {
        ahead += 1
      }
      if ahead < end, isDigit(bytes[ahead]) {
        index = ahead
        digits()
      }
    }
    let numberEnd = index
    while index < end, bytes[index] < 0x80, Lexer.isNameByte(bytes[index]) { index += 1 }
    if index > numberEnd {
      report(
        "a number cannot end in letters, and a name cannot start with a digit", start, index)
    }
    append(.number, start, index)
  }

  private mutating func readName() {
    var upper = position
    while upper < end, Lexer.isNameByte(bytes[upper]) { upper += 1 }
    let word = String(decoding: bytes[position..<upper], as: UTF8.self)
    for scalar in word.unicodeScalars where !scalar.isASCII {
      guard scalar.properties.isXIDContinue else {
        return reportStrange(scalar, in: position..<upper)
      }
    }
    append(.name, position, upper)
  }

  private mutating func reportStrange(_ scalar: Unicode.Scalar, in range: Range<Int>) {
    let hint: String? =
      switch scalar.value {
      case 0x201C, 0x201D, 0x201E, 0xAB, 0xBB: "strings use straight quotes: \"text\""
      case 0x2018, 0x2019: "strings use straight double quotes: \"text\""
      case 0xA0, 0x2007, 0x202F: "this is a no-break space; type a normal space"
      case 0x2013, 0x2014, 0x2212: "the minus sign is '-'"
      case 0xD7: "multiplication is '*'"
      default: nil
      }
    let code = String(scalar.value, radix: 16, uppercase: true)
    report(
      "the character '\(scalar)' (U+\(code)) means nothing here", range.lowerBound,
      range.upperBound, hint: hint)
    skipLine()
  }

  private mutating func readSymbol() {
    let start = position
    if isPair(bytes[start], byte(1)) { return append(.symbol, start, start + 2) }
    switch bytes[start] {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      brackets.append((bytes[start], start))
      append(.symbol, start, start + 1)
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): readClosing()
    case UInt8(ascii: "'"):
      report(
        "single quotes do not mark a string", start, start + 1,
        hint: "strings use double quotes: \"text\"")
      skipLine()
    case 0..<32, 127:
      report("a control character (byte \(bytes[start])) means nothing here", start, start + 1)
      position += 1
    default: append(.symbol, start, start + 1)
    }
  }

  /// Whether two bytes make one symbol, such as `==`.
  private func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
    switch (first, second) {
    case (UInt8(ascii: "="), UInt8(ascii: "=")), (UInt8(ascii: "!"), UInt8(ascii: "=")),
      (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: ">"), UInt8(ascii: "=")),
      (UInt8(ascii: "+"), UInt8(ascii: "=")), (UInt8(ascii: "-"), UInt8(ascii: "=")),
      (UInt8(ascii: "*"), UInt8(ascii: "=")), (UInt8(ascii: "/"), UInt8(ascii: "=")),
      (UInt8(ascii: "*"), UInt8(ascii: "*")), (UInt8(ascii: "&"), UInt8(ascii: "&")),
      (UInt8(ascii: "|"), UInt8(ascii: "|")):
      true
    default: false
    }
  }

  private mutating func readClosing() {
    let closing = bytes[position]
    let opening: UInt8 =
      switch closing {
      case UInt8(ascii: ")"): UInt8(ascii: "(")
      case UInt8(ascii: "]"): UInt8(ascii: "[")
      default: UInt8(ascii: "{")
      }
    if brackets.last?.symbol == opening {
      brackets.removeLast()
    } else if closing == UInt8(ascii: "}"),
      let brace = brackets.lastIndex(where: { $0.symbol == opening })
    {
      let open = brackets[brackets.count - 1]
      report(
        "'\(Character(Unicode.Scalar(open.symbol)))' is not closed before '}'", open.offset,
        open.offset + 1)
      brackets.removeSubrange(brace...)
      append(.newline, open.offset, open.offset)
    } else {
      report("'\(Character(Unicode.Scalar(closing)))' closes nothing", position, position + 1)
      position += 1
      return
    }
    append(.symbol, position, position + 1)
  }

  /// Whether a symbol is no operator, by its one byte.
  private static func isPunctuation(_ byte: UInt8, _ count: Int) -> Bool {
    count == 1 && "()[]{},.=".utf8.contains(byte)
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
      true
    default: false
    }
  }
}
