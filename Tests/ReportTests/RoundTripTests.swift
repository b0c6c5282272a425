import Mathematics
import Report
import Testing

@Suite struct RoundTripTests {
  @Test func `a report is read back as it was written`() {
    let text = MarkdownWriter.text(SampleReport.document)
    let (document, problems) = MarkdownReader.document(text)
    #expect(problems.isEmpty)
    #expect(MarkdownWriter.text(document) == text)
    let unlike = zip(flattened(document), flattened(SampleReport.document)).filter { $0 != $1 }
    #expect(unlike.isEmpty, "\(unlike)")
  }

  /// Prose is split into paragraphs when it is read: compared are the other blocks.
  private func flattened(_ document: Document) -> [Document.Block] {
    document.blocks.filter {
      if case .prose(let prose) = $0 { return prose.rendered != nil }
      return true
    }
  }

  @Test func `the source of a report is what somebody wrote`() {
    let (document, _) = MarkdownReader.document(MarkdownWriter.text(SampleReport.document))
    let source = MarkdownWriter.text(document.source)
    #expect(!source.contains("yolos:out"))
    #expect(source.contains("mAP50-95 {first.best.map50_95:.3f}\nin {first.time}."))
    #expect(source.hasPrefix("# Two plush toys, *oslík* and *ovečka*\n\n```yolos\nplush = "))
    #expect(document.parameters.map(\.value) == ["100", "\"datasets/toys.yaml\""])
  }

  @Test func `a step knows the line it was read from`() throws {
    let (document, _) = MarkdownReader.document("# T\n\nText.\n\n```yolos\nseed 1\n```\n")
    #expect(document.entries.map(\.line) == [1, 3, 5])
    #expect(document.blocks.last == .step(Step("seed 1")))
  }

  static let texts = [
    "", "\n", "\n\n\n", "a", "a\n\n\n\nb\n\n", "\n\na", "a\r\n\r\n```yolos\r\nx = 1\r\n```\r\n",
    "a\r\nb\nc\r\n", "```yolos\nx = 1", "```yolos\n```\n", "```yolos\n\n```\n",
    "~~~yolos fold\nx = 1\n~~~~\n", "  ```yolos\n  x = 1\n    y\n  ```\n",
    "  ```yolos\nx = 1\n  ```\n", "   ```yolos\n   x\n\n   y\n   ```", "````yolos\n```\n````\n",
    "text\n```yolos\nx\n```\ntext\n", "```\n```yolos\nx\n```\n", "\u{FEFF}# BOM\n",
    "<!-- yolos:out table -->\n", "<!-- yolos:end table -->\n", "<!-- yolos:out -->\nx\n",
    "<!-- yolos:out text -->\n\nx\n\n<!-- yolos:end text -->\n",
    "<!-- yolos:out text -->\nx\n<!-- yolos:end text -->\n",
    "<!-- yolos:out text {} -->\n\nx\n\n<!-- yolos:end text -->\n",
    "<!-- yolos:out text {\"volatile\":3} -->\n\nx\n\n<!-- yolos:end text -->\n",
    "<!-- yolos:out strange {\"a\":1} -->\n\nx\n\n<!-- yolos:end strange -->\n",
    "<!-- yolos:out table -->\n\n| a |\n\n<!-- yolos:end table -->\n",
    "<!-- yolos:out prose -->\n\nx\n\n<!-- yolos:end prose -->\n",
    "<!-- yolos:out a -->\n<!-- yolos:out b -->\n<!-- yolos:end a -->\n",
    "```python\n<!-- yolos:out text -->\n```\n", "a\n<!-- yolos:end x -->", "\r", "a\rb\r\n",
  ]

  @Test(arguments: texts)
  func `any text is written again with the same bytes`(_ text: String) {
    let (document, _) = MarkdownReader.document(text)
    #expect(Array(MarkdownWriter.text(document).utf8) == Array(text.utf8))
  }

