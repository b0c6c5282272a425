import Foundation
import Testing

@Suite("The prompt, driven at a terminal")
struct PromptTests {
  typealias Key = PseudoTerminal.Key

  @Test func `a line is run, its value shown and kept as the last one`() throws {
    let terminal = try PseudoTerminal.prompt()
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
    let terminal = try PseudoTerminal.prompt()
    terminal.enter("trian 5")
    try terminal.see("prompt:1:1: error: unknown command 'trian'")
    try terminal.see("did you mean 'train'?")
    try terminal.seePrompt()
    terminal.enter("print \"still here\"")
    try terminal.see("\nstill here")
  }

  @Test func `commands, options, members, settings and choices are completed`() throws {
    let terminal = try PseudoTerminal.prompt()
    try terminal.run("nano = load \"yolov8n.yaml\" classes=[\"donkey\", \"sheep\"]")
    for (typed, completed) in [
      ("comp", "compare "), ("train nano ep", "train nano epochs="),
      ("train nano optimizer=\"S", "train nano optimizer=\"SGD\""), ("nano.cl", "nano.classes"),
      ("set cur", "set currency="), ("print \"do", "print \"donkey\""), ("na", "nano"),
    ] {
      terminal.type(typed + Key.tab)
      try terminal.see(completed)
      try terminal.clearLine()
    }
  }

  @Test func `file names are completed inside quotes, and several matches are listed`() throws {
    let terminal = try PseudoTerminal.prompt()
    try terminal.folder.write("", to: "apples.yaml")
    terminal.type("dataset \"app" + Key.tab)
    try terminal.see("dataset \"apples.yaml\"")
    try terminal.clearLine()
    for start in ["./", terminal.folder.path + "/"] {
      terminal.type("dataset \"\(start)app" + Key.tab)
      try terminal.see("dataset \"\(start)apples.yaml\"")
      try terminal.clearLine()
    }
    try terminal.folder.write("", to: "apricots.yaml")
    terminal.type("dataset \"ap" + Key.tab + Key.tab)
    try terminal.see("apples.yaml")
    try terminal.see("apricots.yaml")
  }

  @Test func `a line goes on while a bracket is open, and is one entry of the history`() throws {
    let terminal = try PseudoTerminal.prompt()
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
    let terminal = try PseudoTerminal.prompt()
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

  @Test func `the history lies in the home that the environment names`() throws {
    let terminal = try PseudoTerminal.prompt(environment: ["YOLOS_HISTORY": ""])
    try terminal.run("x = 1")
    #expect(terminal.folder.text(".yolos_history").contains("x = 1"))
  }

  @Test func `a pasted script is run as a whole`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.type(Key.pasted("x = 20\nfor i in [1, 2] {\n  x += i\n}\nprint \"x is {x}\"\n"))
    terminal.type(Key.enter)
    try terminal.see("x is 23")
  }

  @Test func `a pasted script with blank lines and prose is one entry of the history`() throws {
    let terminal = try PseudoTerminal.prompt()
    let script = "# Prose.\n\nif true {\n\tprint \"tab\"\n}\n\n## remark\nprint \"end\""
    terminal.type(Key.pasted(script))
    terminal.type(Key.enter)
    try terminal.see("\ntab\nend")
    try terminal.seePrompt()
    terminal.type(Key.up)
    try terminal.see("print \"end\"")
    terminal.type(Key.enter)
    try terminal.see("\ntab\nend")
  }

