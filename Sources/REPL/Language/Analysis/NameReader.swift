/// Walks through a program and notes where names stand.
struct NameReader {
  private let program: Program
  private let table: CommandTable
  private(set) var occurrences: [NameIndex.Occurrence] = []
  private var functions: [String: Function] = [:]
  private var parameters: Set<String> = []
  private var source: SourceText
  private var step = 0
  /// The `def` whose body is read, and the names that it binds.
  private var scope: (name: String, binds: Set<String>)?

  init(_ program: Program, table: CommandTable) {
    (self.program, self.table, source) = (program, table, program.source)
    for step in program.steps {
      switch step.statement.kind {
      case .define(let function): functions[function.name.text] = function
      case .param(let name, _, _): parameters.insert(name.text)
      default: break
      }
    }
  }

  mutating func readAll() {
    for (index, step) in program.steps.enumerated() {
      (source, self.step) = (step.source, index)
      read(step.statement)
    }
  }

  // MARK: Noting

  private mutating func note(
    _ text: String, _ span: Span, _ role: NameIndex.Role, isBinding: Bool = false,
    isParameter: Bool = false
  ) {
    occurrences.append(
      NameIndex.Occurrence(
        text: text, span: span, source: source, role: role, isBinding: isBinding,
        isParameter: isParameter, step: step))
  }

  private mutating func bind(_ name: Name, isParameter: Bool = false) {
    note(
      name.text, name.span, .name(variable(name.text)), isBinding: true, isParameter: isParameter)
  }

  /// What a name stands for where no command may stand.
  private func variable(_ name: String) -> NameIndex.Symbol {
    guard let scope, scope.binds.contains(name) || !parameters.contains(name) else {
      return NameIndex.Symbol(kind: .variable, name: name, scope: nil)
    }
    return NameIndex.Symbol(kind: .variable, name: name, scope: scope.name)
  }

  private func verb(_ name: String) -> NameIndex.Symbol {
    let kind: NameIndex.Symbol.Kind = functions[name] != nil ? .function : .command
    return NameIndex.Symbol(kind: kind, name: name, scope: nil)
  }

  // MARK: Statements

  private mutating func read(_ statements: [Statement]) {
    for statement in statements { read(statement) }
  }

  private mutating func read(_ statement: Statement) {
    switch statement.kind {
    case .prose(let template, _): read(template)
    case .expression(let value): read(value)
    case .assign(let name, let value), .append(let name, let value):
      read(value)
      bind(name)
    case .param(let name, let value, _):
      read(value)
      bind(name, isParameter: true)
    case .condition(let branches, let otherwise):
      for branch in branches {
        read(branch.condition)
        read(branch.body)
      }
      read(otherwise ?? [])
    case .loop(let name, let list, let body):
      read(list)
      bind(name)
      read(body)
    case .define(let function): read(function)
    case .leave(let value): value.map { read($0) }
    case .assert(let condition, let message):
      read(condition)
      message.map { read($0) }
    case .include: break
    }
  }

  private mutating func read(_ function: Function) {
    let name = function.name
    note(
      name.text, name.span,
      .name(NameIndex.Symbol(kind: .function, name: name.text, scope: nil)), isBinding: true)
    let own = function.parameters.map(\.name.text) + StepNames(of: function.body).binds
    scope = (name.text, Set(own))
    for parameter in function.parameters {
      parameter.defaultValue.map { read($0) }
      bind(parameter.name)
    }
    read(function.body)
    scope = nil
  }

  private mutating func read(_ template: Template) {
    for case .value(let value, _, _) in template.pieces { read(value) }
  }

  // MARK: Expressions

  private mutating func read(_ expression: Expression) {
    switch expression.kind {
    case .number, .bool, .none: break
    case .string(let template): read(template)
    case .list(let elements): elements.forEach { read($0) }
    case .function(let name, let arguments, let span):
      note(name, word(name, in: span), .name(.init(kind: .builtin, name: name, scope: nil)))
      arguments.forEach { read($0) }
    case .name(let name): note(name, word(name, in: expression.span), .name(variable(name)))
    case .word(let name):
      let isVerb = table[name] != nil || functions[name] != nil
      note(
        name, word(name, in: expression.span), .name(isVerb ? verb(name) : variable(name)))
    case .unary(_, let operand): read(operand)
    case .binary(_, let left, let right, _):
      read(left)
      read(right)
    case .member(let base, let name, let span):
      read(base)
      note(name, span, .member)
    case .index(let base, let index):
      read(base)
      read(index)
    case .call(let call): read(call)
    }
  }

  private mutating func read(_ call: Call) {
    note(call.name, call.nameSpan, .name(verb(call.name)))
    let command = table[call.name]
    for argument in call.arguments {
      if let key = argument.name {
        let own = functions[call.name]?.parameters.contains { $0.name.text == key } == true
        let symbol = NameIndex.Symbol(kind: .variable, name: key, scope: call.name)
        note(key, argument.nameSpan, own ? .name(symbol) : .option(of: call.name))
      } else if let word = argument.value.bareWord,
        command?.signature.positional.contains(where: \.takesWord) == true
      {
        // A word that is meant as its own text, as in 'help train'.
        if table[word] != nil { note(word, argument.value.span, .name(verb(word))) }
        continue
      }
      read(argument.value)
    }
  }

  private func word(_ name: String, in span: Span) -> Span { source.place(of: name, in: span) }
}

extension SourceText {
  /// The place of a name in an expression that is nothing but the name, perhaps in parentheses.
  func place(of name: String, in span: Span) -> Span {
    let length = name.utf8.count
    guard span.count > length else { return span }
    var start = span.lower
    while start < span.upper {
      let byte = utf8[start]
      if byte == UInt8(ascii: "#") {
        while start < span.upper, utf8[start] != UInt8(ascii: "\n") { start += 1 }
      } else if Lexer.isNameByte(byte) {
        break
      } else {
        start += 1
      }
    }
    return Span(start, min(span.upper, start + length))
  }
}
