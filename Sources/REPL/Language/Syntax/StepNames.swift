/// Which names a step reads, binds and calls; found from its text alone.
package struct StepNames: Equatable, Sendable {
  /// The variables it reads, in the order of first reading.
  package private(set) var reads: [String] = []
  /// The variables it may bind, in the order of first binding.
  package private(set) var binds: [String] = []
  /// The commands and defs it calls, in the order of first calling.
  package private(set) var calls: [String] = []

  init(of statement: Statement) { add(statement) }

  init(of statements: [Statement]) { statements.forEach { add($0) } }

  private var seenReads: Set<String> = []
  private var seenBinds: Set<String> = []
  private var seenCalls: Set<String> = []

  private mutating func read(_ name: String) {
    if seenReads.insert(name).inserted { reads.append(name) }
  }

  private mutating func bind(_ name: String) {
    if seenBinds.insert(name).inserted { binds.append(name) }
  }

  private mutating func call(_ name: String) {
    if seenCalls.insert(name).inserted { calls.append(name) }
  }

  private mutating func add(_ statement: Statement) {
    switch statement.kind {
    case .prose(let template, _): add(template)
    case .expression(let value): add(value)
    case .assign(let name, let value), .param(let name, let value, _):
      add(value)
      bind(name.text)
    case .append(let name, let value):
      read(name.text)
      add(value)
      bind(name.text)
    case .condition(let branches, let otherwise):
      for branch in branches {
        add(branch.condition)
        branch.body.forEach { add($0) }
      }
      otherwise?.forEach { add($0) }
    case .loop(let name, let list, let body):
      add(list)
      bind(name.text)
      body.forEach { add($0) }
    case .define(let function):
      // Only what its body calls: a def reads nothing but its arguments and parameters.
      bind(function.name.text)
      StepNames(of: function.body).calls.forEach { call($0) }
      function.parameters.compactMap(\.defaultValue).forEach { add($0) }
    case .leave(let value): value.map { add($0) }
    case .assert(let condition, let message):
      add(condition)
      message.map { add($0) }
    case .include: break
    }
  }

  private mutating func add(_ template: Template) {
    for case .value(let value, _, _) in template.pieces { add(value) }
  }

  private mutating func add(_ expression: Expression) {
    switch expression.kind {
    case .number, .bool, .none: break
    case .string(let template): add(template)
    case .list(let elements), .function(_, let elements, _): elements.forEach { add($0) }
    case .name(let name), .word(let name): read(name)
    case .unary(_, let operand): add(operand)
    case .binary(_, let left, let right, _):
      add(left)
      add(right)
    case .member(let base, _, _): add(base)
    case .index(let base, let index):
      add(base)
      add(index)
    case .call(let inner):
      call(inner.name)
      inner.arguments.forEach { add($0.value) }
    }
  }
}
