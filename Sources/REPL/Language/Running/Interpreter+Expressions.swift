internal import Text

extension Interpreter {
  func evaluate(_ expression: Expression) throws(Diagnostic) -> Value {
    try enter(at: expression.span)
    defer { leave() }
    switch expression.kind {
    case .number(let number): return .number(number)
    case .bool(let bool): return .bool(bool)
    case .none: return .none
    case .string(let template): return try string(template, at: expression.span)
    case .list(let elements):
      return try admit(.list(try evaluate(all: elements)), at: expression.span)
    case .name(let name):
      guard let value = lookUp(name) else { throw unknown(name, at: expression.span) }
      return value
    case .word(let name): return try word(name, at: expression.span)
    case .unary(let symbol, let operand):
      let value = try evaluate(operand).settled()
      return try located(at: expression.span) { () throws(Diagnostic) in
        try Operations.apply(symbol, value)
      }
    case .binary(let symbol, let left, let right, let span):
      return try binary(symbol, left, right, at: span)
    case .member(let base, let name, let span):
      return try member(name, of: try evaluate(base).settled(), at: span)
    case .index(let base, let index):
      let (list, place) = (try evaluate(base).opened(), try evaluate(index).settled())
      return try located(at: index.span) { () throws(Diagnostic) in
        try Operations.element(of: list, at: place)
      }
    case .function(let name, let arguments, let span):
      return try function(name, arguments, at: span)
    case .call(let call): return try perform(call)
    }
  }

  private func evaluate(all expressions: [Expression]) throws(Diagnostic) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private func settled(_ values: [Value]) throws(Diagnostic) -> [Value] {
    var settled: [Value] = []
    for value in values { settled.append(try value.settled()) }
    return settled
  }

  private func located<Result>(
    at span: Span, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    do {
      return try body()
    } catch {
      throw place(error, at: span)
    }
  }

  private func string(_ template: Template, at span: Span) throws(Diagnostic) -> Value {
    if template.pieces.count <= 1, let text = template.constant { return .string(text) }
    let pieces = try pieces(of: template)
    let value = Value(
      .string(pieces.map(\.text).joined()), isVolatile: pieces.contains { $0.isVolatile })
    return try admit(value, at: span)
  }

  /// A name that stands alone: a variable, or a command without arguments.
  private func word(_ name: String, at span: Span) throws(Diagnostic) -> Value {
    if let value = lookUp(name) { return value }
    guard table[name] != nil || functions[name] != nil else { throw unknown(name, at: span) }
    return try perform(Call(name: name, nameSpan: span, arguments: [], span: span))
  }

  func unknown(_ name: String, at span: Span) -> Diagnostic {
    var hint = Suggestion.hint(for: name, among: frames[frames.count - 1].variables.keys.sorted())
    if let function = frames[frames.count - 1].function, frames[0].variables[name] != nil {
      hint =
        "a def sees only its own names: pass '\(name)' to '\(function.name.text)' as a parameter"
    } else if table[name] != nil || functions[name] != nil {
      hint = "'\(name)' is a command; to use its result, put it in parentheses"
    }
    return place(Diagnostic("unknown name '\(name)'", hint: hint), at: span)
  }

  private func binary(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Span
  )
    throws(Diagnostic) -> Value
  {
    let first = try operand(left, of: symbol)
    if symbol == .and || symbol == .or { return try logical(symbol, first, left, right) }
    let second = try operand(right, of: symbol)
    if first.size + second.size > 64 { try charge(first.size + second.size, at: span) }
    let result = try located(at: span) { () throws(Diagnostic) in
      try Operations.apply(symbol, first, second)
    }
    return result.size > 64 ? try admit(result, at: span) : result
  }

  /// An operand's value; only joining lists leaves what they hold alone.
  private func operand(
    _ expression: Expression, of symbol: BinaryOperator
  ) throws(Diagnostic) -> Value {
    let value = try evaluate(expression)
    return symbol == .plus && value.asList != nil ? value : try value.settled()
  }

  private func logical(
    _ symbol: BinaryOperator, _ first: Value, _ left: Expression, _ right: Expression
  ) throws(Diagnostic) -> Value {
    let a = try truth(first, of: symbol, at: left.span)
    if a == (symbol == .or) { return first }
    let second = try evaluate(right).settled()
    _ = try truth(second, of: symbol, at: right.span)
    return second.volatile(if: first.isVolatile)
  }

  private func truth(_ value: Value, of symbol: BinaryOperator, at span: Span)
    throws(Diagnostic) -> Bool
  {
    guard let bool = value.asBool else {
      throw place(
        Diagnostic("'\(symbol.rawValue)' needs true or false, found \(value.type)"), at: span)
    }
    return bool
  }

  private func member(_ name: String, of value: Value, at span: Span) throws(Diagnostic) -> Value {
    guard case .object(let object) = value.content else {
      throw place(
        Diagnostic(
          "\(value.type) has no members",
          hint: value.asList == nil ? nil : "pick an element first, as in 'list[0].\(name)'"),
        at: span)
    }
    let type = Swift.type(of: object).objectType
    guard let member = type.member(name) else {
      throw place(
        Diagnostic(
          "\(ValueType.object(type.name)) has no member '\(name)'",
          hint: Suggestion.hint(for: name, among: type.members.map(\.name))), at: span)
    }
    let result = try located(at: span) { () throws(Diagnostic) in try object.member(name) }
    return result.volatile(if: member.isVolatile || value.isVolatile)
  }

