internal import Language
internal import Testing
internal import Text

struct DiagnosticTests {
  private func diagnostic(_ text: String, marking word: String, hint: String? = nil)
    -> Diagnostic
  {
    let offset = text.firstRange(of: word).map { text[..<$0.lowerBound].utf8.count } ?? 0
    return Diagnostic(
      "wrong", at: Span(offset, offset + word.utf8.count),
      in: SourceText(name: "a.yolos", text), hint: hint)
  }

  @Test func `the place comes first and the hint stands behind the underline`() {
    let found = diagnostic("x = 1\ny = train nano epoch=3\n", marking: "epoch", hint: "did you?")
    #expect(
      DiagnosticPrinter().text(of: found) == """
        a.yolos:2:16: error: wrong
            2 | y = train nano epoch=3
              |                ^~~~~ did you?

        """)
  }

  @Test func `wide characters and tabs keep the underline in its place`() {
    let found = diagnostic("\t\"漢字é\" bad", marking: "bad")
    #expect(
      DiagnosticPrinter().text(of: found) == """
        a.yolos:1:8: error: wrong
            1 |   "漢字é" bad
              |           ^~~

        """)
  }

  @Test func `a megabyte line is cut to the stretch that matters`() {
    let filler = String(repeating: "a", count: 500_000)
    let text = DiagnosticPrinter().text(of: diagnostic("\(filler) bad \(filler)", marking: "bad"))
    #expect(text.utf8.count < 500)
    #expect(text.contains("a bad a"))
  }

  @Test(
    arguments: [
      // A stray byte, one that is cut off by the end, a surrogate, and one behind a byte order mark.
      ([97, 10, 0x62, 0xFF, 10], "b:2:2", "byte 3 of the file is FF"),
      ([97, 10, 0xE2, 0x82], "b:2:1", "byte 2 of the file is E2"),
      ([0xED, 0xA0, 0x80], "b:1:1", "byte 0 of the file is ED"),
      ([0xEF, 0xBB, 0xBF, 97, 0xC0, 10], "b:1:2", "byte 4 of the file is C0"),
    ] as [([UInt8], String, String)])
  func `bytes that are not UTF-8 are refused with their place`(
    bytes: [UInt8], place: String, fact: String
  ) {
    do {
      _ = try SourceText.decode(name: "b", bytes: bytes)
      Issue.record("it was taken")
    } catch {
      #expect(error.place == place)
      #expect(error.message == "this is not UTF-8: \(fact)")
      #expect(DiagnosticPrinter().text(of: error).contains("\u{FFFD}"))
    }
  }

  @Test func `a long line is cut between characters`() {
    let filler = String(repeating: "ä", count: 5000)
    let text = DiagnosticPrinter().text(of: diagnostic("a\(filler) bad é\(filler)", marking: "bad"))
    #expect(text.contains("ä bad éä"))
    #expect(!text.contains("\u{FFFD}"))
  }

  @Test(arguments: [
    ("epoch", "epochs"), ("epcohs", "epochs"), ("imgs", "imgsz"), ("patince", "patience"),
    ("lr", "lr0"),
  ]) func `a near name is suggested`(word: String, meant: String) {
    #expect(
      Suggestion.nearest(to: word, among: ["epochs", "imgsz", "patience", "lr0", "box"]) == meant)
  }

  @Test(arguments: ["banana", "x", "ox12"]) func `a far name is not`(word: String) {
    #expect(Suggestion.nearest(to: word, among: ["epochs", "imgsz", "box"]) == nil)
  }
}
