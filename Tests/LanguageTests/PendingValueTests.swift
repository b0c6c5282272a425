internal import Language
internal import Testing

/// Values that are worked out elsewhere while the program goes on.
struct PendingValueTests {
  /// A promise of a checkpoint.
  private final class Promise: PendingValue {
    let number: Int
    var known: Value?
    unowned let host: Host

    init(_ number: Int, _ host: Host) { (self.number, self.host) = (number, host) }

    var objectType: ObjectType { MockCheckpoint.objectType }

    func wait() throws(Diagnostic) -> Value {
      if let known { return known }
      host.waits.append(number)
      guard number != host.failing else { throw Diagnostic("promise \(number) failed") }
      let value = Value.object(MockCheckpoint(epoch: number))
      known = value
      return value
    }
  }

  /// A host whose `load` gives promises.
  private final class Host: Context {
    var waits: [Int] = []
    var failing = 0
    var count = 0
    var outputs: [Bool] = []
    var isCancelled: Bool { false }
    var baseFolder: String { "." }
    func emit(_ output: Output) {
      if case .value(let value) = output { outputs.append(value.holdsPending) }
    }
    func setting(_ name: String) -> Value? { nil }
    func set(_ name: String, to value: Value) throws(Diagnostic) {}
    func perform(_ command: Command, _ call: Invocation) throws(Diagnostic) -> Value {
      guard command.name == "load" else { return try command.code(call, self) }
      count += 1
      return .pending(Promise(count, self))
    }
  }

  /// What was waited for after some steps.
  private func waits(_ text: String, failing: Int = 0) throws -> [Int] {
    let host = Host()
    host.failing = failing
    let interpreter = Interpreter(table: MockCommands.table, context: host)
    let program = Parser.parse(SourceText(name: "t", text))
    #expect(program.isClean)
    try interpreter.run(program.program)
    return host.waits
  }

  private static let three = "a = load \"a\"\nb = load \"b\"\nc = load \"c\"\n"

  @Test(arguments: [
    "x = a", "l = [a, b]\nl += c\nn = len(l)", "l = [a] + [b, c]\nx = l[1]",
    "for x in [a, b] { y = x }", "def f(x) { return x }\ny = (f a)", "x = reversed([a, b])",
    "x = type(a)", "load \"d\"", "[a, b]", "x = [[a], [b]][0][0]",
  ])
  func `nothing is waited for where nobody looks into it`(step: String) throws {
    #expect(try waits(Self.three + step) == [])
  }

  @Test(arguments: [
    ("x = b.epoch", [2]), ("x = b == c", [2, 3]), ("print \"{a}\"", [1]),
    ("# It has {c.epoch}.", [3]), ("x = [c, a]\nprint x", [3, 1]), ("x = join([a, b])", [1, 2]),
    ("l = [a, b, c]\nx = l[1].epoch", [2]), ("x = a in [b, c]", [1, 2, 3]),
    ("if a.epoch > 0 { x = 1 }", [1]), ("summary c", [3]), ("x = b.epoch + b.epoch", [2]),
  ])
  func `what is looked into is waited for, once`(step: String, expected: [Int]) throws {
    #expect(try waits(Self.three + step) == expected)
  }

  @Test func `a promise is of its type before it is kept, and then the value itself`() throws {
    let host = Host(), promise = Promise(7, host)
    let value = Value.list([.pending(promise)])
    #expect(value.holdsPending && value.type == .list(.object("Checkpoint")))
    #expect(Value.pending(promise).isOf(.object("Model")), "it serves as one")
    #expect(Value.pending(promise).asObject(MockCheckpoint.self) == nil)
    #expect(Value.pending(promise).text == "a Checkpoint that is not there yet")
    let settled = try value.settled()
    #expect(!settled.holdsPending && settled.asList?.first?.text == "checkpoint of epoch 7")
    #expect(Value.pending(promise).asObject(MockCheckpoint.self)?.epoch == 7)
    #expect(Value.pending(promise).equals(.object(MockCheckpoint(epoch: 7))))
  }

  @Test func `a promise that is broken fails the step that looks`() throws {
    #expect(throws: Diagnostic.self) { try waits(Self.three + "x = b.epoch", failing: 2) }
    #expect(try waits(Self.three + "x = a.epoch", failing: 2) == [1])
  }
}
