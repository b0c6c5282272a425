import Foundation
import Testing

@Suite("The prompt, driven at a terminal")
struct PromptTests {
  typealias Key = PseudoTerminal.Key

  private func prompt(
    columns: UInt16 = 80, environment: [String: String] = [:], inputrc: String = ""
  ) throws -> PseudoTerminal {
    let folder = try Workplace()
    try folder.write(inputrc, to: "inputrc")
    let terminal = try PseudoTerminal(in: folder, columns: columns, environment: environment)
    try terminal.seePrompt()
    return terminal
  }

  @Test func `a line is run, its value shown and kept as the last one`() throws {
    let terminal = try prompt()
    terminal.enter("6 * 7")
    try terminal.see("42")
    try terminal.seePrompt()
    terminal.enter("_ + 1")
    try terminal.see("43")
    try terminal.seePrompt()
    terminal.type(Key.end)
    #expect(terminal.end() == 0)
  }

  @Test func `an error is shown with its place and ends nothing`() throws {
    let terminal = try prompt()
    terminal.enter("trian 5")
    try terminal.see("prompt:1:1: error: there is no command 'trian'")
    try terminal.see("did you mean 'train'?")
    try terminal.seePrompt()
    terminal.enter("print \"still here\"")
    try terminal.see("\nstill here")
  }

  @Test func `commands, options, members, settings and choices are completed`() throws {
    let terminal = try prompt()
    terminal.enter("nano = load \"yolov8n.yaml\" classes=[\"donkey\", \"sheep\"]")
    try terminal.seePrompt()
    terminal.type("comp" + Key.tab)
    try terminal.see("compare ")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.type("train nano ep" + Key.tab)
    try terminal.see("train nano epochs=")
    terminal.type("2 optimizer=\"S" + Key.tab)
    try terminal.see("optimizer=\"SGD\"")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.type("nano.cl" + Key.tab)
    try terminal.see("nano.classes")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.type("set cur" + Key.tab)
    try terminal.see("set currency=")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.type("print \"do" + Key.tab)
    try terminal.see("print \"donkey\"")
  }

  @Test func `file names are completed inside quotes, and several matches are listed`() throws {
    let terminal = try prompt()
    try terminal.folder.write("", to: "apples.yaml")
    terminal.type("dataset \"app" + Key.tab)
    try terminal.see("dataset \"apples.yaml\"")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    try terminal.folder.write("", to: "apricots.yaml")
    terminal.type("dataset \"ap" + Key.tab + Key.tab)
    try terminal.see("apples.yaml")
    try terminal.see("apricots.yaml")
  }

  @Test func `a line goes on while a bracket is open, and is one entry of the history`() throws {
    let terminal = try prompt()
    terminal.enter("for i in [1, 2] {")
    try terminal.see("...> ")
    terminal.enter("print \"turn {i}\"")
    try terminal.see("...> ")
    terminal.enter("}")
    try terminal.see("\nturn 1\nturn 2")
    try terminal.seePrompt()
    terminal.type(Key.up)
    try terminal.see("for i in [1, 2] {")
    terminal.type(Key.enter)
    try terminal.see("\nturn 1\nturn 2")
  }

  @Test func `the history outlives the prompt and can be searched`() throws {
    let terminal = try prompt()
    terminal.enter("print \"first\"")
    try terminal.see("\nfirst")
    try terminal.seePrompt()
    terminal.enter("print (")
    try terminal.see("...> ")
    terminal.enter("1 + 1)")
    try terminal.see("\n2\n")
    try terminal.seePrompt()
    terminal.enter(" print \"secret\"")
    try terminal.seePrompt()
    terminal.type(Key.end)
    #expect(terminal.end() == 0)

    let second = try PseudoTerminal(in: terminal.folder)
    try second.seePrompt()
    second.type(Key.search + "fir")
    try second.see("print \"first\"")
    second.type(Key.enter)
    try second.see("\nfirst")
    try second.seePrompt()
    second.type(Key.up + Key.up)
    try second.see("1 + 1)")
    #expect(!terminal.folder.text("history").contains("secret"))
  }

