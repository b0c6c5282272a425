internal import Language

/// Values of parameters as the command line gives them.
enum ParameterText {
  /// The value of `-p name=text`: a literal of the language where the text is one, else the text.
  static func value(_ text: String, default standard: String?) -> Value {
    // Where the script has a text, "1" is meant as one.
    if standard?.hasPrefix("\"") == true, !text.hasPrefix("\"") { return .string(text) }
    let source = SourceText(name: "-p", "value = \(text)")
    let parsed = Parser.parse(source)
    guard parsed.isClean, parsed.program.steps.count == 1 else { return .string(text) }
    let interpreter = Interpreter(table: CommandTable([]), context: NoContext())
    guard (try? interpreter.run(parsed.program)) != nil, let value = interpreter.value(of: "value")
    else { return .string(text) }
    return value
  }

  /// A context for literals, in which nothing can be done.
  private final class NoContext: Context {
    var isCancelled: Bool { false }
    var baseFolder: String { "." }
    func emit(_ output: Output) {}
    func setting(_ name: String) -> Value? { nil }
    func set(_ name: String, to value: Value) throws(Diagnostic) {
      throw Diagnostic("a literal cannot change settings")
    }
  }
}
