extension Checker {
  mutating func check(_ body: [Statement]) {
    var isReached = true
    blocks += 1
    defer { blocks -= 1 }
    for statement in body {
      if !isReached {
        report("this is never reached", at: statement.span, severity: .warning)
        isReached = true
      }
      check(statement)
      if case .leave = statement.kind { isReached = false }
    }
  }

  mutating func check(_ statement: Statement) {
    switch statement.kind {
    case .prose(let template, _): check(template)
    case .expression(let value): _ = infer(value)
    case .assign(let name, let value):
      let known = infer(value)
      checkBindable(name)
      set(name.text, known)
      noteBinding(name)
    case .append(let name, let value):
      checkAppend(name, infer(value), value)
      noteBinding(name)
    case .param(let name, let value, _): checkParam(name, value)
    case .condition(let branches, let otherwise): checkCondition(branches, otherwise)
    case .loop(let name, let list, let body): checkLoop(name, list, body)
    case .define(let function): check(function)
    case .leave(let value):
      if function == nil {
        report("'return' works only inside a def", at: statement.span)
      }
      if let value { _ = infer(value) }
    case .assert(let condition, let message):
      checkTruth(infer(condition), of: "assert", at: condition.span)
      if let message { _ = infer(message) }
    case .include(_, let span): report("this file was not read", at: span)
    }
  }

  private mutating func checkParam(_ name: Name, _ value: Expression) {
    var known = infer(value)
    if let problem = NameRules.problem(with: name.text, table: table) {
      report(problem, at: name.span)
    } else if let first = parameterSpans[name.text] {
      report("there are two parameters named '\(name.text)'", at: name.span, labels: [first])
    } else if variables[name.text] != nil, !parameters.contains(name.text),
      !assumed.contains(name.text)
    {
      report("'\(name.text)' is a variable already", at: name.span)
    }
    if let given = environment.overrides[name.text] {
      known = StaticValue(type: given.type, constants: Constant(given).map { [$0] } ?? [])
    }
    parameters.insert(name.text)
    parameterSpans[name.text] = .init("the parameter", at: name.span, in: source)
    set(name.text, known)
    noteBinding(name)
  }

  private mutating func checkAppend(_ name: Name, _ added: StaticValue, _ value: Expression) {
    guard let old = variables[name.text] else {
      reportUnknown(name.text, at: name.span)
      return assume(name.text)
    }
    checkBindable(name)
    switch old.type {
    case .list(let element):
      if case .list = value.kind, case .list = element {
      } else if case .list = value.kind {
        report(
          "'+=' appends this list as one element", at: value.span, severity: .warning,
          hint: "to join lists write '\(name.text) = \(name.text) + …'")
      }
      let type = old.constants == [.list([])] ? added.type : .union(of: [element, added.type])
      set(name.text, StaticValue(type: .list(type)))
    case .number, .integer, .string:
      let result = inferOperator(.plus, old, added, at: name.span)
      set(name.text, doubt > 0 ? StaticValue(type: result.type) : result)
    case .any, .union: set(name.text, StaticValue())
    case .bool, .none, .object:
      report(
        "'+=' adds to a number, a string or a list; '\(name.text)' is \(old.type)", at: name.span)
    }
  }

  mutating func checkTruth(_ value: StaticValue, of word: String, at span: Span) {
    guard !value.type.mayAccept(.bool, serves: { _, _ in false }) else { return }
    report(
      "'\(word)' needs true or false, found \(value.type)", at: span,
      hint: "compare it, as in 'x > 0'")
  }

  private mutating func checkCondition(_ branches: [Statement.Branch], _ otherwise: [Statement]?) {
    var outcomes: [[String: StaticValue]] = []
    for branch in branches {
      checkTruth(infer(branch.condition), of: "if", at: branch.condition.span)
      outcomes.append(self.branch { $0.check(branch.body) })
    }
    outcomes.append(self.branch { $0.check(otherwise ?? []) })
    join(outcomes)
  }

  private mutating func checkLoop(_ name: Name, _ list: Expression, _ body: [Statement]) {
    let known = infer(list)
    checkBindable(name)
    // What the body binds is, when it begins again, what it was or what the body made of it.
    let bindings = StepNames(of: body).binds
    for bound in bindings {
      guard let before = variables[bound] else { continue }
      if case .list = before.type {
        set(bound, StaticValue(type: .list(.any)))
      } else {
        set(bound, StaticValue())
      }
    }
    set(name.text, element(of: known, at: list.span))
    noteBinding(name)
    check(body)
    // Behind the loop nothing proves that its last turn was the one that bound a name.
    for bound in bindings {
      if let value = variables[bound] { set(bound, StaticValue(type: value.type)) }
    }
    set(name.text, StaticValue(type: variables[name.text]?.type ?? .any))
  }

  /// What a loop's variable can be.
  private mutating func element(of list: StaticValue, at span: Span) -> StaticValue {
    switch list.type {
    case .list(let type):
      guard list.constants.count == 1, case .list(let elements) = list.constants[0],
        elements.count <= Self.constantLimit
      else { return StaticValue(type: type) }
      return StaticValue(type: type, constants: elements)
    case .any, .union: return StaticValue()
    default:
      let count = list.constants.first?.value.asInteger
      report(
        "'for' needs a list, found \(list.type)", at: span,
        hint: count.map { "write range(\($0))" })
      return StaticValue()
    }
  }

  private mutating func check(_ definition: Function) {
    checkBindable(definition.name, asFunction: true)
    if functions[definition.name.text] != nil, !environment.isPrompt {
      report("there are two defs named '\(definition.name.text)'", at: definition.name.span)
    }
    functions[definition.name.text] = definition
    let (outer, outerSeen, outerJournals) = (variables, functions, journals)
    outerVariables = variables
    (variables, functions, journals, function) = ([:], allFunctions, [], definition)
    // Where and how often its body runs is not known.
    doubt += 1
    for parameter in definition.parameters {
      if let defaultValue = parameter.defaultValue { _ = infer(defaultValue) }
      if let problem = NameRules.problem(with: parameter.name.text, table: table) {
        report(problem, at: parameter.name.span)
      }
      variables[parameter.name.text] = StaticValue()
      noteBinding(parameter.name)
    }
    check(definition.body)
    doubt -= 1
    (variables, functions, journals, function) = (outer, outerSeen, outerJournals, nil)
    outerVariables = [:]
  }
}
