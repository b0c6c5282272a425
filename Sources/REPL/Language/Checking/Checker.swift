internal import Text

/// Finds what cannot work in a program without running it: names, options, members, types,
/// settings.
///
/// That is all that `lint` does, and it is done before the first step runs.
package struct Checker {
  /// What is bound before the program begins; at the prompt, by the lines before.
  package struct Environment {
    var variables: [String: Value]
    var parameters: Set<String>
    var functions: [String: Function]
    var overrides: [String: Value]
    /// Whether lines are typed one after the other: `_` is known and names may be bound anew.
    package var isPrompt = false

    init(
      variables: [String: Value], parameters: Set<String>, functions: [String: Function],
      overrides: [String: Value]
    ) {
      (self.variables, self.parameters) = (variables, parameters)
      (self.functions, self.overrides) = (functions, overrides)
    }

    /// Nothing is bound; parameters have the given values instead of their defaults.
    package init(overrides: [String: Value] = [:]) {
      self.init(variables: [:], parameters: [], functions: [:], overrides: overrides)
    }
  }

  let table: CommandTable
  let host: any LintHost
  let environment: Environment
  var source: SourceText
  var diagnostics: [Diagnostic] = []
  /// What is known of each name in scope.
  var variables: [String: StaticValue] = [:]
  /// Inside a `def`: what is known outside, of which it sees the parameters of the script.
  var outerVariables: [String: StaticValue] = [:]
  /// Names that were used where nothing binds them: said once, and no reason for a second error.
  var assumed: Set<String> = []
  var parameters: Set<String>
  /// Where the script's own parameters were bound, for the message about a second binding.
  var parameterSpans: [String: Diagnostic.Label] = [:]
  /// The defs that were met so far, and all that the program has.
  var functions: [String: Function]
  var allFunctions: [String: Function]
  /// Where each top-level name is bound first.
  var firstBindings: [String: (span: Span, source: SourceText)] = [:]
  var function: Function?
  /// Above 0 where code may not run: what variables hold proves nothing there.
  var doubt = 0
  /// What is noted for an editor; nil where none asks.
  var knowledge: Knowledge?
  /// How many blocks stand around the statement.
  var blocks = 0
  /// How many errors and how many warnings were found.
  ///
  /// After so many errors the rest is not checked, and further warnings are not told.
  private var errorCount = 0
  private var warningCount = 0
  private static let findingLimit = 50
  /// How many names may still be compared with misspelt ones.
  var suggestionBudget = 200_000
  /// For each open branch: the names it changed, with what was known before.
  var journals: [[String: StaticValue?]] = []

  /// Checks a program whose includes are resolved.
  ///
  /// The findings stand in the order of the text.
  package static func check(
    _ program: Program, table: CommandTable, host: any LintHost,
    environment: Environment = Environment()
  ) -> [Diagnostic] {
    var checker = Checker(program, table: table, host: host, environment: environment)
    return checker.checkAll(program)
  }

  /// Checks all steps, up to as many errors as are told.
  mutating func checkAll(_ program: Program) -> [Diagnostic] {
    let (findings, table) = (checkSteps(program), table)
    return ForeignLine { table[$0] != nil }.translated(findings, in: program.source)
  }

  private mutating func checkSteps(_ program: Program) -> [Diagnostic] {
    var told: [Diagnostic]?
    for step in program.steps {
      source = step.source
      check(step.statement)
      guard errorCount >= Self.findingLimit, told == nil else { continue }
      told =
        diagnostics + [Diagnostic("there may be more errors below", kind: .lint, severity: .note)]
      // An editor still wants to know what stands there.
      if knowledge == nil { break }
    }
    if let told { return told }
    guard warningCount > Self.findingLimit else { return diagnostics }
    return diagnostics + [Diagnostic("there are more warnings", kind: .lint, severity: .note)]
  }

  init(
    _ program: Program, table: CommandTable, host: any LintHost, environment: Environment
  ) {
    (self.table, self.host, self.environment) = (table, host, environment)
    (source, parameters, functions) = (
      program.source, environment.parameters, environment.functions
    )
    allFunctions = environment.functions
    for (name, value) in environment.variables {
      variables[name] = StaticValue(
        type: value.type, constants: Constant(value).map { [$0] } ?? [])
    }
    for step in program.steps {
      if case .define(let function) = step.statement.kind {
        allFunctions[function.name.text] = function
      }
      for name in step.binds where firstBindings[name] == nil {
        firstBindings[name] = (step.span, step.source)
      }
    }
  }

  // MARK: Reporting

  mutating func report(
    _ message: String, at span: Span, severity: Diagnostic.Severity = .error, hint: String? = nil,
    labels: [Diagnostic.Label] = []
  ) {
    report(
      Diagnostic(
        message, at: span, in: source, kind: .lint, severity: severity, hint: hint, labels: labels),
      at: span)
  }

  mutating func report(_ diagnostic: Diagnostic, at span: Span) {
    var found = diagnostic.located(at: span, in: source)
    found.kind = .lint
    if found.severity == .error { errorCount += 1 }
    if found.severity == .warning { warningCount += 1 }
    // One step may hold as many as a file; each of them costs a walk along its line to be shown.
    let count = found.severity == .error ? errorCount : warningCount
    if count <= Self.findingLimit { diagnostics.append(found) }
  }

  // MARK: Names

  /// Notes what is known of a name from here on.
  mutating func set(_ name: String, _ value: StaticValue) {
    if !journals.isEmpty, journals[journals.count - 1][name] == nil {
      journals[journals.count - 1][name] = .some(variables[name])
    }
    variables[name] = value
    assumed.remove(name)
  }

  /// What is known of a name as the code at hand sees it.
  func value(of name: String) -> StaticValue? {
    if let value = variables[name] { return value }
    return function != nil && parameters.contains(name) ? outerVariables[name] : nil
  }

  /// Takes a name as bound behind an error that said it is not.
  mutating func assume(_ name: String) {
    variables[name] = StaticValue()
    assumed.insert(name)
  }

  /// Checks a branch that may not run; gives what it changed and takes that back.
  mutating func branch(_ body: (inout Checker) -> Void) -> [String: StaticValue] {
    journals.append([:])
    doubt += 1
    body(&self)
    doubt -= 1
    var changes: [String: StaticValue] = [:]
    for (name, before) in journals.removeLast() {
      changes[name] = variables[name]
      variables[name] = before
    }
    return changes
  }

  /// Joins what several branches changed into what is known behind them.
  mutating func join(_ branches: [[String: StaticValue]]) {
    for name in Set(branches.flatMap(\.keys)).sorted() {
      let outcomes = branches.map { $0[name] ?? variables[name] }.compactMap { $0 }
      set(name, StaticValue(type: ValueType.union(of: outcomes.map(\.type))))
    }
  }

  /// Checks that a name may be bound here.
  mutating func checkBindable(_ name: Name, asFunction: Bool = false) {
    if let problem = NameRules.problem(with: name.text, table: table) {
      return report(problem, at: name.span)
    }
    if parameters.contains(name.text), function == nil {
      report(
        "'\(name.text)' is a parameter and keeps its value", at: name.span,
        hint: "use another name", labels: parameterSpans[name.text].map { [$0] } ?? [])
    } else if !asFunction, functions[name.text] != nil, function == nil {
      report("'\(name.text)' is a def", at: name.span)
    } else if asFunction, variables[name.text] != nil, !assumed.contains(name.text) {
      report("'\(name.text)' is a variable already", at: name.span)
    }
  }

  mutating func reportUnknown(_ name: String, at span: Span) {
    if table[name] != nil || allFunctions[name] != nil {
      return report(
        "'\(name)' is a command, not a value", at: span,
        hint: "to use its result, put it in parentheses: (\(name) …)")
    }
    if let function, firstBindings[name] != nil {
      return report(
        "a def sees only its own names, and '\(name)' is defined outside", at: span,
        hint: "def \(function.name.text)(…, \(name))")
    }
    if let first = firstBindings[name], first.source !== source || first.span.lower > span.lower {
      return report(
        "'\(name)' is used before it has a value", at: span,
        labels: [.init("it gets its value here", at: first.span, in: first.source)])
    }
    report("unknown name '\(name)'", at: span, hint: hint(forUnknown: name))
  }

  /// What may be meant by a name that is not bound: a near one, or what another language calls so.
  mutating func hint(forUnknown name: String) -> String? {
    var known = ["true", "false", "none"]
    if variables.count <= suggestionBudget {
      suggestionBudget -= variables.count
      let outer = function == nil ? [] : parameters.sorted()
      known = variables.keys.filter { !assumed.contains($0) }.sorted() + outer + known
    }
    return Suggestion.hint(for: name, among: known) ?? ForeignWord.hint(for: name)
      ?? (Builtin.named(name) != nil ? "'\(name)' is a function: \(name)(…)" : nil)
  }
}
