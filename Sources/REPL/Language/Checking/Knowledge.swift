/// What the checker came to know of the names in a text: what an editor shows where somebody points at one.
package struct Knowledge {
  /// What is known of a value.
  package struct Fact: Sendable {
    /// Its type, as far as it is known.
    package let type: ValueType
    /// The value itself, where there is but one that it can have.
    package let constant: Constant?

    init(_ value: StaticValue) {
      type = value.type
      constant = value.constants.count == 1 ? value.constants[0] : nil
    }
  }

  /// A place where a name gets a value.
  package struct Binding {
    /// The name.
    package let name: String
    /// Where it stands.
    package let span: Span
    /// The text that it stands in.
    package let source: SourceText
    /// The `def` in which it is bound; nil for the script itself.
    package let function: String?
    /// Whether it is a parameter of the script.
    package let isParameter: Bool
    /// What it holds from there on.
    package let fact: Fact
    /// The call that made its value, if it is known.
    package let origin: StaticCall?
  }

  /// The bindings in the order of the program.
  package private(set) var bindings: [Binding] = []
  private let source: SourceText
  private var facts: [Span: Fact] = [:]
  private var owners: [Span: ValueType] = [:]

  init(of source: SourceText) { self.source = source }

  /// What is known of the name that is read at a place of the text, or of the member there.
  package func fact(at span: Span) -> Fact? { facts[span] }

  /// What stands before the dot of the member at a place of the text.
  package func owner(ofMemberAt span: Span) -> ValueType? { owners[span] }

  /// What is bound where an offset of the text lies: of each name the latest binding before it.
  ///
  /// - Parameters:
  ///   - offset: The place.
  ///   - function: The `def` that it lies in; nil for the script itself.
  /// - Returns: Bindings by name.
  package func visible(at offset: Int, in function: String?) -> [String: Binding] {
    var result: [String: Binding] = [:]
    for binding in bindings {
      guard binding.source !== source || binding.span.upper < offset else { continue }
      if binding.function == function || (binding.function == nil && binding.isParameter) {
        result[binding.name] = binding
      }
    }
    return result
  }

  mutating func note(_ value: StaticValue, at span: Span, in source: SourceText) {
    if source === self.source { facts[span] = Fact(value) }
  }

  mutating func note(owner: ValueType, ofMemberAt span: Span, in source: SourceText) {
    if source === self.source { owners[span] = owner }
  }

  mutating func note(_ binding: Binding) {
    bindings.append(binding)
    note(binding.fact, at: binding.span, in: binding.source)
  }

  private mutating func note(_ fact: Fact, at span: Span, in source: SourceText) {
    if source === self.source { facts[span] = fact }
  }
}

extension Checker {
  /// Checks a program whose includes are resolved, and keeps what was learned on the way.
  ///
  /// The findings are those of ``check(_:table:host:environment:)``.
  package static func inspect(
    _ program: Program, table: CommandTable, host: any LintHost,
    environment: Environment = Environment()
  ) -> (findings: [Diagnostic], knowledge: Knowledge) {
    var checker = Checker(program, table: table, host: host, environment: environment)
    checker.knowledge = Knowledge(of: program.source)
    let findings = checker.checkAll(program)
    return (findings, checker.knowledge ?? Knowledge(of: program.source))
  }

  /// Notes for an editor that a name was bound.
  mutating func noteBinding(_ name: Name) {
    guard knowledge != nil, let value = variables[name.text] else { return }
    knowledge?.note(
      Knowledge.Binding(
        name: name.text, span: name.span, source: source, function: function?.name.text,
        isParameter: function == nil && parameters.contains(name.text),
        fact: Knowledge.Fact(value), origin: value.origin))
  }
}
