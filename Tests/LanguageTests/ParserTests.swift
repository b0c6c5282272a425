internal import Foundation
internal import Language
internal import Testing

struct ParserTests {
  private func parse(_ text: String, _ notation: Notation = .steps) -> Parser.Result {
    Parser.parse(SourceText(name: "t", text), notation: notation)
  }

  @Test(arguments: [
    "for x in [1] {", "x = (1 +", "x = [1,", "def f(a) {\n  return a",
    "if true {\n  for x in [1] {",
    "train m\nx = (",
  ]) func `an open bracket at the end means that more lines may follow`(text: String) {
    #expect(parse(text).isUnfinished)
  }

  @Test(arguments: ["x = 1", "x = \"abc", "x = 1)", "x = (1]", "x = 1 +", "y = ] (", "", "# {"])
  func `anything else is either whole or wrong`(text: String) {
    #expect(!parse(text).isUnfinished)
  }

  @Test func `prose with a wrong value is reported where the value stands`() {
    let found = Trial("# one\n# It is {foo}.\n# {1 +\n", runs: false).found
    #expect(
      found.map(\.description) == [
        "t.yolos:3:3: error: '{' is not closed on its line"
      ])
    #expect(
      Trial("# It is {foo}.", runs: false).found.map(\.description) == [
        "t.yolos:1:10: error: unknown name 'foo'"
      ])
  }

  @Test func `the example script lints and runs as it stands`() throws {
    let text = try String(
      contentsOf: ScriptFile.folder.appendingPathComponent("story/plush.yolos"), encoding: .utf8)
    let trial = Trial(text, name: "plush.yolos")
    #expect(trial.found.isEmpty)
    #expect(trial.failure == nil)
    #expect(
      trial.program.parameters.map(\.name) == ["epochs", "imgsz", "photos", "models", "street"])
    #expect(trial.program.parameters[0].summary == "override:  yolos run toys.yolos -p epochs=5")
    #expect(
      trial.host.outputs.contains(
        "The nano model reached mAP50-95 0.888 in epoch 50.\n\n## Does a larger model help? What does freezing buy?"
      ))
  }

  @Test func `both notations give the same steps`() {
    let markdown = """
      # Title {{not a value}}

      It has {x} things.

      ```yolos
      x = 1
      print x   ## a comment
      ```
      <!-- yolos:out -->
      1 and {unread}
      <!-- yolos:end -->

      ```python
      {not: read}
      ```
      Done with {x} and `{y}`.
      """
    let program = parse("x = 0\n", .steps).program
    #expect(program.steps.map(\.normalized) == ["x = 0"])
    let result = parse(markdown, .markdown)
    #expect(result.diagnostics.isEmpty)
    #expect(result.program.steps.count == 4)
    #expect(result.program.steps.map(\.line) == [1, 6, 7, 12])
    let texts = Trial(markdown.replacing("It has {x} things.", with: ""), notation: .markdown)
    #expect(texts.failure == nil)
    #expect(texts.host.outputs.last?.hasSuffix("Done with 1 and `{y}`.") == true)
  }

  @Test func `spans in Markdown count from the start of the file`() {
    let found = Trial("Text.\n\n```yolos\ny = foo\n```\n", notation: .markdown, runs: false).found
    #expect(found.map(\.description) == ["t.yolos:4:5: error: unknown name 'foo'"])
  }

  @Test(arguments: [
    ("x=1+2*3", "x = 1 + 2 * 3"), ("x = (1+2)*3", "x = (1 + 2) * 3"),
    ("x = a-(b-c)", "x = a - (b - c)"), ("x = (a-b)-c", "x = a - b - c"),
    ("x = -2**2", "x = -2 ** 2"), ("x = (-2)**2", "x = (-2) ** 2"),
    ("x = 2**(3**2)", "x = 2 ** 3 ** 2"), ("x = (2**3)**2", "x = (2 ** 3) ** 2"),
    ("train   m  epochs=2*3 ## c", "train m epochs=(2 * 3)"),
    ("x = not (a and b)", "x = not (a and b)"), ("x = (not a) and b", "x = not a and b"),
    ("x = [1,2 , (f 1)]", "x = [1, 2, (f 1)]"),
    ("s = \"a{x :.3f}\\u{41}{{\"", "s = \"a{x:.3f}A{{\""),
    ("for x in [1]{print x}", "for x in [1] {\n  print x\n}"),
    ("def f(a,b = 2){return a}", "def f(a, b=2) {\n  return a\n}"),
    ("if a{b}else if c{d}else{e}", "if a {\n  b\n} else if c {\n  d\n} else {\n  e\n}"),
    ("x = (a == b) == c", "x = (a == b) == c"), ("x = 1.50", "x = 1.5"),
  ]) func `a step has one normal form, and that reads back as itself`(
    text: String, normal: String
  ) {
    let steps = parse(text).program.steps
    #expect(steps.map(\.normalized) == [normal])
    #expect(parse(normal).program.steps.map(\.normalized) == [normal])
  }

  @Test func `a step says which names it reads, binds and calls`() {
    let step = parse("for x in xs { y = train m data=d.train name=\"{n}\"\n z += y }").program.steps
    #expect(step[0].names.reads == ["xs", "m", "d", "n", "z", "y"])
    #expect(step[0].names.binds == ["x", "y", "z"])
    #expect(step[0].names.calls == ["train"])
  }

  @Test func `an include puts the steps of its file in its place`() {
    let program = parse("x = 1\ninclude \"b.yolos\"\nprint y\n").program
    let (whole, found) = program.including { (path) throws(Diagnostic) in
      SourceText(name: path, "y = 2\n")
    }
    #expect(found.isEmpty)
    #expect(whole.steps.map(\.text) == ["x = 1", "y = 2", "print y"])
    #expect(whole.steps[1].source.name == "b.yolos")
  }

  @Test func `a file that includes itself or is missing is an error at the include`() {
    let program = parse("include \"t\"\ninclude \"gone\"\n").program
    let (_, found) = program.including { (path) throws(Diagnostic) in
      guard path == "t" else { throw Diagnostic("file not found: '\(path)'") }
      return SourceText(name: "t", "")
    }
    #expect(
      found.map(\.description) == [
        "t:1:9: error: 't' includes itself", "t:2:9: error: file not found: 'gone'",
      ])
  }
}
