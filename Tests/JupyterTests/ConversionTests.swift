import Files
import Foundation
import JSON
import JupyterNotebooks
import Language
import Mathematics
import Report
import TestSupport
import Testing

@Suite("Conversions of notebooks")
struct ConversionTests {
  private static let notebooks = Shared.root.appendingPathComponent("notebooks")

  /// Converts a text from one form to another and back.
  private func roundTrip(
    _ content: Data, _ form: Conversion.Form, by other: Conversion.Form,
    file: @escaping (String) -> Data? = { _ in nil }
  ) throws -> (middle: Data, back: Data) {
    let names = ["a" + form.rawValue, "a" + other.rawValue]
    let there = try Conversion(from: names[0], to: names[1], file: file)
      .convert(content, form, to: other)
    let files = Dictionary(there.files.map { ($0.path, $0.content) }) { first, _ in first }
    let back = try Conversion(from: names[1], to: names[0]) { files[$0] }
      .convert(there.content, other, to: form)
    return (there.content, back.content)
  }

  // MARK: Our own notebooks

  static let names = [
    "01-first-look", "02-fine-tuning", "03-larger-models-overfit", "04-frozen-layers",
    "05-from-scratch-and-transfer", "06-reproduce", "pretrain", "quickstart", "seeds",
  ]

