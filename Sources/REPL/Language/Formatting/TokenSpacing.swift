/// Decides which blanks stand between the tokens of a line.
///
/// In a command's arguments a blank means something, and stays; elsewhere the tokens alone decide. Which of both
/// holds is found as the parser finds it.
struct TokenSpacing {
  /// What an open bracket, or the text itself, holds.
  private struct Frame {
    enum Kind { case block, parameters, other }

    let kind: Kind
    /// The indentation of the line that opened it.
    let outerIndent: Int
    /// Whether a command's arguments are being read, which blanks part.
    var isCall = false
    /// Whether a command may begin here.
    var mayCall = true
  }

  private let tokens: [Token]
  private let source: SourceText
  private var index = 0
  private var frames = [Frame(kind: .block, outerIndent: -2)]
  /// Whether the token before is a sign that belongs to the operand behind it.
  private var followsSign = false
  private var isDefinition = false

  init(_ tokens: [Token], source: SourceText) { (self.tokens, self.source) = (tokens, source) }

  private var frame: Frame { frames[frames.count - 1] }
  private var current: Token { tokens[min(index, tokens.count - 1)] }

  private func token(_ ahead: Int) -> Token { tokens[min(index + ahead, tokens.count - 1)] }

  /// How far a line is indented that begins at an offset.
  mutating func indent(ofLineAt offset: Int) -> Int {
    passLineEnds(before: offset)
    let closes =
      current.span.lower == offset && ["}", ")", "]"].contains { current.is($0) }
      && frames.count > 1
    return frame.outerIndent + (closes ? 0 : 2)
  }

  /// Leaves out what stands before an offset: prose.
  mutating func skip(to offset: Int) {
    while index < tokens.count - 1, current.span.lower < offset { index += 1 }
  }

  /// The code of a line up to an offset, where it ends in the source, and of a `param` line the characters
  /// before its `=`.
  mutating func code(upTo end: Int, indent: Int) -> (text: String, end: Int, name: Int?) {
    var text = ""
    var last: Token?
    var name: Int?
    let isParameter = current.isKeyword("param") && frames.count == 1
    while current.kind != .end, current.kind != .newline, current.span.lower < end {
      let token = current
      if isParameter, name == nil, token.is("=") { name = text.count }
      if let last { text += gap(last, token) }
      text += source[token.span]
      take(token, behind: last ?? previous, indent: indent)
      last = token
      index += 1
    }
    return (text, last?.span.upper ?? end, name)
  }

  /// The last token before the current one that is more than a line's end.
  private var previous: Token? {
    tokens[..<min(index, tokens.count)].last { $0.kind != .newline }
  }

  private mutating func passLineEnds(before offset: Int) {
    while index < tokens.count - 1, current.kind == .newline, current.span.lower <= offset {
      frames[frames.count - 1].isCall = false
      frames[frames.count - 1].mayCall = true
      isDefinition = false
      index += 1
    }
  }

  // MARK: Blanks

  private func gap(_ last: Token, _ token: Token) -> String {
    let asWritten = token.followsBlank ? " " : ""
    if token.is(")") || token.is("]") || last.is("(") || last.is("[") { return "" }
    if token.is("}") || token.is("{") || last.is("{") || last.is("}") { return " " }
    if frame.isCall { return asWritten }
    if followsSign || token.is(",") || token.is(".") || last.is(".") { return "" }
    if frame.kind == .parameters, token.is("=") || last.is("=") { return "" }
    if token.is("(") || token.is("[") { return Self.isOperand(last) ? asWritten : " " }
    return " "
  }

  private static func isOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .name, .number, .string: true
    case .keyword: ["true", "false", "none"].contains(token.text)
    case .symbol: token.is(")") || token.is("]")
    case .prose, .newline, .end: false
    }
  }

  // MARK: Reading

  private mutating func take(_ token: Token, behind last: Token?, indent: Int) {
    let isStart = frame.mayCall
    frames[frames.count - 1].mayCall = false
    followsSign =
      token.is("-") && !frame.isCall && (isStart || last.map(Self.isOperand) != true)
    switch token.kind {
    case .keyword:
      isDefinition = token.text == "def"
      frames[frames.count - 1].mayCall = token.text == "return" && isStart
    case .name where isStart: frames[frames.count - 1].isCall = beginsCall
    case .symbol: take(symbol: token, behind: last, indent: indent)
    default: break
    }
  }

  private mutating func take(symbol: Token, behind last: Token?, indent: Int) {
    switch symbol.text {
    case "{":
      frames[frames.count - 1].isCall = false
      // A head may go over several lines, indented in its brackets; its block belongs to the first.
      frames.append(
        Frame(kind: .block, outerIndent: frame.kind == .block ? frame.outerIndent + 2 : indent))
    case "(":
      let isFunction = last.map { $0.kind == .name && !symbol.followsBlank } ?? false
      let kind: Frame.Kind = isDefinition ? .parameters : .other
      isDefinition = false
      frames.append(
        Frame(kind: kind, outerIndent: indent, mayCall: !isFunction && kind == .other))
    case "[": frames.append(Frame(kind: .other, outerIndent: indent, mayCall: false))
    case ")", "]", "}":
      if frames.count > 1 { frames.removeLast() }
    case "=", "+=":
      if frame.kind == .block, !frame.isCall { frames[frames.count - 1].mayCall = true }
    default: break
    }
  }

  /// Whether the name at hand begins a command; see `Parser.parseExpressionOrCall`.
  private var beginsCall: Bool {
    let (follower, beyond) = (token(1), token(2))
    switch follower.kind {
    case .newline, .end, .prose: return false
    case .string, .number, .name: return true
    case .keyword:
      return !["and", "or", "in"].contains(follower.text)
        && !(follower.text == "not" && beyond.isKeyword("in"))
    case .symbol: break
    }
    switch follower.text {
    case "(", "[": return follower.followsBlank
    case "-": return follower.followsBlank && !beyond.followsBlank
    default: return false
    }
  }
}