  @Test func `a pasted script is run as a whole`() throws {
    let terminal = try prompt()
    terminal.type(Key.pasted("x = 20\nfor i in [1, 2] {\n  x += i\n}\nprint \"x is {x}\"\n"))
    terminal.type(Key.enter)
    try terminal.see("x is 23")
  }

  @Test func `an interrupt clears the line and whatever was begun before it`() throws {
    let terminal = try prompt()
    terminal.type("print \"no")
    try terminal.see("print \"no")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.enter("print [")
    try terminal.see("...> ")
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.enter("print \"yes\"")
    try terminal.see("\nyes")
  }

  @Test func `an interrupt stops a long command and gives the prompt back`() throws {
    let terminal = try prompt()
    terminal.enter("for i in range(100000) { x = sorted(range(1000)) }")
    try terminal.see("}\n")
    // Until the line runs an interrupt is meant for the prompt, which has gone.
    usleep(300_000)
    terminal.type(Key.interrupt)
    try terminal.see("interrupted")
    try terminal.seePrompt()
    terminal.enter("print \"alive\"")
    try terminal.see("\nalive")
  }

  @Test func `an interrupt stops a training at the next batch and leaves a run to go on with`()
    throws
  {
    let terminal = try prompt()
    terminal.enter("data = toys \"small\" train=4 val=2 test=0 size=32")
    try terminal.seePrompt()
    terminal.enter("nano = load \"yolov8n.yaml\"")
    try terminal.seePrompt()
    terminal.enter("first = train nano data=data epochs=5000 imgsz=32 batch=2 patience=0")
    try terminal.see("epoch 1", within: 60)
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.enter("print \"stopped:\" (first.epochs < 5000)")
    try terminal.see("\nstopped: true")
  }

  @Test func `a resized terminal sets tables to its new width`() throws {
    let terminal = try prompt(columns: 120)
    terminal.enter("set")
    try terminal.see("whose rules training and validation follow\n")
    try terminal.seePrompt()
    terminal.resize(columns: 50)
    terminal.enter("set")
    try terminal.see("name ")
    let shown = try terminal.seePrompt()
    let widths = shown.split(separator: "\n").dropFirst().map(\.count)
    #expect((widths.max() ?? 0) <= 50, "\(shown)")
  }

  @Test func `keys of the user's inputrc hold for yolos alone`() throws {
    let terminal = try prompt(
      inputrc:
        "$if yolos\n\"\\C-t\": \"print 40 + 2\"\n$endif\n$if other\n\"\\C-g\": \"bad\"\n$endif\n")
    terminal.type("\u{14}")
    try terminal.see("print 40 + 2")
  }

  @Test func `a question mark asks for help`() throws {
    let terminal = try prompt()
    terminal.enter("train?")
    try terminal.see("train model data=…")
    try terminal.seePrompt()
    terminal.enter("nano = load \"yolov8n.yaml\"")
    try terminal.seePrompt()
    terminal.enter("nano?")
    try terminal.see("Model: ")
  }

  @Test func `report and save leave out what failed and what was taken back`() throws {
    let terminal = try prompt()
    for line in ["# # A *test* of {1 + 1}", "x = 5", "y = nope", "z = 7", "undo", "x + 1", "_ * 2"]
    {
      terminal.enter(line)
      try terminal.seePrompt()
    }
    terminal.enter("save \"kept.yolos\"")
    try terminal.see("script: kept.yolos")
    terminal.enter("report \"kept.md\"")
    try terminal.see("report: kept.md")
    #expect(
      terminal.folder.text("kept.yolos") == """
        #!/usr/bin/env yolos

        # # A *test* of {1 + 1}

        x = 5
        x + 1

        6 * 2

        """)
    #expect(try Binary.run(["lint", "kept.yolos"], in: terminal.folder).code == 0)
    #expect(try Binary.run(["check", "kept.md"], in: terminal.folder).code == 0)
  }

  @Test func `without colours the prompt is plain`() throws {
    let terminal = try prompt(environment: ["NO_COLOR": "1"])
    #expect(!terminal.screen.contains("\u{1B}[1;34m"))
    let colourful = try prompt()
    #expect(colourful.screen.contains("\u{1B}[1;34m"))
  }
}
