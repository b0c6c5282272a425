extension Interpreter {
  /// Where running goes after a statement.
  enum Flow {
    case onward
    case returned(Value)
  }

  func run(_ body: [Statement]) throws(Diagnostic) -> Flow {
    for statement in body {
      if case .returned(let value) = try run(statement) { return .returned(value) }
    }
    return .onward
  }

  func run(_ statement: Statement) throws(Diagnostic) -> Flow {
    try countStep(at: statement.span)
    try enter(at: statement.span)
    defer { leave() }
    switch statement.kind {
    case .prose(let template, _): context.emit(.prose(try pieces(of: template)))
    case .expression(let value): try show(try evaluate(value))
    case .assign(let name, let value):
      if case .call = value.kind { boundName = name.text }
      try assign(name, try evaluate(value))
    case .append(let name, let value): try append(value, to: name)
    case .param(let name, let value, _):
      if frames.count == 1, let given = overrides[name.text] {
        try setParameter(name, given)
      } else {
        try setParameter(name, try evaluate(value).settled())
      }
    case .condition(let branches, let otherwise): return try choose(branches, otherwise)
    case .loop(let name, let list, let body): return try loop(name, list, body)
    case .define(let function): try define(function)
    case .leave(let value): return try leave(with: value, at: statement.span)
    case .assert(let condition, let message): try check(condition, message, at: statement.span)
    case .include(_, let span):
      throw place(Diagnostic("included files must be read before running"), at: span)
    }
    return .onward
  }

  private func show(_ value: Value) throws(Diagnostic) {
    guard !value.isNone else { return }
    lastValue = value
    context.emit(.value(value))
  }

  private func leave(with value: Expression?, at span: Span) throws(Diagnostic) -> Flow {
    guard frames.count > 1 else {
      throw place(Diagnostic("'return' works only inside a def"), at: span)
    }
    guard let value else { return .returned(.none) }
    return .returned(try evaluate(value))
  }

  /// `name += value` adds to a number, joins to a string, appends to a list.
  private func append(_ expression: Expression, to name: Name) throws(Diagnostic) {
    if case .call = expression.kind, let list = lookUp(name.text)?.asList {
      boundName = "\(name.text) \(list.count + 1)"
    }
    let added = try evaluate(expression)
    guard let old = lookUp(name.text) else { throw unknown(name.text, at: name.span) }
    guard case .list(var elements) = old.content else {
      do {
        let sum = try Operations.apply(.plus, try old.settled(), try added.settled())
        return try assign(name, try admit(sum, at: name.span))
      } catch {
        throw place(
          error.span == nil
            ? Diagnostic(
              "'+=' adds to a number, a string or a list; '\(name.text)' is \(old.type)") : error,
          at: name.span)
      }
    }
    guard elements.count < limits.listCount else {
      throw place(
        Diagnostic("this list would be longer than \(limits.listCount) elements"), at: name.span)
    }
    // The variable lets go of its list, so that appending copies nothing.
    frames[frames.count - 1].variables[name.text] = nil
    let measures = Value(
      .none, isVolatile: old.isVolatile, holdsVolatile: old.holdsVolatile,
      holdsPending: old.holdsPending, size: old.size, depth: old.depth)
    try appendInPlace(added, to: &elements, measures, name)
  }

  private func appendInPlace(
    _ added: Value, to elements: inout [Value], _ measures: Value, _ name: Name
  ) throws(Diagnostic) {
    elements.append(added)
    let value = Value(elements, appendedTo: measures)
    guard value.size <= limits.valueSize, value.depth <= limits.listDepth else {
      elements.removeLast()
      frames[frames.count - 1].variables[name.text] = .list(elements)
      throw place(
        Diagnostic("this list would become too large"), at: name.span)
    }
    try assign(name, value)
    try charge(added.size, at: name.span)
  }

  private func choose(_ branches: [Statement.Branch], _ otherwise: [Statement]?)
    throws(Diagnostic) -> Flow
  {
    for branch in branches {
      let condition = try evaluate(branch.condition).settled()
      guard let holds = condition.asBool else {
        throw place(
          Diagnostic(
            "'if' needs true or false, found \(condition.type)", hint: "compare it, as in 'x > 0'"),
          at: branch.condition.span)
      }
      if condition.isVolatile {
        let remark = Diagnostic(
          "this condition depends on a value that differs from run to run", severity: .warning)
        context.emit(.remark(place(remark, at: branch.condition.span)))
      }
      if holds { return try run(branch.body) }
    }
    return try otherwise.map { (body) throws(Diagnostic) in try run(body) } ?? .onward
  }

  private func loop(_ name: Name, _ list: Expression, _ body: [Statement])
    throws(Diagnostic) -> Flow
  {
    let value = try evaluate(list).opened()
    guard let elements = value.asList else {
      throw place(
        Diagnostic(
          "'for' needs a list, found \(value.type)",
          hint: value.asInteger.map { "write range(\($0))" }), at: list.span)
    }
    for element in elements {
      try countStep(at: name.span)
      try assign(name, element)
      if case .returned(let value) = try run(body) { return .returned(value) }
    }
    return .onward
  }

  private func check(_ condition: Expression, _ message: Expression?, at span: Span)
    throws(Diagnostic)
  {
    let result = try evaluate(condition).settled()
    guard let holds = result.asBool else {
      throw place(
        Diagnostic("'assert' needs true or false, found \(result.type)"), at: condition.span)
    }
    guard !holds else { return }
    var text = "assert failed"
    if let message { text += ": " + (try evaluate(message).settled()).text }
    throw place(
      Diagnostic(text, kind: .assertion, hint: try? sides(of: condition)), at: condition.span)
  }

  /// What the two sides of a failed comparison were.
  private func sides(of condition: Expression) throws(Diagnostic) -> String? {
    guard case .binary(let symbol, let left, let right, _) = condition.kind, symbol.isComparison
    else { return nil }
    let (a, b) = (try evaluate(left).settled(), try evaluate(right).settled())
    let text = "\(a.quotedText) \(symbol.rawValue) \(b.quotedText)"
    return text.count <= 80 ? "found \(text)" : nil
  }

  /// The text of a template, value by value.
  func pieces(of template: Template) throws(Diagnostic) -> [TextPiece] {
    var result: [TextPiece] = []
    var size = 0
    for piece in template.pieces {
      switch piece {
      case .text(let text): result.append(TextPiece(text))
      case .value(let expression, let format, let span):
        let value = try evaluate(expression).settled()
        result.append(
          TextPiece(try text(of: value, format, at: span), isVolatile: value.holdsVolatile))
      }
      size += result.last?.text.utf8.count ?? 0
      guard size <= limits.valueSize else {
        throw place(
          Diagnostic("this text would be longer than \(limits.valueSize) bytes"),
          at: Span(0, 0))
      }
    }
    return result
  }

  private func text(of value: Value, _ format: FormatSpecification?, at span: Span)
    throws(Diagnostic) -> String
  {
    try charge(value.size, at: span)
    guard let format else { return value.text }
    do {
      return try format.format(value)
    } catch {
      throw place(Diagnostic(error.message), at: span)
    }
  }
}
