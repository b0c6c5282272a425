internal import Language
internal import Testing

struct InterpreterTests {
  private func step(_ text: String) -> Step? {
    Parser.parse(SourceText(name: "prompt", text)).program.steps.first
  }

  @Test func `a step says what it bound and what it showed`() throws {
    let interpreter = Interpreter(table: MockCommands.table, context: MockHost())
    let first = try interpreter.execute(#require(step("for x in [1, 2] { y = x }")))
    #expect(first.bound.map(\.name) == ["x", "y"])
    #expect(first.value == nil)
    let second = try interpreter.execute(#require(step("y * 2")))
    #expect(second.value?.asNumber == 4)
    #expect(interpreter.value(of: "_")?.asNumber == 4)
    #expect(interpreter.names == ["x", "y"])
  }

  @Test func `parameters take the values given from outside`() {
    let trial = Trial(
      "param epochs = 100\nhalf = epochs / 2\nprint half", overrides: ["epochs": .number(6)])
    #expect(trial.host.outputs == ["3"])
    let wrong = Trial(
      "param e = 100\nd = dataset \"d\"\nr = train (load \"n\") data=d epochs=e",
      overrides: ["e": .number(0)])
    #expect(wrong.found.map(\.message) == ["'epochs' of 'train' is 1 or more, found 0"])
  }

  @Test func `the checker goes on from what the prompt knows`() throws {
    let host = MockHost()
    let interpreter = Interpreter(table: MockCommands.table, context: host)
    _ = try interpreter.execute(#require(step("def f(a) { return a }")))
    _ = try interpreter.execute(#require(step("x = (f 5)")))
    var environment = interpreter.environment
    environment.isPrompt = true
    func check(_ text: String) -> [String] {
      Checker.check(
        Parser.parse(SourceText(name: "prompt", text)).program, table: MockCommands.table,
        host: host, environment: environment
      ).map(\.message)
    }
    #expect(check("print x (f 1) _").contains("unknown name 'x'") == false)
    #expect(check("x.best") == ["a whole number has no members"])
    #expect(check("def f() { return 1 }").isEmpty)
    #expect(check("print y") == ["unknown name 'y'"])
  }

  @Test func `an error leaves what was bound before it`() throws {
    let interpreter = Interpreter(table: MockCommands.table, context: MockHost())
    let failing = try #require(step("for x in [1, 0] { y = x\n z = 1 / x }"))
    #expect(throws: Diagnostic.self) { try interpreter.execute(failing) }
    #expect(interpreter.value(of: "y")?.asNumber == 0)
    #expect(interpreter.value(of: "z")?.asNumber == 1)
  }

  @Test func `an error inside a def names the call`() {
    let failure = Trial("def f(a) { return 1 / a }\nx = (f 0)\n").failure
    #expect(failure?.description == "t.yolos:1:21: error: division by zero")
    #expect(failure?.labels.map(\.message) == ["called from here"])
  }

  @Test func `the canonical call holds every setting and the digests of its inputs`() throws {
    final class Listener: Context {
      var calls: [String] = []
      var isCancelled: Bool { false }
      var baseFolder: String { "." }
      func emit(_ output: Output) {}
      func setting(_ name: String) -> Value? { nil }
      func set(_ name: String, to value: Value) throws(Diagnostic) {}
      func perform(_ command: Command, _ call: Invocation) throws(Diagnostic) -> Value {
        calls.append(call.canonical)
        return try command.code(call, self)
      }
    }
    let listener = Listener()
    let interpreter = Interpreter(table: MockCommands.table, context: listener)
    try interpreter.run(
      Parser.parse(SourceText(name: "t", "p = predict (load \"n.pt\") source=\"x.jpg\"")).program)
    #expect(
      listener.calls == [
        "load file=\"n.pt\"", "predict model=Model:model n.pt source=\"x.jpg\" conf=0.25",
      ])
  }

  @Test func `values of prose keep the mark that they differ between runs`() throws {
    final class Listener: Context {
      var pieces: [TextPiece] = []
      var isCancelled: Bool { false }
      var baseFolder: String { "." }
      func emit(_ output: Output) { if case .prose(let pieces) = output { self.pieces = pieces } }
      func setting(_ name: String) -> Value? { nil }
      func set(_ name: String, to value: Value) throws(Diagnostic) {}
    }
    let listener = Listener()
    let interpreter = Interpreter(table: MockCommands.table, context: listener)
    interpreter.bind("time", to: .number(3.5).asVolatile)
    try interpreter.run(Parser.parse(SourceText(name: "t", "# took {time * 2:.1f} s")).program)
    #expect(
      listener.pieces == [
        TextPiece("took "), TextPiece("7.0", isVolatile: true), TextPiece(" s"),
      ])
  }
}
