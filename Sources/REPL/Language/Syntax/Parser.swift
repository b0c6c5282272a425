/// Reads a text as a program; reports every error it finds and goes on behind it.
package struct Parser {
  /// What reading gave.
  package struct Result: Sendable {
    /// The statements that could be read.
    package let program: Program
    /// What could not.
    package let diagnostics: [Diagnostic]
    /// Whether the text stops inside brackets and nothing else is wrong: at the prompt, more lines
    /// may complete it.
    package let isUnfinished: Bool

    /// Whether nothing is wrong.
    package var isClean: Bool { diagnostics.allSatisfy { $0.severity != .error } }
  }

  /// How deeply brackets, blocks and operators may stand in one another.
  static let depthLimit = 100
  /// After so many errors the rest of the text is not read.
  private static let errorLimit = 50

  let source: SourceText
  var tokens: [Token] = []
  var index = 0
  var depth = 0
  var diagnostics: [Diagnostic] = []
  /// Whether a blank ends the expression that is being read, because it is a command's argument.
  var endsAtBlank = false

  /// Reads a text in one of its notations.
  package static func parse(_ source: SourceText, notation: Notation = .steps) -> Result {
    parse(source, segments: notation.segments(of: source))
  }

  /// Reads a text that is already divided into prose and steps.
  package static func parse(_ source: SourceText, segments: [Segment]) -> Result {
    var parser = Parser(source: source)
    var statements: [Statement] = []
    var isUnfinished = false
    for segment in segments {
      switch segment {
      case .prose(let span):
        statements += parser.parseProse(MarkdownProse(source, span: span))
      case .steps(let span):
        var lexer = Lexer(source, span: span)
        lexer.run()
        let errors = parser.diagnostics.count
        (parser.tokens, parser.index) = (lexer.tokens, 0)
        statements += parser.parseStatements(until: nil)
        if let bracket = lexer.openBracket {
          let others = parser.diagnostics[errors...].filter { finding in
            let offset = finding.span?.upper ?? 0
            return offset < lexer.lastOffset && !finding.message.hasSuffix("is never closed")
          }
          isUnfinished = lexer.diagnostics.count == 1 && others.isEmpty
          // What the parser says about the end, or about lines that the bracket joined, tells
          // nothing more.
          let isBlock = bracket.symbol == UInt8(ascii: "{")
          parser.diagnostics.replaceSubrange(
            errors..., with: others.filter { isBlock || ($0.span?.lower ?? 0) < bracket.offset })
        }
        parser.dropFollowing(lexer.diagnostics, joined: lexer.joined, from: errors)
      }
    }
    parser.sortDiagnostics()
    let program = Program(source: source, statements: statements)
    let findings = ForeignLine { _ in false }.translated(parser.diagnostics, in: source)
    return Result(
      program: program, diagnostics: findings,
      isUnfinished: isUnfinished && parser.diagnostics.count == 1)
  }

  private init(source: SourceText) { self.source = source }

  /// Reads the expression between two braces.
  static func parseExpression(_ source: SourceText, span: Span) throws(Diagnostic) -> Expression {
    var lexer = Lexer(source, span: span, inBrackets: true)
    lexer.run()
    if let first = lexer.diagnostics.first { throw first }
    var parser = Parser(source: source)
    parser.tokens = lexer.tokens
    if parser.current.kind == .newline {
      throw Diagnostic(
        "there is no expression in these braces", at: Span(span.lower - 1, span.upper + 1),
        in: source, kind: .syntax, hint: "a literal brace is written '{{'")
    }
    let expression = try parser.parseFullExpression()
    guard parser.current.kind == .newline else {
      throw parser.unexpected("in these braces", hint: "a literal brace is written '{{'")
    }
    return expression
  }

  /// Adds what the lexer found, and drops what the parser says about the same lines.
  private mutating func dropFollowing(
    _ findings: [Diagnostic], joined: [Span], from first: Int
  ) {
    let lines = Set(findings.compactMap { $0.span.map { source.line(at: $0.lower) } })
    var spans = joined[...]
    let kept = diagnostics[min(first, diagnostics.count)...].filter { finding in
      guard let place = finding.span?.lower else { return true }
      while let span = spans.first, span.upper <= place { spans.removeFirst() }
      return !lines.contains(source.line(at: place)) && place <= spans.first?.lower ?? place
    }
    diagnostics.replaceSubrange(min(first, diagnostics.count)..., with: kept + findings)
  }

  private mutating func sortDiagnostics() {
    let ordered = diagnostics.enumerated().sorted {
      ($0.element.span?.lower ?? 0, $0.offset) < ($1.element.span?.lower ?? 0, $1.offset)
    }
    diagnostics = ordered.map(\.element)
    if diagnostics.count > Self.errorLimit {
      diagnostics.removeSubrange(Self.errorLimit...)
      diagnostics.append(
        Diagnostic("there are more errors below", kind: .syntax, severity: .note))
    }
  }

  // MARK: Tokens

  var current: Token { tokens[min(index, tokens.count - 1)] }
  var next: Token { tokens[min(index + 1, tokens.count - 1)] }
  var afterNext: Token { tokens[min(index + 2, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if index < tokens.count - 1 { index += 1 }
    return token
  }

  /// Takes a symbol if it is there.
  mutating func accept(_ symbol: String) -> Bool {
    guard current.is(symbol) else { return false }
    advance()
    return true
  }

  /// Takes a symbol that must be there.
  @discardableResult
  mutating func expect(_ symbol: String, _ place: String, hint: String? = nil)
    throws(Diagnostic) -> Token
  {
    guard current.is(symbol) else {
      throw error("expected '\(symbol)' \(place), found \(current.description)", hint: hint)
    }
    return advance()
  }

  /// Takes a name that must be there.
  mutating func expectName(_ purpose: String) throws(Diagnostic) -> Name {
    if current.kind == .keyword {
      throw error(
        "'\(current.text)' is a keyword and cannot be \(purpose)")
    }
    guard current.kind == .name else {
      throw error("expected \(purpose), found \(current.description)")
    }
    let token = advance()
    return Name(text: token.text, span: token.span)
  }

  func error(_ message: String, at span: Span? = nil, hint: String? = nil) -> Diagnostic {
    Diagnostic(message, at: span ?? current.span, in: source, kind: .syntax, hint: hint)
  }

  func unexpected(_ place: String, hint: String? = nil) -> Diagnostic {
    error("\(current.description) is unexpected \(place)", hint: hint)
  }

  /// Goes one level deeper while `body` reads.
  mutating func nested<Result>(_ body: (inout Parser) throws(Diagnostic) -> Result)
    throws(Diagnostic) -> Result
  {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw error("this is nested more than \(Self.depthLimit) deep", hint: "name its parts")
    }
    return try body(&self)
  }
}
