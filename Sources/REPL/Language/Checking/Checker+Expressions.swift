internal import Text

extension Checker {
  /// How many values of one expression are followed.
  static let constantLimit = 16

  /// What is known of an expression's value; reports what cannot work in it.
  mutating func infer(_ expression: Expression) -> StaticValue {
    switch expression.kind {
    case .number(let number): return known(.number(number))
    case .bool(let bool): return known(.bool(bool))
    case .none: return known(.none)
    case .string(let template): return inferString(template)
    case .list(let elements): return inferList(elements)
    case .name(let name): return inferName(name, at: expression.span)
    case .word(let name):
      if variables[name] == nil, table[name] != nil || allFunctions[name] != nil {
        let span = expression.span
        return infer(Call(name: name, nameSpan: span, arguments: [], span: span))
      }
      return inferName(name, at: expression.span)
    case .unary(let symbol, let operand): return inferUnary(symbol, operand)
    case .binary(let symbol, let left, let right, let span):
      return inferBinary(symbol, left, right, at: span)
    case .member(let base, let name, let span):
      let owner = infer(base).type
      let value = inferMember(name, of: owner, at: span)
      knowledge?.note(owner: owner, ofMemberAt: span, in: source)
      knowledge?.note(value, at: span, in: source)
      return value
    case .index(let base, let index): return inferIndex(base, index)
    case .function(let name, let arguments, let span):
      return inferFunction(name, arguments, at: span)
    case .call(let call): return infer(call)
    }
  }

  private func known(_ constant: Constant) -> StaticValue {
    StaticValue(type: constant.value.type, constants: [constant])
  }

  private mutating func inferName(_ name: String, at span: Span) -> StaticValue {
    if name == "_", !environment.isPrompt {
      report("'_' is the last value at the prompt; in a script, name it", at: span)
      return StaticValue()
    }
    guard var value = value(of: name) else {
      reportUnknown(name, at: span)
      if table[name] == nil, allFunctions[name] == nil { assume(name) }
      return StaticValue()
    }
    if doubt > 0 { value.constants = [] }
    knowledge?.note(value, at: source.place(of: name, in: span), in: source)
    return value
  }

  private mutating func inferList(_ elements: [Expression]) -> StaticValue {
    let values = elements.map { infer($0) }
    var result = StaticValue(type: .list(.union(of: values.map(\.type))))
    if values.allSatisfy({ $0.constants.count == 1 }) {
      result.constants = [.list(values.map { $0.constants[0] })]
    }
    return result
  }

  // MARK: Text

  mutating func check(_ template: Template) {
    for case .value(let expression, let format, let span) in template.pieces {
      _ = texts(of: expression, format, at: span)
    }
  }

  /// The texts that a value in a template can be; none if that is not known.
  private mutating func texts(
    of expression: Expression, _ format: FormatSpecification?, at span: Span
  ) -> [String] {
    let value = infer(expression)
    guard let format else { return value.constants.map(\.value.text) }
    let values = value.constants.map(\.value)
    let example = values.isEmpty ? Self.example(of: value.type) : nil
    do {
      if let example { _ = try format.format(example) }
      var texts: [String] = []
      for value in values { texts.append(try format.format(value)) }
      return texts
    } catch {
      report(error.message, at: span)
      return []
    }
  }

  private mutating func inferString(_ template: Template) -> StaticValue {
    if let text = template.constant { return known(.string(text)) }
    var texts = [""]
    for piece in template.pieces {
      switch piece {
      case .text(let text): texts = texts.map { $0 + text }
      case .value(let expression, let format, let span):
        let parts = self.texts(of: expression, format, at: span)
        texts = texts.flatMap { text in parts.map { text + $0 } }
      }
      if texts.count > Self.constantLimit || (texts.first?.utf8.count ?? 0) > 4096 { texts = [] }
    }
    return StaticValue(type: .string, constants: texts.map { .string($0) })
  }

  // MARK: Operators

