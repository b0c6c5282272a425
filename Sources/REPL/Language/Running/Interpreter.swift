/// Runs programs step by step.
///
/// Whatever a program does ends in values or in a diagnostic.
///
/// The host drives it: it executes one step after the other and may bind names itself where it has a
/// step's results already. Everything is deterministic; the only source of change is the host.
package final class Interpreter {
  /// What a program may use up before it is stopped with a message.
  package struct Limits: Sendable {
    /// Statements, calls and turns of loops.
    package var steps = 1_000_000
    /// Expressions, blocks and calls that stand in one another while running.
    package var depth = 400
    /// Elements of one list.
    package var listCount = 100_000
    /// Bytes of one value, roughly.
    package var valueSize = 1 << 24
    /// Bytes of all values that were made or searched, roughly.
    package var totalSize = 1 << 32
    /// Lists that stand in one another.
    package var listDepth = 64

    /// The limits that programs run under.
    package static let standard = Limits()
    /// The standard limits, for changing some of them.
    package init() {}
  }

  /// What a step did.
  package struct StepResult {
    /// The value of a statement that binds no name; it was given to the host to be shown.
    package let value: Value?
    /// The top-level names it bound, with their new values, in the order of their names.
    package let bound: [(name: String, value: Value)]
  }

  /// The commands and types that programs use.
  package let table: CommandTable
  /// Who takes the output.
  package let context: any Context
  /// Where programs are stopped.
  package let limits: Limits
  /// Values for parameters that take the place of their defaults (`-p epochs=5`).
  package var overrides: [String: Value]

  /// The names and their values at one level: the script's, or those of a running `def`.
  struct Frame {
    var variables: [String: Value] = [:]
    var source: SourceText
    /// The `def` that runs; nil for the script itself.
    var function: Function?
  }

  var frames: [Frame]
  var functions: [String: Function] = [:]
  private(set) var parameters: Set<String> = []
  var lastValue: Value?
  /// The name that the next call's value is bound to.
  var boundName: String?
  private var bound: Set<String> = []
  private var stepCount = 0
  private var totalSize = 0
  private var depth = 0

  /// Prepares a run.
  package init(
    table: CommandTable, context: any Context, overrides: [String: Value] = [:],
    limits: Limits = .standard
  ) {
    (self.table, self.context, self.overrides) = (table, context, overrides)
    self.limits = limits
    frames = [Frame(source: SourceText(name: "", ""))]
  }

  /// Runs all steps up to the first error.
  package func run(_ program: Program) throws(Diagnostic) {
    for step in program.steps { _ = try execute(step) }
  }

  /// Runs one step.
  ///
  /// Limits on steps and sizes count from here. - Throws: The diagnostic with its place. What the
  /// step had bound before stays bound.
  @discardableResult
  package func execute(_ step: Step) throws(Diagnostic) -> StepResult {
    (stepCount, totalSize, depth, bound, lastValue, boundName) = (0, 0, 0, [], nil, nil)
    frames = [frames[0]]
    frames[0].source = step.source
    do {
      _ = try run(step.statement)
    } catch {
      frames.removeSubrange(1...)
      throw error
    }
    let names = bound.sorted()
    let results = names.compactMap { name in frames[0].variables[name].map { (name, $0) } }
    if let lastValue { frames[0].variables["_"] = lastValue }
    return StepResult(value: lastValue, bound: results)
  }

  // MARK: Names

  /// The value of a top-level name.
  package func value(of name: String) -> Value? { frames[0].variables[name] }

  /// Binds a top-level name, as a step would do whose result is known already.
  package func bind(_ name: String, to value: Value) { frames[0].variables[name] = value }

  /// All that is bound at the top: values (that of `_` too), defs, and which names are parameters.
  package struct Bindings {
    fileprivate let variables: [String: Value]
    fileprivate let functions: [String: Function]
    fileprivate let parameters: Set<String>
  }

  /// What is bound just now; setting it goes back to how things stood.
  package var bindings: Bindings {
    get { Bindings(variables: frames[0].variables, functions: functions, parameters: parameters) }
    set {
      frames[0].variables = newValue.variables
      (functions, parameters) = (newValue.functions, newValue.parameters)
    }
  }

  /// The top-level names in order, `_` left out.
  package var names: [String] { frames[0].variables.keys.filter { $0 != "_" }.sorted() }

  /// The names of the defs, in order.
  package var functionNames: [String] { functions.keys.sorted() }

  /// Whether a name is a parameter of the script.
  package func isParameter(_ name: String) -> Bool { parameters.contains(name) }

  /// What the checker may take as known before the next steps.
  package var environment: Checker.Environment {
    Checker.Environment(
      variables: frames[0].variables, parameters: parameters, functions: functions,
      overrides: overrides)
  }

  func assign(_ name: Name, _ value: Value) throws(Diagnostic) {
    try checkBindable(name)
    frames[frames.count - 1].variables[name.text] = value
    if frames.count == 1 { bound.insert(name.text) }
  }

  func define(_ function: Function) throws(Diagnostic) {
    try checkBindable(function.name, asFunction: true)
    functions[function.name.text] = function
  }

  func setParameter(_ name: Name, _ value: Value) throws(Diagnostic) {
    parameters.remove(name.text)
    try assign(name, value)
    parameters.insert(name.text)
  }

  private func checkBindable(_ name: Name, asFunction: Bool = false) throws(Diagnostic) {
    let problem =
      NameRules.problem(with: name.text, table: table)
      ?? (parameters.contains(name.text) && frames.count == 1
        ? "'\(name.text)' is a parameter and keeps its value" : nil)
      ?? (!asFunction && functions[name.text] != nil ? "'\(name.text)' is a def" : nil)
      ?? (asFunction && frames[0].variables[name.text] != nil
        ? "'\(name.text)' is a variable already" : nil)
    if let problem { throw place(Diagnostic(problem), at: name.span) }
  }

  /// The value of a name as the running code sees it.
  func lookUp(_ name: String) -> Value? {
    if let value = frames[frames.count - 1].variables[name] { return value }
    return frames.count > 1 && parameters.contains(name) ? frames[0].variables[name] : nil
  }

  // MARK: Limits

  func place(_ diagnostic: Diagnostic, at span: Span) -> Diagnostic {
    diagnostic.located(at: span, in: frames[frames.count - 1].source)
  }

  /// Counts a statement, a call or a turn of a loop.
  func countStep(at span: Span) throws(Diagnostic) {
    stepCount += 1
    guard stepCount <= limits.steps else {
      throw place(Diagnostic("stopped after \(limits.steps) steps"), at: span)
    }
    if context.isCancelled {
      throw place(Diagnostic("interrupted", kind: .interrupted), at: span)
    }
  }

  /// Goes one level deeper; `leave` must follow.
  func enter(at span: Span) throws(Diagnostic) {
    guard depth < limits.depth else {
      throw place(
        Diagnostic(
          "calls and expressions are nested more than \(limits.depth) deep",
          hint: "does a def call itself endlessly?"), at: span)
    }
    depth += 1
  }

  func leave() { depth -= 1 }

  /// Counts work on a value.
  func charge(_ size: Int, at span: Span) throws(Diagnostic) {
    totalSize += size
    guard totalSize <= limits.totalSize else {
      throw place(Diagnostic("stopped: this step makes too many values"), at: span)
    }
  }

  /// Lets a new value pass if it is not too large.
  func admit(_ value: Value, at span: Span) throws(Diagnostic) -> Value {
    if let count = value.asList?.count, count > limits.listCount {
      throw place(
        Diagnostic("this list would be longer than \(limits.listCount) elements"), at: span)
    }
    guard value.size <= limits.valueSize else {
      throw place(
        Diagnostic("this value would be larger than \(limits.valueSize) bytes"), at: span)
    }
    guard value.depth <= limits.listDepth else {
      throw place(
        Diagnostic("lists are nested more than \(limits.listDepth) deep"), at: span)
    }
    try charge(value.size, at: span)
    return value
  }
}