  @Test(arguments: names)
  func `a report survives a notebook, pictures and all`(_ name: String) throws {
    let content = try AtomicFile.read(Self.notebooks.path + "/\(name).md")
    let read = { (path: String) in try? AtomicFile.read(Self.notebooks.path + "/" + path) }
    let there = try Conversion(from: "\(name).md", to: "\(name).ipynb", file: read)
      .convert(content, .report, to: .notebook)
    let notebook = try JupyterNotebook(there.content)
    #expect(notebook.metadata["yolos"] == nil, "nothing has to be kept beside what can be seen")
    let back = try Conversion(from: "\(name).ipynb", to: "\(name).md") { _ in nil }
      .convert(there.content, .notebook, to: .report)
    #expect(back.content == content)
    for (path, picture) in back.files { #expect(read(path) == picture, "\(path)") }
  }

  @Test(arguments: names)
  func `a script survives a notebook and a report`(_ name: String) throws {
    let content = try AtomicFile.read(Self.notebooks.path + "/\(name).yolos")
    #expect(try roundTrip(content, .script, by: .notebook).back == content)
    #expect(try roundTrip(content, .script, by: .report).back == content)
  }

  // MARK: Texts

  static let reports = [
    "", "\n", "a", "a\n\n\n\nb\n\n", "a\r\n\r\n```yolos\r\nx = 1\r\n```\r\n", "```yolos\nx = 1",
    "```yolos\n```\n", "~~~yolos fold\nx = 1\n~~~~\n", "  ```yolos\n  x = 1\n    y\n  ```\n",
    "text\n```yolos\nx\n```\ntext\n", "```\n```yolos\nx\n```\n", "<!-- yolos:out table -->\n",
    "<!-- yolos:out text -->\n\nx\n\n<!-- yolos:end text -->\n", "# H\n\np {x:.2f} q\n\nr {{y}}\n",
    "# H\n## I\n\nText `{code}` }\n",
    "<!-- yolos:out strange {\"a\":1} -->\n\nx\n\n<!-- yolos:end strange -->\n",
    "```yolos\nx\n```\n\n<!-- yolos:out text {\"volatile\":[\"3 s\"]} -->\n\n3 s\n\n<!-- yolos:end text -->\n",
    "```yolos\nx\n```\n\n<!-- yolos:out text -->\n\na\\\nb\n\n<!-- yolos:end text -->\n",
    "<!-- yolos:out prose {\"source\":\"a {x}\"} -->\n\na 1\n\n<!-- yolos:end prose -->\n",
  ]

  @Test(arguments: reports)
  func `any text in Markdown survives a notebook`(_ text: String) throws {
    let (middle, back) = try roundTrip(Data(text.utf8), .report, by: .notebook)
    #expect(back == Data(text.utf8), "\(String(decoding: middle, as: UTF8.self))")
  }

  static let scripts = [
    "", "x = 1", "#!/usr/bin/env yolos\n\n# Text.\n\nx = 1\n", "# a\n\n# b\n#\n# c\n",
    "x = 1 ## c\n\n\n## alone\n\ny = [\n\n  2]\n", "\tx = 1\r\n# p\r\n", "x = (\n# odd\n",
    "# {x:.2f}\nx = 1\n# }\n",
  ]

  @Test(arguments: scripts)
  func `any script survives a notebook and a report`(_ text: String) throws {
    #expect(try roundTrip(Data(text.utf8), .script, by: .notebook).back == Data(text.utf8))
    #expect(try roundTrip(Data(text.utf8), .script, by: .report).back == Data(text.utf8))
  }

  @Test func `a script that was edited as a notebook comes back edited`() throws {
    let script = "x = 1\n\n\n\n# Text.\ny = 2\n"
    let there = try Conversion(from: "a.yolos", to: "a.ipynb") { _ in nil }
      .convert(Data(script.utf8), .script, to: .notebook)
    let edited = String(decoding: there.content, as: UTF8.self).replacing("x = 1", with: "x = 7")
    let back = try Conversion(from: "a.ipynb", to: "a.yolos") { _ in nil }
      .convert(Data(edited.utf8), .notebook, to: .script)
    let text = String(decoding: back.content, as: UTF8.self)
    #expect(text.contains("x = 7\n") && text.contains("# Text.\n") && text.contains("y = 2\n"))
  }

  // MARK: Notebooks of others

  /// A notebook with everything that the format knows.
  private static let rich = """
    {"cells": [
      {"cell_type": "markdown", "id": "m1", "metadata": {"collapsed": true}, "source": ["# T\\n", "{a} `{b}`"]},
      {"cell_type": "markdown", "id": "m2", "metadata": {}, "source": "", "attachments": {"p.png": {"image/png": "AAAA"}}},
      {"cell_type": "markdown", "id": "m3", "metadata": {}, "source": "```yolos\\nx\\n```"},
      {"cell_type": "raw", "id": "r1", "metadata": {"format": "text/x"}, "source": "raw ``` text"},
      {"cell_type": "code", "id": "c1", "metadata": {"tags": ["t"]}, "execution_count": 7, "source": "print 1\\nx = 2",
       "outputs": [
        {"output_type": "stream", "name": "stdout", "text": ["1\\n", "2\\n"]},
        {"output_type": "stream", "name": "stderr", "text": "warning\\n"},
        {"output_type": "execute_result", "execution_count": 7, "data": {"text/plain": "2"}, "metadata": {}},
        {"output_type": "display_data", "metadata": {"w": 1}, "data": {"image/png": "iVBORw0KGgo=\\n", "text/plain": ["<p>"]}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.x+json": {"a": [1, 2.50]}}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\\u001b[31mE\\u001b[0m: v"]}]},
      {"cell_type": "code", "id": "c2", "metadata": {}, "execution_count": null, "outputs": [], "source": ""},
      {"cell_type": "code", "id": "c3", "metadata": {}, "execution_count": 9, "outputs": [], "source": "# {x} is\\n#\\n# p"}],
     "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}, "title": "T"}, "nbformat": 4, "nbformat_minor": 5}
    """

  @Test func `a notebook survives a report with all its names, counts and outputs`() throws {
    let original = try JupyterNotebook(Data(Self.rich.utf8))
    let (middle, back) = try roundTrip(original.content, .notebook, by: .report)
    let text = String(decoding: middle, as: UTF8.self)
    #expect(back == original.content)
    #expect(text.hasPrefix("# T\n{{a}} `{b}`\n\n```yolos-example\nx\n```\n\n```raw\n"))
    #expect(text.contains("```yolos\nprint 1\nx = 2\n```"))
    #expect(text.contains("![\\<p\\>](a_files/01-picture.png)"))
    let (document, problems) = MarkdownReader.document(text)
    #expect(problems.isEmpty && MarkdownWriter.text(document) == text)
  }

  @Test func `a report that was edited does not bring the old notebook back`() throws {
    let there = try Conversion(from: "a.ipynb", to: "a.md") { _ in nil }
      .convert(Data(Self.rich.utf8), .notebook, to: .report)
    let edited = String(decoding: there.content, as: UTF8.self)
      .replacing("x = 2", with: "x = 3")
    let back = try Conversion(from: "a.md", to: "a.ipynb") { _ in nil }
      .convert(Data(edited.utf8), .report, to: .notebook)
    let notebook = try JupyterNotebook(back.content)
    #expect(notebook.cells.contains { $0.source == "print 1\nx = 3" })
    #expect(!notebook.cells.contains { $0.source.contains("x = 2") })
  }

  @Test func `a name that leaves the folder of the report is not obeyed`() throws {
    let output: JSONValue = [
      "output_type": "display_data", "data": ["image/png": "AAAA", "text/plain": "x"],
      "metadata": [
        "yolos": ["kind": "figure", "file": "../../evil.png", "folder": "/etc", "numbers": ".."]
      ],
    ]
    var cell = JupyterNotebook.Cell(.code, "x")
    cell.outputs = [output]
    let result = try Conversion(from: "a.ipynb", to: "a.md") { _ in nil }
      .convert(JupyterNotebook([cell]).content, .notebook, to: .report)
    #expect(result.files.map(\.path) == ["a_files/01-picture.png"])
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"nbformat\": 3, \"worksheets\": []}", "{\"nbformat\": 4}",
    "{\"nbformat\": 4, \"cells\": [1]}", "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"x\"}]}",
    "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": 1}]}",
  ])
  func `what is no notebook is an error in one sentence`(_ text: String) {
    #expect(throws: NotebookError.self) { try JupyterNotebook(Data(text.utf8)) }
  }

  @Test func `whatever stands in a notebook, it becomes a report and comes back`() throws {
    var random = RandomSource(seed: 11)
    let texts = [
      "", "x = 1", "# {x}", "#", "```yolos\nx\n```", "```", "<!-- yolos:out text -->", "{", "}}",
      "<!-- yolos:end text -->", "a\r\nb", "\u{301}", "# p\nq = 2", " ", "\n", "| a |", "<br>",
      "--",
    ]
    for _ in 0..<100 {
      let cells = (0..<random.below(5)).map { _ -> JupyterNotebook.Cell in
        let kinds: [JupyterNotebook.Cell.Kind] = [.code, .markdown, .raw]
        var cell = JupyterNotebook.Cell(kinds[random.below(3)], texts[random.below(texts.count)])
        guard cell.kind == .code else { return cell }
        cell.outputs = (0..<random.below(3)).map { _ in
          let text = JSONValue.string(texts[random.below(texts.count)])
          let outputs: [JSONValue] = [
            ["output_type": "stream", "name": "stdout", "text": text],
            ["output_type": "display_data", "metadata": [:], "data": ["text/plain": text]],
            [
              "output_type": "display_data", "data": ["text/plain": text, "text/markdown": text],
              "metadata": ["yolos": ["kind": "table", "attributes": ["a": text]]],
            ],
            ["output_type": "error", "ename": "E", "evalue": text, "traceback": [text]],
            ["output_type": "display_data", "metadata": [:], "data": ["image/svg+xml": text]],
          ]
          return outputs[random.below(outputs.count)]
        }
        return cell
      }
      let content = JupyterNotebook(cells).content
      let (middle, back) = try roundTrip(content, .notebook, by: .report)
      #expect(
        back == content,
        "\(String(decoding: content, as: UTF8.self))\n\(String(decoding: middle, as: UTF8.self))")
      _ = try roundTrip(content, .notebook, by: .script)
    }
  }

  @Test func `plain prose and written prose are one another's inverse`() {
    for text in ["a {b} `{c}` }", "```\n{x}\n```\n{y}", "{{", ""] {
      #expect(ProseText.plain(ProseText.literal(text)) == text)
    }
    #expect(ProseText.plain("a {x}") == nil && ProseText.plain("a {") == nil)
  }
}