  /// A value of a type, with which operations can be tried; nil where the type is open.
  static func example(of type: ValueType) -> Value? {
    switch type {
    case .number, .integer: .number(1)
    case .string: .string("")
    case .bool: .bool(true)
    case .none: Value.none
    case .list: .list([])
    case .any, .object, .union: nil
    }
  }

  private mutating func inferUnary(_ symbol: UnaryOperator, _ operand: Expression) -> StaticValue {
    let value = infer(operand)
    let type: ValueType = symbol == .not ? .bool : value.type == .integer ? .integer : .number
    guard let example = Self.example(of: value.type) else {
      if case .object = value.type {
        report("'\(symbol.rawValue)' does not work on \(value.type)", at: operand.span)
      }
      return StaticValue(type: type)
    }
    do {
      _ = try Operations.apply(symbol, example)
      let constants = value.constants.compactMap { try? Operations.apply(symbol, $0.value) }
      return StaticValue(type: type, constants: constants.compactMap { Constant($0) })
    } catch {
      report(error, at: operand.span)
      return StaticValue(type: type)
    }
  }

  private mutating func inferBinary(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Span
  ) -> StaticValue {
    let first = infer(left)
    guard symbol == .and || symbol == .or else {
      return inferOperator(symbol, first, infer(right), at: span)
    }
    // Whether the right side runs depends on the left one.
    doubt += 1
    let second = infer(right)
    doubt -= 1
    checkTruth(first, of: symbol.rawValue, at: left.span)
    checkTruth(second, of: symbol.rawValue, at: right.span)
    return StaticValue(type: .bool)
  }

  mutating func inferOperator(
    _ symbol: BinaryOperator, _ first: StaticValue, _ second: StaticValue, at span: Span
  ) -> StaticValue {
    let type = resultType(symbol, first.type, second.type)
    if symbol == .equal || symbol == .unequal {
      checkEquality(symbol, first.type, second.type, at: span)
    } else if isImpossible(symbol, first.type, second.type, at: span) {
      return StaticValue(type: type)
    }
    guard first.constants.count * second.constants.count <= Self.constantLimit else {
      return StaticValue(type: type)
    }
    var constants: [Constant] = []
    for a in first.constants {
      for b in second.constants {
        do {
          let result = try Operations.apply(symbol, a.value, b.value)
          if result.size < 4096, let constant = Constant(result) { constants.append(constant) }
        } catch {
          report(error, at: span)
          return StaticValue(type: type)
        }
      }
    }
    return StaticValue(type: type, constants: constants)
  }

  private mutating func isImpossible(
    _ symbol: BinaryOperator, _ first: ValueType, _ second: ValueType, at span: Span
  ) -> Bool {
    if symbol == .isIn || symbol == .isNotIn {
      guard !second.mayAccept(.list(.any), serves: { _, _ in false }), second != .string else {
        return false
      }
      report("'in' searches a list or a string, found \(second)", at: span)
      return true
    }
    for type in [first, second] {
      guard case .object = type else { continue }
      report("'\(symbol.rawValue)' does not work on \(type)", at: span)
      return true
    }
    guard let a = Self.example(of: first), let b = Self.example(of: second) else { return false }
    do {
      _ = try Operations.apply(symbol, a, b)
      return false
    } catch {
      report(error, at: span)
      return true
    }
  }

  private mutating func checkEquality(
    _ symbol: BinaryOperator, _ first: ValueType, _ second: ValueType, at span: Span
  ) {
    let serves = { (a: String, b: String) in true }
    guard !first.mayAccept(second, serves: serves), !second.mayAccept(first, serves: serves),
      first != .none, second != .none
    else { return }
    let always = symbol == .equal ? "never" : "always"
    report(
      "this is \(always) true: \(first) and \(second)", at: span, severity: .warning)
  }

