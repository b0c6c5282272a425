import Files
import Foundation
import Report
import TestSupport
import Testing

@Suite struct WriterTests {
  @Test func `a report is written as recorded`() throws {
    let document = SampleReport.document
    try expectSnapshot(MarkdownWriter.text(document), "report/sample.md")
    try expectSnapshot(BriefWriter.text(document, of: "toys.md"), "report/brief.md")
    try expectSnapshot(
      HTMLWriter.text(document, title: "Toys") { _ in nil }, "report/sample.html")
  }

  @Test func `a brief report fits into a comment`() {
    var document = SampleReport.document
    let row: [Table.Cell] = ["n", "x", "0.7", "1 s", "1 GB"]
    var table = SampleReport.runs
    table.rows = [[Table.Cell]](repeating: row, count: 5_000)
    document.append(.output(.table(table)))
    let text = BriefWriter.text(document, of: "toys.md")
    #expect(text.utf8.count < BriefWriter.limit)
    #expect(text.contains("_… and 4960 more rows_"))
    #expect(!text.contains("yolos:out") && !text.contains("<details>"))
    #expect(text.contains("![Labels of toys"))
  }

  @Test func `even prose without end is cut`() {
    let long = String(repeating: "Slovo za slovem. ", count: 40)
    let document = Document((0..<500).map { .prose(Prose("\($0): \(long)")) })
    let text = BriefWriter.text(document, of: "long.md")
    #expect(text.utf8.count < BriefWriter.limit)
    #expect(text.hasSuffix("more blocks in `long.md`._\n"))
  }

  @Test func `a page holds its pictures`() {
    let picture = Data([0x89, 0x50, 0x4E, 0x47, 1])
    let html = HTMLWriter.text(SampleReport.document, title: "Toys & co") { path in
      path == "toys_files/labels.png" ? picture : nil
    }
    #expect(
      html.contains("<img src=\"data:image/png;base64,iVBORwE=\" alt=\"Labels of toys, train"))
    #expect(html.contains("<title>Toys &amp; co</title>"))
    #expect(html.contains("<h1>Two plush toys, <em>oslík</em> and <em>ovečka</em></h1>"))
    #expect(html.contains("<td style=\"text-align:right\"><strong>0.712</strong></td>"))
    #expect(html.contains("<td style=\"text-align:left\">s, 10 | frozen</td>"))
    #expect(
      html.contains("<code class=\"language-python\">print(&quot;| not ours |&quot;)\n</code>"))
    #expect(html.contains("<summary>Console output, 2 lines</summary>"))
    #expect(html.contains("<ul>\n<li>a list</li>\n<li>of two</li>\n</ul>"))
    #expect(!html.contains("yolos:out"))
  }

  @Test(arguments: [
    ("[x](javascript:alert(1))", "href=\"#\""), ("<script>x</script>", "&lt;script&gt;"),
    ("![a\"b](x.png)", "alt=\"a&quot;b\""), ("`<b>`", "<code>&lt;b&gt;</code>"),
    ("<details><script>", "&lt;details&gt;"),
    // An escaped bracket ends no description, as it does not on GitHub.
    (#"![a \](b.png) c](x.png)"#, "alt=\"a ](b.png) c\""),
  ])
  func `nothing in prose becomes a script`(_ prose: String, _ expected: String) {
    let html = HTMLWriter.text(Document([.prose(Prose(prose))]), title: "t") { _ in nil }
    #expect(html.contains(expected))
    #expect(!html.contains("<script"))
  }

  @Test func `a report on the disk is whole after every step`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/yolos-report-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var file = ReportFile(path: "\(folder)/reports/toys.md")
    try file.append(.prose(Prose("# Toys")))
    #expect(String(decoding: try AtomicFile.read(file.path), as: UTF8.self) == "# Toys\n")
    let figure = try file.figure(
      named: "first", picture: Data([1, 2]), csv: "a\n1\n", alternativeText: "A.")
    #expect(figure.path == "toys_files/first.png" && figure.numbers == "toys_files/first.csv")
    #expect(figure.digest == Digest(of: Data([1, 2])).description)
    try file.append([.step(Step("plot first")), .output(.figure(figure))])
    let text = String(decoding: try AtomicFile.read(file.path), as: UTF8.self)
    #expect(text.contains("![A.](toys_files/first.png)\n\nNumbers: `toys_files/first.csv`"))
    #expect(MarkdownReader.document(text).document == file.document)
    #expect(try AtomicFile.read("\(folder)/reports/toys_files/first.csv").count == 4)
  }

  @Test func `pictures of earlier runs are swept away, and nothing else`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/yolos-report-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var file = ReportFile(path: "\(folder)/toys.md")
    for name in ["02-plot.png", "02-plot.csv", "my-plot.png", "03-notes.txt", "03.png"] {
      _ = try file.store(Data([1]), as: name)
    }
    let figure = try file.figure(
      named: "01-plot", picture: Data([1]), csv: "a\n", alternativeText: "A.")
    try file.append(.output(.figure(figure)))
    file.sweep()
    let left = try FileManager.default.contentsOfDirectory(atPath: file.filesFolder).sorted()
    #expect(left == ["01-plot.csv", "01-plot.png", "03-notes.txt", "03.png", "my-plot.png"])
  }

  @Test(arguments: [
    ("map50_95", "map50_95"), ("_x_", "\\_x\\_"), ("a|b", "a\\|b"), ("a\nb", "a\\\nb"),
    ("1. x", "1\\. x"), ("$5", "\\$5"), ("# x", "\\# x"), ("<b>", "\\<b\\>"), ("3.5", "3.5"),
  ])
  func `text in Markdown means itself`(_ text: String, _ markdown: String) {
    #expect(MarkdownText.escaped(text) == markdown)
  }
}