  private func function(_ name: String, _ arguments: [Expression], at span: Span)
    throws(Diagnostic) -> Value
  {
    try countStep(at: span)
    guard let builtin = Builtin.named(name) else {
      let isCommand = table[name] != nil || functions[name] != nil
      throw place(
        Diagnostic(
          "unknown function '\(name)'",
          hint: isCommand
            ? "'\(name)' is a command; write: (\(name) …)"
            : Suggestion.hint(for: name, among: Builtin.all.map(\.name))), at: span)
    }
    guard (builtin.required...builtin.parameters.count).contains(arguments.count) else {
      throw place(builtin.wrongCount(arguments.count), at: span)
    }
    var values = try evaluate(all: arguments)
    if !builtin.takesPending { values = try settled(values) }
    try charge(values.reduce(0) { $0 + $1.size }, at: span)
    let result = try located(at: arguments.first?.span ?? span) { () throws(Diagnostic) in
      try builtin.call(values)
    }
    return try admit(result, at: span)
  }

  // MARK: Calls

  private func perform(_ call: Call) throws(Diagnostic) -> Value {
    try countStep(at: call.span)
    let boundName = boundName
    self.boundName = nil
    if let function = functions[call.name] { return try perform(function, call) }
    guard let command = table[call.name] else {
      if lookUp(call.name) != nil {
        throw place(
          Diagnostic(
            "'\(call.name)' is a variable, not a command",
            hint: "an operator needs spaces on both sides: 'a - b'"), at: call.nameSpan)
      }
      let names = table.commands.map(\.name) + functions.keys.sorted()
      throw place(
        Diagnostic(
          "unknown command '\(call.name)'", hint: Suggestion.hint(for: call.name, among: names)),
        at: call.nameSpan)
    }
    var values: [String: Value] = [:]
    var spans: [String: Span] = [:]
    for (entry, given) in try bind(call, to: command.signature) {
      let value = try given.settled()
      try check(value, entry, of: call)
      values[entry.parameter.name] = value
      spans[entry.parameter.name] = entry.span
    }
    let invocation = Invocation(
      command, values: values, spans: spans, span: call.span,
      source: frames[frames.count - 1].source, boundName: boundName)
    return try located(at: call.span) { () throws(Diagnostic) in
      try context.perform(command, invocation)
    }
  }

  private func check(_ value: Value, _ entry: ArgumentBinding.Entry, of call: Call)
    throws(Diagnostic)
  {
    if let problem = entry.parameter.problem(with: value, of: call.name) {
      throw place(problem, at: entry.values[0].span)
    }
    guard value.holdsVolatile, !entry.parameter.takesVolatile else { return }
    throw place(
      Diagnostic(
        "'\(entry.parameter.name)' of '\(call.name)' must not differ from run to run",
        hint: "you can show and compare times, costs and memory, but not train with them"),
      at: entry.values[0].span)
  }

  private func bind(_ call: Call, to signature: Signature)
    throws(Diagnostic) -> [(ArgumentBinding.Entry, Value)]
  {
    let binding = ArgumentBinding(call, to: signature)
    if var first = binding.diagnostics.first {
      first.kind = .step
      throw place(first, at: call.nameSpan)
    }
    var result: [(ArgumentBinding.Entry, Value)] = []
    for entry in binding.entries {
      if entry.parameter.takesWord, let word = entry.values[0].bareWord {
        result.append((entry, .string(word)))
        continue
      }
      let values = try evaluate(all: entry.values)
      let isSpread = values.count == 1 && values[0].asList != nil && entry.parameter.spreadsList
      let isList = entry.parameter.isVariadic && !isSpread
      result.append((entry, isList ? .list(values) : values[0]))
    }
    return result
  }

  private func perform(_ function: Function, _ call: Call) throws(Diagnostic) -> Value {
    let outer = frames[frames.count - 1].source
    var frame = Frame(source: function.source, function: function)
    for (entry, value) in try bind(call, to: function.signature) {
      frame.variables[entry.parameter.name] = value
    }
    frames.append(frame)
    defer { frames.removeLast() }
    do {
      for parameter in function.parameters where frame.variables[parameter.name.text] == nil {
        guard let defaultValue = parameter.defaultValue else { continue }
        frames[frames.count - 1].variables[parameter.name.text] = try evaluate(defaultValue)
      }
      guard case .returned(let value) = try run(function.body) else { return .none }
      return value
    } catch {
      var traced = error
      if traced.labels.count < 3 {
        traced.labels.append(.init("called from here", at: call.span, in: outer))
      }
      throw traced
    }
  }
}

extension Expression {
  /// The word that a bare name spells.
  var bareWord: String? {
    switch kind {
    case .name(let name), .word(let name): name
    default: nil
    }
  }
}

extension Builtin {
  /// The message for a wrong number of arguments.
  func wrongCount(_ found: Int) -> Diagnostic {
    let takes = required == parameters.count ? "\(required)" : "\(required) to \(parameters.count)"
    return Diagnostic(
      "'\(name)' accepts \(takes) argument\(takes == "1" ? "" : "s"), found \(found)",
      hint: "\(name): \(summary)")
  }
}