  @Test func `of a pasted script with an error nothing is run`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.type(Key.pasted("print \"first\"\nx = nope\ny = 1 +\n"))
    terminal.type(Key.enter)
    let shown = try terminal.see("expected a value, found the end of the line")
    #expect(!shown.contains("\nfirst"))
  }

  @Test func `the end of input leaves the prompt, and in a line does nothing`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.type("print 12" + Key.end + "3" + Key.enter)
    try terminal.see("\n123")
    try terminal.seePrompt()
    terminal.enter("print (")
    try terminal.see("...> ")
    // A bracket that stays open is an error, not a reason to leave.
    terminal.type(Key.end)
    try terminal.see("'(' is never closed")
    try terminal.seePrompt()
    terminal.type(Key.end)
    #expect(terminal.end() == 0)
  }

  @Test func `exit and quit leave as well`() throws {
    for word in ["exit", "quit"] {
      let terminal = try PseudoTerminal.prompt()
      terminal.enter(word)
      #expect(terminal.end() == 0)
    }
  }

  @Test func `a resized terminal sets tables to its new width`() throws {
    let terminal = try PseudoTerminal.prompt(columns: 120)
    terminal.enter("set")
    try terminal.see("which version's rules training and validation follow\n")
    try terminal.seePrompt()
    terminal.resize(columns: 50)
    terminal.enter("set")
    try terminal.see("name ")
    let shown = try terminal.seePrompt()
    let widths = shown.split(separator: "\n").dropFirst().map(\.count)
    #expect((widths.max() ?? 0) <= 50, "\(shown)")
  }

  @Test func `keys of the user's inputrc hold for yolos alone`() throws {
    let terminal = try PseudoTerminal.prompt(
      inputrc:
        "$if yolos\n\"\\C-t\": \"print 40 + 2\"\n$endif\n$if other\n\"\\C-g\": \"bad\"\n$endif\n")
    terminal.type("\u{14}")
    try terminal.see("print 40 + 2")
  }

  @Test func `a question mark asks for help`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.enter("train?")
    try terminal.see("train model data=…")
    try terminal.seePrompt()
    try terminal.run("nano = load \"yolov8n.yaml\"")
    terminal.enter("nano?")
    try terminal.see("Model: ")
  }

  @Test func `report and save leave out what failed and what was taken back`() throws {
    let terminal = try PseudoTerminal.prompt()
    for line in [
      "# # A *test* of {1 + 1}", "x = 5", "y = nope", "z = 7", "undo", "help train", "x + 1", "x?",
      "_ * 2",
    ] {
      try terminal.run(line)
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

  @Test func `undo brings back what a line replaced: values, defs, settings and parameters`() throws
  {
    let terminal = try PseudoTerminal.prompt()
    for line in [
      "param e = 3", "def f(a) { return a + e }", "x = 5", "def f(a) { return 0 }", "undo",
      "x = 6", "undo", "set seed=7", "undo",
    ] {
      try terminal.run(line)
    }
    terminal.enter("print \"all:\" x (f 1) (seed)")
    try terminal.see("\nall: 5 4 0")
    // A parameter that was forgotten could be bound by a script's line, which lint would refuse.
    terminal.enter("e = 4")
    try terminal.see("'e' is a parameter")
  }

  @Test func `what depends on a line that no script can have is left out, too`() throws {
    let terminal = try PseudoTerminal.prompt()
    for line in [
      "a = 1", "load \"yolov8n.yaml\"", "m = _", "summary m", "b = 2", "m = 3", "print m",
    ] {
      try terminal.run(line)
    }
    terminal.enter("save \"kept.yolos\"")
    try terminal.see("script: kept.yolos")
    let kept = terminal.folder.text("kept.yolos")
    #expect(!kept.contains("m = _") && !kept.contains("summary"), "\(kept)")
    #expect(kept.contains("b = 2") && kept.contains("print m"), "\(kept)")
    #expect(try Binary.run(["lint", "kept.yolos"], in: terminal.folder).code == 0)
  }

  @Test func `what is set in bold holds no broken signs`() throws {
    let terminal = try PseudoTerminal.prompt()
    try terminal.run("data = toys \"small\" train=2 val=1 test=0 size=32")
    terminal.enter("show data")
    let shown = try terminal.see("image: ") + terminal.seePrompt()
    #expect(shown.contains("Labels of small") || shown.contains("Labels of toys"), "\(shown)")
    #expect(!shown.contains("\u{FFFD}"), "\(shown)")
  }

  @Test func `without colours the prompt is plain`() throws {
    let terminal = try PseudoTerminal.prompt(environment: ["NO_COLOR": "1"])
    #expect(!terminal.screen.contains("\u{1B}[1;34m"))
    let colorful = try PseudoTerminal.prompt()
    #expect(colorful.screen.contains("\u{1B}[1;34m"))
  }
}
