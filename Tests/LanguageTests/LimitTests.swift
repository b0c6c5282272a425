internal import Language
internal import Testing

/// Whatever stands in a file, reading and checking it ends, with a message where it is wrong.
struct LimitTests {
  private static func many(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test(arguments: [
    "(", "[", "{ ", "} ", ")", "x = (\n", "if true {\n", "\"{", "{\"", "x = \"{{", "-", "not ",
    "a.",
    "a[", "1 + ", "2 ** ", "f(", "# {\n", "# `\n", "else ", "def f(", "a = 1)\n", "\\", "\"\\u{",
    "x = [\n", "'", "é", "\u{0}",
  ]) func `a megabyte of anything ends in messages`(piece: String) {
    let text = Self.many(piece, 1_000_000 / piece.utf8.count)
    for notation in [Notation.steps, .markdown] {
      let trial = Trial(text, notation: notation, runs: false)
      #expect(trial.found.count <= 100)
      for found in trial.found.prefix(3) {
        #expect(DiagnosticPrinter().text(of: found).utf8.count < 2000)
      }
    }
  }

  @Test func `an expression may be a hundred brackets deep, not more`() {
    for (open, close) in [
      ("(", ")"), ("[", "]"), ("(load ", ")"), ("1 + (", ")"), ("1 or 2 * (", ")"),
    ] {
      func nested(_ count: Int) -> [Diagnostic] {
        let text = "x = \(Self.many(open, count))1\(Self.many(close, count))"
        return Trial(text, runs: false).found
      }
      let message = "this is nested more than 100 deep"
      #expect(!nested(99).contains { $0.message == message })
      #expect(nested(101).first?.message == message)
      #expect(nested(300).first?.message == message)
    }
  }

  @Test func `a long sum is refused where it grows too long, not walked into the ground`() {
    let found = Trial("x = 1\(Self.many(" + 1", 100_000))", runs: false).found
    #expect(found.first?.message == "this expression has more than 100 nested parts")
  }

  @Test func `a list may be a megabyte long`() {
    let trial = Trial("x = [\(Self.many("1, ", 90_000))]\nprint len(x)")
    #expect(trial.host.outputs == ["90000"])
  }

  @Test func `the deepest program that runs does so on a small stack`() {
    let nest =
      Self.many("if true {\n", 90) + "print \(Self.many("[", 3))1\(Self.many("]", 3))\n"
      + Self.many("}\n", 90)
    #expect(Trial(nest).host.outputs == ["[[[1]]]"])
    let calls = "def f(n) { if n == 0 { return 0 }\n return (f n-1) }\nprint (f 60)"
    #expect(Trial(calls).host.outputs == ["0"])
  }

  @Test func `errors are reported up to a number that can be read`() {
    let found = Trial(Self.many("x = 1 +\n", 1000), runs: false).found
    #expect(found.count == 51)
    #expect(found.last?.message == "there are more errors below")
  }

  @Test func `of many unknown names so many are reported as can be read`() {
    let text = (0..<50_000).map { "x\($0) = unknown\($0)\n" }.joined()
    let found = Trial(text, runs: false).found
    #expect(found.count == 51)
    #expect(found.first?.message == "unknown name 'unknown0'")
    #expect(found.last?.message == "there may be more errors below")
  }

  @Test func `of many errors and warnings in one step so many are told as can be read`() {
    let twice = Trial("load 1 \(Self.many("size=1 ", 10_000))", runs: false).found
    #expect(twice.count { $0.severity == .error } == 50)
    #expect(twice.last?.message == "there may be more errors below")
    let never = Trial(
      "x = [\(Self.many("1 == \"a\", ", 1000))]\nprint nope\n", runs: false
    ).found
    #expect(never.count { $0.severity == .warning } == 50)
    #expect(never.contains { $0.message == "unknown name 'nope'" }, "warnings hide no error")
    #expect(never.last?.message == "there are more warnings")
  }

  @Test func `files that include others again and again end in one message`() {
    // Sixteen files that include the next one four times: four thousand million readings.
    let program = Parser.parse(SourceText(name: "0", Self.many("include \"1\"\n", 4))).program
    var read = 0
    let result = program.including { path throws(Diagnostic) in
      read += 1
      let next = (Int(path) ?? 0) + 1
      return SourceText(name: path, next > 16 ? "x = 1\n" : Self.many("include \"\(next)\"\n", 4))
    }
    #expect(read == 1000)
    #expect(result.diagnostics.map(\.message) == ["more than 1000 files are included"])
  }

  @Test func `many defs see the same parameters`() {
    // Each of them once copied everything that was bound before it.
    let params = (0..<5_000).map { "param p\($0) = \($0)\n" }.joined()
    let defs = (0..<5_000).map { "def f\($0)(a) { return a + p\($0) }\n" }.joined()
    #expect(Trial(params + defs, runs: false).found.isEmpty)
  }

  @Test func `a hundred thousand lines are read and checked`() {
    var text = ""
    for index in 0..<20_000 {
      text += "x\(index) = \(index) * 2 + len([1, 2, \(index)])\n# Prose {x\(index):.3f} `code`.\n"
      text += "for k in [1, 2] {\n  if x\(index) > k { y\(index) = \"value {k}\" }\n}\n"
    }
    let trial = Trial(text, runs: false)
    #expect(trial.program.steps.count == 60_000)
    #expect(trial.found.isEmpty)
  }

  @Test func `an interruption ends the run at the next statement`() {
    let host = MockHost()
    host.isCancelled = true
    let interpreter = Interpreter(table: MockCommands.table, context: host)
    let program = Parser.parse(SourceText(name: "t", "x = 1\n")).program
    do throws(Diagnostic) {
      try interpreter.run(program)
      Issue.record("it ran")
    } catch {
      #expect(error.kind == .interrupted)
    }
  }
}