  static let fragments = [
    "|", "\\", "`", "```", "~~~", "*", "**", "_", "<!-- yolos:out text -->",
    "<!-- yolos:end table -->", "<!-- yolos:", "-->", "--", "\n", "\r\n", "\r", " ", "  ", "a",
    "map50_95", "oslík", "e\u{301}", "\u{301}", "<br>", "<details>", "</details>", "&amp;",
    "[x](y)",
    "![", "](", ")", "\"", "'", "{x}", "$5", "#", "1. ", "- ", "> ", "\t", "\u{0}", "\u{2028}", "😀",
    "\u{200D}", "```yolos", "%20", "</summary>", "**Error**", "Numbers: `",
  ]

  static func hostile(_ random: inout RandomSource) -> String {
    (0..<random.below(8)).map { _ in
      fragments[random.below(fragments.count)]
    }.joined()
  }

  @Test func `whatever the data hold, a report is read back`() {
    var random = RandomSource(seed: 7)
    for _ in 0..<400 {
      let outputs = Self.outputs(&random)
      let step = Document.Block.step(Step("x = 1"))
      let document = Document(outputs.flatMap { [Document.Block.output($0), step] })
      let text = MarkdownWriter.text(document)
      let (back, _) = MarkdownReader.document(text)
      #expect(Array(MarkdownWriter.text(back).utf8) == Array(text.utf8))
      #expect(back.blocks.count == document.blocks.count, "\(outputs)")
      for (a, b) in zip(back.blocks, document.blocks) where a != b {
        // Markdown that a step emits may be escaped on its way; everything else comes back equal.
        if case .output(.emitted) = b { continue }
        Issue.record("\(a)\nwas\n\(b)")
      }
    }
  }

  private static func outputs(_ random: inout RandomSource) -> [Output] {
    let text = { (random: inout RandomSource) in hostile(&random) }
    let cell = { (random: inout RandomSource) in
      let style = [Table.Cell.Style.plain, .bold, .code][random.below(3)]
      return Table.Cell(hostile(&random), style: style, isVolatile: random.below(3) == 0)
    }
    return [
      .text(VolatileText(text(&random), volatilePieces: [text(&random)])),
      .emitted(VolatileText(text(&random))),
      .warning(VolatileText(text(&random))), .error(VolatileText(text(&random))),
      .code(Listing(text(&random), isVolatile: true)),
      .console(Console(title: text(&random), text: text(&random), isVolatile: false)),
      .figure(
        Figure(
          path: text(&random), alternativeText: text(&random), digest: text(&random))),
      .table(
        Table(
          title: text(&random), columns: [.init(text(&random)), .init("b", isNumeric: true)],
          rows: (0..<2).map { _ in [cell(&random), cell(&random)] })),
      .parameters([.init(name: text(&random), value: text(&random), origin: .script)]),
      .provenance([.init("a", text(&random)), .init(text(&random) + "b", "c", isVolatile: true)]),
    ]
  }

  @Test func `whatever prose and steps hold, a document is written again with the same bytes`() {
    var random = RandomSource(seed: 11)
    for _ in 0..<800 {
      let blocks: [Document.Block] = [
        .prose(Prose(Self.hostile(&random))), .step(Step(Self.hostile(&random))),
        .prose(
          Prose(Self.hostile(&random), rendered: VolatileText(Self.hostile(&random)))),
        .step(Step("last")),
      ]
      let text = MarkdownWriter.text(Document(blocks))
      let (back, _) = MarkdownReader.document(text)
      #expect(Array(MarkdownWriter.text(back).utf8) == Array(text.utf8))
      #expect(back.blocks.last == .step(Step("last")), "\(blocks)")
      let raw = (0..<6).map { _ in Self.hostile(&random) }.joined(separator: "\n")
      let (again, _) = MarkdownReader.document(raw)
      #expect(Array(MarkdownWriter.text(again).utf8) == Array(raw.utf8))
    }
  }
}