  private func resultType(_ symbol: BinaryOperator, _ first: ValueType, _ second: ValueType)
    -> ValueType
  {
    switch symbol {
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .isNotIn, .and,
      .or:
      return .bool
    case .divided, .power: return .number
    case .plus, .minus, .times, .modulo: break
    }
    if first == .integer, second == .integer { return .integer }
    if symbol != .plus { return .number }
    if case .list(let a) = first, case .list(let b) = second { return .list(.union(of: [a, b])) }
    if first == .string || second == .string { return .string }
    let areNumbers = [first, second].contains { $0 == .number || $0 == .integer }
    return areNumbers ? .number : .any
  }

  // MARK: Members, elements, functions

  private mutating func inferMember(_ name: String, of type: ValueType, at span: Span)
    -> StaticValue
  {
    var found: [ValueType] = []
    var names: [String] = []
    for part in type.alternatives {
      guard case .object(let typeName) = part, let description = table.type(typeName) else {
        if part == .any { return StaticValue() }
        if case .object = part { return StaticValue() }
        continue
      }
      names += description.members.map(\.name)
      if let member = description.member(name) { found.append(member.type) }
    }
    if !found.isEmpty { return StaticValue(type: .union(of: found)) }
    if names.isEmpty {
      let isList = if case .list = type { true } else { false }
      report(
        "\(type) has no members", at: span,
        hint: isList ? "pick an element first, as in 'list[0].\(name)'" : nil)
    } else {
      report(
        "\(type) has no member '\(name)'", at: span,
        hint: Suggestion.hint(for: name, among: names)
          ?? (names.count <= 10 ? "it has \(names.joined(separator: ", "))" : nil))
    }
    return StaticValue()
  }

  private mutating func inferIndex(_ base: Expression, _ index: Expression) -> StaticValue {
    let (list, place) = (infer(base), infer(index))
    if !ValueType.integer.mayAccept(place.type, serves: { _, _ in false }) {
      report("an index is a whole number, found \(place.type)", at: index.span)
      return StaticValue()
    }
    switch list.type {
    case .list(let element):
      guard list.constants.count == 1, place.constants.count == 1 else {
        return StaticValue(type: element)
      }
      do {
        let value = try Operations.element(
          of: list.constants[0].value, at: place.constants[0].value)
        return StaticValue(type: value.type, constants: Constant(value).map { [$0] } ?? [])
      } catch {
        report(error, at: index.span)
        return StaticValue(type: element)
      }
    case .any, .union: return StaticValue()
    default:
      report("only lists have elements, found \(list.type)", at: base.span)
      return StaticValue()
    }
  }

  private mutating func inferFunction(_ name: String, _ arguments: [Expression], at span: Span)
    -> StaticValue
  {
    let values = arguments.map { infer($0) }
    guard let builtin = Builtin.named(name) else {
      let isCommand = table[name] != nil || allFunctions[name] != nil
      report(
        "unknown function '\(name)'", at: span,
        hint: isCommand
          ? "'\(name)' is a command; write: (\(name) …)"
          : Suggestion.hint(for: name, among: Builtin.all.map(\.name)))
      return StaticValue()
    }
    guard (builtin.required...builtin.parameters.count).contains(values.count) else {
      report(builtin.wrongCount(values.count), at: span)
      return StaticValue(type: builtin.result)
    }
    for (index, type) in builtin.parameters.enumerated() where index < values.count {
      guard !type.mayAccept(values[index].type, serves: table.serves) else { continue }
      report("'\(name)' expects \(type), found \(values[index].type)", at: arguments[index].span)
      return StaticValue(type: builtin.result)
    }
    var result = StaticValue(type: builtin.result)
    if ["sorted", "reversed"].contains(name) { result.type = values[0].type }
    guard values.allSatisfy({ $0.constants.count == 1 }) else { return result }
    do {
      let value = try builtin.call(values.map { $0.constants[0].value })
      if value.size < 4096 { result.constants = Constant(value).map { [$0] } ?? [] }
    } catch {
      report(error, at: arguments.first?.span ?? span)
    }
    return result
  }
}
