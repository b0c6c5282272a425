extension Parser {
  /// Reads statements up to the end, or up to the `}` of the block that opened at `block`.
  mutating func parseStatements(until block: Span?) -> [Statement] {
    var statements: [Statement] = []
    while current.kind != .end {
      if current.kind == .newline {
        advance()
      } else if current.kind == .prose {
        statements += parseProse(proseLines())
      } else if block != nil, current.is("}") {
        break
      } else {
        parseStatement(into: &statements)
      }
    }
    return statements
  }

  /// Reads one statement and the end of its line; after an error goes on behind it.
  private mutating func parseStatement(into statements: inout [Statement]) {
    let first = current
    let isBinding = next.is("=") || next.is("+=")
    do throws(Diagnostic) {
      let statement = try parseOne()
      statements.append(statement)
      switch current.kind {
      case .newline, .end: break
      default:
        if current.is("}"), depth > 0 { break }
        throw unexpectedAfter(statement)
      }
    } catch {
      if first.kind == .name, !isBinding, let hint = ForeignWord.hint(for: first.text) {
        diagnostics.append(
          self.error("there is no '\(first.text)' in this language", at: first.span, hint: hint))
      } else {
        diagnostics.append(error)
      }
      recover()
    }
  }

  private func unexpectedAfter(_ statement: Statement) -> Diagnostic {
    if current.is("=") {
      return error("only a name can be on the left of '='", at: statement.span)
    }
    if current.is("&&") || current.is("||") {
      return error("'\(current.text)' means nothing here", hint: "write 'and', 'or'")
    }
    if current.is(";") {
      return error("a statement ends with its line; there is no ';'")
    }
    if current.isKeyword("else") {
      return error("put 'else' on the line of the '}' before it: '} else {'")
    }
    if let sign = ["-=", "*=", "/="].first(where: { current.is($0) }) {
      let name = source[statement.span]
      return error(
        "there is no '\(sign)'", hint: "write '\(name) = \(name) \(sign.prefix(1)) …'")
    }
    return unexpected("here; a statement ends with its line")
  }

  /// Skips to the end of the line.
  ///
  /// Blocks on the way are read for their own errors.
  private mutating func recover() {
    while current.kind != .newline, current.kind != .end, current.kind != .prose {
      if current.is("{") {
        let open = advance()
        depth += 1
        if depth <= Self.depthLimit { _ = parseStatements(until: open.span) } else { skipBlock() }
        depth -= 1
        _ = accept("}")
      } else if current.is("}"), depth > 0 {
        return
      } else {
        advance()
      }
    }
  }

  private mutating func skipBlock() {
    var open = 1
    while current.kind != .end {
      if current.is("{") { open += 1 }
      if current.is("}") { open -= 1 }
      if open == 0 { return }
      advance()
    }
  }

  private mutating func parseOne() throws(Diagnostic) -> Statement {
    let start = current
    let kind: Statement.Kind
    if start.kind == .keyword, !["not", "true", "false", "none"].contains(start.text) {
      kind = try parseKeywordStatement()
    } else if start.kind == .name, next.is("=") {
      kind = try parseAssignment()
    } else if start.kind == .name, next.is("+=") {
      let name = try expectName("a variable")
      advance()
      kind = .append(name, try parseRightSide())
    } else {
      kind = .expression(try parseExpressionOrCall())
    }
    return Statement(kind: kind, span: Span(start.span.lower, tokens[max(0, index - 1)].span.upper))
  }

  private mutating func parseRightSide() throws(Diagnostic) -> Expression {
    guard current.kind != .newline, current.kind != .end else {
      throw error("expected a value after '='", at: tokens[max(0, index - 1)].span)
    }
    return try parseExpressionOrCall()
  }

  private mutating func parseAssignment() throws(Diagnostic) -> Statement.Kind {
    let name = try expectName("a variable")
    advance()
    return .assign(name, try parseRightSide())
  }

  private mutating func parseKeywordStatement() throws(Diagnostic) -> Statement.Kind {
    let word = advance()
    switch word.text {
    case "param": return try parseParam()
    case "if": return try parseCondition()
    case "for": return try parseLoop()
    case "def": return try parseDefinition(at: word.span)
    case "return":
      let isEmpty = current.kind == .newline || current.kind == .end || current.is("}")
      return .leave(isEmpty ? nil : try parseRightSide())
    case "assert": return try parseAssert()
    case "include": return try parseInclude()
    case "else":
      throw error(
        "'else' without an 'if' before it", at: word.span,
        hint: "put it on the line of the '}': '} else {'")
    default:
      throw error("a statement cannot start with '\(word.text)'", at: word.span)
    }
  }

  private mutating func parseParam() throws(Diagnostic) -> Statement.Kind {
    guard depth == 0 else {
      throw error("'param' must be outside blocks", at: tokens[index - 1].span)
    }
    let name = try expectName("a parameter")
    try expect("=", "after 'param \(name.text)'", hint: "a parameter has a default")
    let value = try parseRightSide()
    return .param(name, value, summary: comment(behind: tokens[index - 1].span.upper))
  }

  /// The text of a `##` comment on the rest of the line.
  private func comment(behind offset: Int) -> String? {
    let line = source.span(ofLine: source.line(at: offset))
    let rest = source[Span(offset, line.upper)]
    let text = rest.drop { $0 == " " || $0 == "\t" }
    guard text.hasPrefix("##") else { return nil }
    return String(text.drop { $0 == "#" || $0 == " " })
  }

  private mutating func parseCondition() throws(Diagnostic) -> Statement.Kind {
    var branches: [Statement.Branch] = []
    while true {
      let condition = try parseFullExpression()
      if current.is("=") {
        throw error("'=' assigns; it does not compare", hint: "use '==' to compare")
      }
      branches.append(.init(condition: condition, body: try parseBlock("after the condition")))
      guard current.isKeyword("else") else { return .condition(branches, otherwise: nil) }
      advance()
      guard current.isKeyword("if") else {
        return .condition(branches, otherwise: try parseBlock("after 'else'"))
      }
      advance()
    }
  }

  private mutating func parseLoop() throws(Diagnostic) -> Statement.Kind {
    let name = try expectName("a variable")
    guard current.isKeyword("in") else {
      throw error(
        "expected 'in' after 'for \(name.text)', found \(current.description)",
        hint: "for \(name.text) in [1, 2] { … }")
    }
    advance()
    let list = try parseFullExpression()
    return .loop(name, list, try parseBlock("after the list"))
  }

  private mutating func parseBlock(_ place: String) throws(Diagnostic) -> [Statement] {
    if current.kind == .newline, next.is("{") {
      diagnostics.append(
        error("this '{' belongs on the line before, \(place)", at: next.span))
      advance()
    }
    let open = try expect("{", place, hint: "put a block in '{' and '}'")
    return try nested { (parser) throws(Diagnostic) in
      let body = parser.parseStatements(until: open.span)
      guard parser.accept("}") else {
        throw parser.error("'{' is never closed", at: open.span)
      }
      return body
    }
  }

  private mutating func parseDefinition(at start: Span) throws(Diagnostic) -> Statement.Kind {
    guard depth == 0 else { throw error("'def' must be outside blocks", at: start) }
    let name = try expectName("a command")
    try expect("(", "after 'def \(name.text)'", hint: "def \(name.text)(a, b=2) { … }")
    var parameters: [Function.Parameter] = []
    while !current.is(")") {
      let parameter = try expectName("a parameter")
      let defaultValue = accept("=") ? try parseFullExpression() : nil
      if defaultValue == nil, parameters.last?.defaultValue != nil {
        throw error(
          "'\(parameter.text)' needs a default, because the parameter before it has one",
          at: parameter.span)
      }
      if parameters.contains(where: { $0.name.text == parameter.text }) {
        throw error("there are two parameters named '\(parameter.text)'", at: parameter.span)
      }
      parameters.append(.init(name: parameter, defaultValue: defaultValue))
      if current.is(")") { break }
      try expect(",", "between two parameters")
    }
    advance()
    let body = try parseBlock("after the parameters")
    let span = Span(start.lower, tokens[index - 1].span.upper)
    return .define(
      Function(name: name, parameters: parameters, body: body, source: source, span: span))
  }

  private mutating func parseAssert() throws(Diagnostic) -> Statement.Kind {
    let condition = try parseFullExpression()
    guard accept(",") else { return .assert(condition, message: nil) }
    return .assert(condition, message: try parseFullExpression())
  }

  private mutating func parseInclude() throws(Diagnostic) -> Statement.Kind {
    guard depth == 0 else { throw error("'include' must be outside blocks") }
    let token = current
    guard token.kind == .string, case .string(let template) = try parseFullExpression().kind,
      let path = template.constant
    else {
      throw error(
        "'include' needs a plain string", at: token.span,
        hint: "yolos must know all files before it runs the script")
    }
    return .include(path, at: token.span)
  }

  // MARK: Prose

  /// The prose lines that follow one another without a gap.
  private mutating func proseLines() -> MarkdownProse {
    var lines: [Span] = []
    while current.kind == .prose {
      let token = advance()
      let hasBlank = token.span.count > 1
      var upper = token.span.upper
      if upper > token.span.lower, source.utf8[upper - 1] == UInt8(ascii: "\r") { upper -= 1 }
      lines.append(Span(min(token.span.lower + (hasBlank ? 2 : 1), upper), upper))
      guard current.kind == .newline, next.kind == .prose,
        source.line(at: next.span.lower) == source.line(at: token.span.lower) + 1
      else {
        break
      }
      advance()
    }
    return MarkdownProse(source, lines: lines)
  }

  /// Reads prose with its values; wrong values are reported and left out.
  mutating func parseProse(_ prose: MarkdownProse) -> [Statement] {
    guard !prose.isBlank else { return [] }
    let (template, errors) = TemplateReader(source).readProse(prose)
    diagnostics += errors
    return [Statement(kind: .prose(template, text: prose.text), span: prose.span)]
  }
}
