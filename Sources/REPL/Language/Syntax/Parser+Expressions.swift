extension Parser {
  /// What stands on the right of `=`, in parentheses, or as a statement: an expression, or a
  /// command with its arguments.
  mutating func parseExpressionOrCall() throws(Diagnostic) -> Expression {
    guard current.kind == .name else { return try parseFullExpression() }
    switch shape() {
    case .expression: return try parseFullExpression()
    case .call: return try parseCall()
    case .word:
      let token = advance()
      return Expression(.word(token.text), at: token.span)
    }
  }

  private enum Shape { case expression, call, word }

  /// Tells a command from an expression by what follows its first name: an argument behind a blank
  /// makes a command, `x -1` too; an operator with blanks on both sides makes an expression.
  private func shape() -> Shape {
    let (follower, beyond) = (next, afterNext)
    switch follower.kind {
    case .newline, .end, .prose: return .word
    case .string, .number, .name: return .call
    case .keyword:
      let isOperator =
        ["and", "or", "in"].contains(follower.text)
        || (follower.text == "not" && beyond.isKeyword("in"))
      return isOperator ? .expression : .call
    case .symbol: break
    }
    switch follower.text {
    case ")", "}", "]": return .word
    case "(", "[": return follower.followsBlank ? .call : .expression
    case "-": return follower.followsBlank && !beyond.followsBlank ? .call : .expression
    default: return .expression
    }
  }

  // MARK: Commands

  private mutating func parseCall() throws(Diagnostic) -> Expression {
    let verb = advance()
    let outer = endsAtBlank
    endsAtBlank = true
    defer { endsAtBlank = outer }
    var arguments: [Call.Argument] = []
    while !isAtCallEnd {
      if !current.followsBlank, !arguments.isEmpty { throw unexpectedBehindArgument() }
      arguments.append(try parseArgument(of: verb.text))
    }
    let span = Span(verb.span.lower, arguments.last?.value.span.upper ?? verb.span.upper)
    let height = (arguments.map(\.value.height).max() ?? 0) + 1
    let call = Call(name: verb.text, nameSpan: verb.span, arguments: arguments, span: span)
    return Expression(.call(call), at: span, height: height)
  }

  private var isAtCallEnd: Bool {
    switch current.kind {
    case .newline, .end, .prose: true
    case .symbol:
      switch current.text {
      case ")", "}", "]", "{": true
      default: false
      }
    default: false
    }
  }

  private func unexpectedBehindArgument() -> Diagnostic {
    if current.is(",") {
      return error("separate arguments with spaces, not ','")
    }
    if current.is(";") { return error("a statement ends with its line; there is no ';'") }
    return error("expected a space between two arguments, found \(current.description)")
  }

  private mutating func parseArgument(of verb: String) throws(Diagnostic) -> Call.Argument {
    if current.kind == .name || current.kind == .keyword, next.is("=") {
      let key = advance()
      let equals = advance()
      if equals.followsBlank || current.followsBlank || isAtCallEnd {
        throw error(
          "no spaces around '=' in a command", at: equals.span,
          hint: isAtCallEnd ? nil : "write '\(key.text)=\(current.textOrDots(in: source))'")
      }
      let value = try parseFullExpression()
      return Call.Argument(name: key.text, nameSpan: key.span, value: value)
    }
    if current.kind == .keyword, !["not", "true", "false", "none"].contains(current.text) {
      let word = advance()
      let value = Expression(.word(word.text), at: word.span)
      return Call.Argument(name: nil, nameSpan: word.span, value: value)
    }
    if let symbol = current.operation, symbol != .minus || next.followsBlank {
      throw error(
        "an argument cannot start with '\(current.text)'",
        hint:
          "an argument ends at the first space: write 'a\(current.text)b' or '(a \(current.text) b)'"
      )
    }
    let value = try parseFullExpression()
    return Call.Argument(name: nil, nameSpan: value.span, value: value)
  }

  // MARK: Operators

  mutating func parseFullExpression() throws(Diagnostic) -> Expression {
    try nested { (parser) throws(Diagnostic) in try parser.parseBinary(above: 0) }
  }

  /// Reads operands joined by operators that bind more than `floor`.
  private mutating func parseBinary(above floor: Int) throws(Diagnostic) -> Expression {
    var left = try parseUnary()
    while let (symbol, width) = binaryOperator(), symbol.precedence > floor {
      let at = current.span
      for _ in 0..<width { advance() }
      // Only a chain of powers goes deeper here; the other operators bind more and more.
      let right =
        symbol == .power
        ? try nested { (parser) throws(Diagnostic) in
          try parser.parseBinary(above: symbol.precedence - 1)
        } : try parseBinary(above: symbol.precedence)
      if symbol.isComparison, let second = binaryOperator()?.symbol, second.isComparison {
        throw error("comparisons cannot be chained", hint: "write 'a < b and b < c'")
      }
      left = try join(left, symbol, right, at: at)
    }
    return left
  }

  private func join(_ left: Expression, _ symbol: BinaryOperator, _ right: Expression, at: Span)
    throws(Diagnostic) -> Expression
  {
    let height = max(left.height, right.height) + 1
    guard height <= Self.depthLimit else {
      throw error(
        "this expression has more than \(Self.depthLimit) nested parts", at: at,
        hint: "name its parts")
    }
    return Expression(
      .binary(symbol, left, right, at: at), at: left.span.joined(with: right.span), height: height)
  }

  private func binaryOperator() -> (symbol: BinaryOperator, width: Int)? {
    let token = current
    if endsAtBlank, token.followsBlank { return nil }
    if let operation = token.operation { return (operation, 1) }
    return token.isKeyword("not") && next.isKeyword("in") ? (.isNotIn, 2) : nil
  }

  private mutating func parseUnary() throws(Diagnostic) -> Expression {
    let start = current
    let symbol: UnaryOperator
    if start.isKeyword("not") {
      symbol = .not
    } else if start.is("-") {
      symbol = .minus
    } else {
      return try parsePostfix()
    }
    advance()
    if endsAtBlank, current.followsBlank {
      throw error(
        "an argument ends at the first space", hint: "put it in parentheses: (\(start.text) …)")
    }
    let operand = try nested { (parser) throws(Diagnostic) in
      try parser.parseBinary(above: symbol == .not ? 3 : 7)
    }
    return Expression(
      .unary(symbol, operand), at: start.span.joined(with: operand.span),
      height: operand.height + 1)
  }

  private mutating func parsePostfix() throws(Diagnostic) -> Expression {
    var result = try parsePrimary()
    while !current.followsBlank {
      if accept(".") {
        guard current.kind == .name || current.kind == .keyword, !current.followsBlank else {
          throw error("expected a member name after '.', found \(current.description)")
        }
        let name = advance()
        result = Expression(
          .member(result, name.text, at: name.span), at: result.span.joined(with: name.span),
          height: result.height + 1)
      } else if current.is("[") {
        result = try parseIndex(of: result)
      } else if current.is("("), case .name = result.kind {
        result = try parseFunction(at: result.span)
      } else if current.is("("), case .member(let base, let name, _) = result.kind {
        throw error(
          "values have members, but no methods",
          hint: "put the command first: '\(name) \(source[base.span]) …'")
      } else {
        break
      }
      guard result.height <= Self.depthLimit else {
        throw error("this expression has more than \(Self.depthLimit) nested parts")
      }
    }
    return result
  }

  private mutating func parseIndex(of base: Expression) throws(Diagnostic) -> Expression {
    let (index, close) = try inBrackets(closing: "]", "after the index") {
      (parser) throws(Diagnostic) in try parser.parseFullExpression()
    }
    return Expression(
      .index(base, index), at: base.span.joined(with: close),
      height: max(base.height, index.height) + 1)
  }

  private mutating func parseFunction(at span: Span) throws(Diagnostic) -> Expression {
    let name = source[span]
    let (arguments, close) = try inBrackets(closing: ")", "after the arguments of '\(name)'") {
      (parser) throws(Diagnostic) in try parser.parseElements(until: ")")
    }
    return Expression(
      .function(name, arguments, at: span), at: span.joined(with: close),
      height: (arguments.map(\.height).max() ?? 0) + 1)
  }

  // MARK: Operands

  /// Reads what stands between brackets, where blanks do not end an argument.
  private mutating func inBrackets<Result>(
    closing: String, _ place: String, _ body: (inout Parser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> (Result, Span) {
    advance()
    let outer = endsAtBlank
    endsAtBlank = false
    defer { endsAtBlank = outer }
    let result = try body(&self)
    let close = try expect(closing, place)
    return (result, close.span)
  }

  private mutating func parseElements(until closing: String) throws(Diagnostic) -> [Expression] {
    var elements: [Expression] = []
    while !current.is(closing) {
      elements.append(try parseFullExpression())
      if current.is(closing) { break }
      try expect(
        ",", "between two elements",
        hint: current.kind == .name ? "put a command in parentheses to use it as an element" : nil)
    }
    return elements
  }

  private mutating func parsePrimary() throws(Diagnostic) -> Expression {
    let token = current
    switch token.kind {
    case .number:
      advance()
      return Expression(.number(try number(token)), at: token.span)
    case .string:
      advance()
      let span = Span(token.span.lower + 1, max(token.span.lower + 1, token.span.upper - 1))
      let template = try TemplateReader(source).readString(span)
      return Expression(.string(template), at: token.span, height: template.height)
    case .name:
      advance()
      return Expression(.name(token.text), at: token.span)
    case .keyword: return try parseKeyword()
    case .symbol where token.is("("): return try parseParentheses()
    case .symbol where token.is("["):
      let (elements, close) = try inBrackets(closing: "]", "after the list") {
        (parser) throws(Diagnostic) in try parser.parseElements(until: "]")
      }
      return Expression(
        .list(elements), at: token.span.joined(with: close),
        height: (elements.map(\.height).max() ?? 0) + 1)
    default: throw unexpectedOperand()
    }
  }

  private func number(_ token: Token) throws(Diagnostic) -> Double {
    let text = source[token.span].filter { $0 != "_" }
    guard let number = Double(text) else { return 0 }  // the lexer reported its letters
    guard number.isFinite else { throw error("this number is too large", at: token.span) }
    return number
  }

  private mutating func parseKeyword() throws(Diagnostic) -> Expression {
    let token = current
    let kind: Expression.Kind
    switch token.text {
    case "true": kind = .bool(true)
    case "false": kind = .bool(false)
    case "none": kind = .none
    default:
      throw error("'\(token.text)' is a keyword, not a value")
    }
    advance()
    return Expression(kind, at: token.span)
  }

  /// `(expression)` or `(command …)`.
  private mutating func parseParentheses() throws(Diagnostic) -> Expression {
    let open = current.span
    let (inner, close) = try inBrackets(closing: ")", "to close '('") {
      (parser) throws(Diagnostic) in try parser.parseExpressionOrCall()
    }
    return Expression(inner.kind, at: open.joined(with: close), height: inner.height)
  }

  private func unexpectedOperand() -> Diagnostic {
    switch current.text {
    case ".":
      return error("expected a value before '.'", hint: "a number starts with a digit: 0.5")
    case "!": return error("'!' means nothing here", hint: "write 'not'")
    case "&&", "||": return error("'\(current.text)' means nothing here", hint: "write 'and', 'or'")
    case "{": return error("expected a value, found '{'", hint: "lists use '[' and ']'")
    default: return error("expected a value, found \(current.description)")
    }
  }
}

extension Token {
  /// Its text, or dots where it is long.
  func textOrDots(in source: SourceText) -> String {
    span.count <= 20 ? source[span] : "…"
  }
}
