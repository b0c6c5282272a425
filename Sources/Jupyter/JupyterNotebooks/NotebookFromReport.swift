internal import Files
internal import Foundation
internal import JSON
internal import Language
internal import Report

/// Makes the cells of a notebook from a report, or from any notebook in Markdown.
///
/// Prose becomes Markdown cells, a new one at each heading; prose with values in it becomes a cell of `# ` lines,
/// which the kernel fills in; a step becomes a code cell that has the outputs behind it.
struct NotebookFromReport {
  /// What a file beside the report holds.
  let file: (String) -> Data?
  /// The folder of the report's pictures, as its paths name it.
  let filesFolder: String

  private var cells: [JupyterNotebook.Cell] = []
  /// Prose that waits for its cell.
  private var prose: (text: String, blankLines: Int)?
  private var hasOutputs = false

  init(filesFolder: String, file: @escaping (String) -> Data?) {
    (self.filesFolder, self.file) = (filesFolder, file)
  }

  /// The notebook.
  mutating func notebook(of document: Report.Document) -> JupyterNotebook {
    hasOutputs = document.entries.contains { if case .output = $0.block { true } else { false } }
    for (index, entry) in document.entries.enumerated() {
      add(entry, isFirst: index == 0, isLast: index == document.entries.count - 1)
    }
    flush()
    number()
    var metadata = JSONObject()
    metadata["kernelspec"] = ["display_name": "yolos", "language": "yolos", "name": "yolos"]
    metadata["language_info"] = [
      "codemirror_mode": "python", "file_extension": ".yolos", "mimetype": "text/x-yolos",
      "name": "yolos", "pygments_lexer": "text",
    ]
    return JupyterNotebook(cells, metadata: metadata)
  }

  // MARK: Blocks

  private mutating func add(_ entry: Report.Document.Entry, isFirst: Bool, isLast: Bool) {
    // What is usual need not be noted.
    let blankLines = entry.blankLines == (isFirst ? 0 : 1) ? nil : entry.blankLines
    switch entry.block {
    case .prose(let prose):
      let text = MarkdownWriter.text(entry.block, isLast: isLast)
      if prose.rendered == nil, ProseText.plain(text) != nil {
        add(prose: text, blankLines: entry.blankLines, isNoted: blankLines != nil)
      } else {
        flush()
        var cell = JupyterNotebook.Cell(.code, CellStyle.source(of: prose.source))
        note(blankLines, in: &cell.metadata)
        if let rendered = prose.rendered {
          cell.outputs.append(
            Self.output("display_data", OutputBundle(.emitted(rendered)).content))
        }
        cells.append(cell)
      }
    case .step(let step):
      flush()
      var cell = JupyterNotebook.Cell(.code, step.source)
      note(blankLines, in: &cell.metadata)
      if let opening = step.opening {
        Self.note("opening", .string(opening), in: &cell.metadata)
        if let closing = step.closing {
          Self.note("closing", .string(closing), in: &cell.metadata)
        }
      }
      cells.append(cell)
    case .output(let output):
      flush()
      add(output, blankLines)
    }
  }

  private mutating func add(prose text: String, blankLines: Int, isNoted: Bool) {
    if let before = prose, !text.hasPrefix("#") {
      let gap = String(repeating: "\n", count: blankLines + 1)
      prose = (before.text + gap + text, before.blankLines)
    } else {
      flush()
      prose = (text, isNoted ? blankLines : -1)
    }
  }

  /// Makes a cell of the prose that waits.
  private mutating func flush() {
    guard let (text, blankLines) = prose else { return }
    prose = nil
    let plain = ProseText.plain(text) ?? text
    var cell = JupyterNotebook.Cell(.markdown, plain)
    note(blankLines < 0 ? nil : blankLines, in: &cell.metadata)
    if ProseText.literal(plain) != text { Self.note("source", .string(text), in: &cell.metadata) }
    cells.append(cell)
  }

  private static func note(_ name: String, _ value: JSONValue, in metadata: inout JSONObject) {
    var own = metadata[OutputBundle.key]?.asObject ?? JSONObject()
    own[name] = value
    metadata[OutputBundle.key] = .object(own)
  }

  private func note(_ blankLines: Int?, in metadata: inout JSONObject) {
    if let blankLines { Self.note("blankLines", .number(blankLines), in: &metadata) }
  }

  // MARK: Outputs

  private static func output(_ type: String, _ content: JSONObject) -> JSONValue {
    var object = content
    object["output_type"] = .string(type)
    return .object(object)
  }

  private mutating func add(_ output: Report.Output, _ blankLines: Int?) {
    if case .provenance = output { return addAlone(output, blankLines) }
    guard let last = cells.indices.last, cells[last].kind == .code else {
      return addAlone(output, blankLines)
    }
    if case .text(let text) = output, text.volatilePieces.isEmpty, blankLines == nil,
      !text.text.contains(where: \.isNewline)
    {
      return add(stream: text.text + "\n", to: last)
    }
    var bundle = self.bundle(of: output)
    note(blankLines, in: &bundle.metadata)
    cells[last].outputs.append(Self.output("display_data", bundle.content))
  }

  /// Text joins the text before it, as it does while a cell runs.
  private mutating func add(stream text: String, to cell: Int) {
    let before = cells[cell].outputs.last
    if before?["output_type"] == "stream", before?["name"] == "stdout",
      var object = before?.asObject, let start = object["text"]?.asString
    {
      object["text"] = .string(start + text)
      cells[cell].outputs[cells[cell].outputs.count - 1] = .object(object)
    } else {
      cells[cell].outputs.append(
        ["output_type": "stream", "name": "stdout", "text": .string(text)])
    }
  }

  /// An output that belongs to no step stands in a cell that Jupyter does not run.
  private mutating func addAlone(_ output: Report.Output, _ blankLines: Int?) {
    let bundle = self.bundle(of: output)
    let text = bundle.data["text/markdown"]?.asString ?? WrittenOutput(output).body
    var cell = JupyterNotebook.Cell(.markdown, text)
    cell.metadata[OutputBundle.key] = bundle.metadata[OutputBundle.key]
    note(blankLines, in: &cell.metadata)
    cells.append(cell)
  }

  private func bundle(of output: Report.Output) -> OutputBundle {
    guard case .figure(let figure) = output else { return OutputBundle(output) }
    let numbers = figure.numbers.flatMap(file).map { String(decoding: $0, as: UTF8.self) }
    var bundle = OutputBundle(figure, picture: file(figure.path), numbers: numbers)
    let folder = PathText.folder(of: figure.path)
    if folder != filesFolder { Self.note("folder", .string(folder), in: &bundle.metadata) }
    return bundle
  }

  // MARK: Names

  /// Gives every cell its name, and every code cell of a report that ran its number.
  private mutating func number() {
    var count = 0
    for index in cells.indices {
      let digest = Digest(of: "\(index)\n\(cells[index].kind.rawValue)\n\(cells[index].source)")
      cells[index].id = String(digest.description.prefix(8))
      guard cells[index].kind == .code, hasOutputs else { continue }
      count += 1
      cells[index].count = count
    }
  }
}
