internal import Commands
internal import Files
internal import Foundation
internal import JSON
internal import Language
internal import Report

/// Makes a report from the cells of a notebook: a text in Markdown, and the pictures beside it.
///
/// What only a notebook can show (HTML of others, widgets) is left out.
struct ReportFromNotebook {
  /// The text.
  private(set) var text = ""
  /// Pictures and numbers by their paths, relative to the report.
  private(set) var files: [(path: String, content: Data)] = []
  /// The cell that each line of the text comes from, counted from 1.
  private(set) var cellOfLine: [Int] = [0]

  private let filesFolder: String
  private var pictures = 0
  private var cell = 0

  /// Makes the report.
  ///
  /// - Parameters:
  ///   - notebook: The notebook.
  ///   - filesFolder: The folder of its pictures, relative to it.
  init(_ notebook: JupyterNotebook, filesFolder: String) {
    self.filesFolder = filesFolder
    for (index, cell) in notebook.cells.enumerated() {
      self.cell = index + 1
      add(cell)
    }
    if !text.isEmpty { text += "\n" }
  }

  private mutating func add(_ block: String, _ metadata: JSONObject) {
    let noted = metadata[OutputBundle.key]?["blankLines"]?.asInt
    // A number that somebody wrote there must not fill the memory.
    let blankLines = min(max(0, noted ?? (text.isEmpty ? 0 : 1)), 1000)
    let gap = String(repeating: "\n", count: blankLines + (text.isEmpty ? 0 : 1))
    let added = gap + block
    if text.isEmpty { cellOfLine = [cell] }
    text += added
    let count = added.unicodeScalars.count { $0 == "\n" }
    cellOfLine += [Int](repeating: cell, count: count)
  }

  // MARK: Cells

  private mutating func add(_ cell: JupyterNotebook.Cell) {
    let own = cell.metadata[OutputBundle.key]
    switch cell.kind {
    case .markdown:
      guard !cell.source.isEmpty else { return }
      add(region(own, body: cell.source) ?? prose(of: cell.source, own), cell.metadata)
    case .raw:
      guard !cell.source.isEmpty else { return }
      add(Self.fence(around: cell.source, info: "raw"), cell.metadata)
    case .code: add(code: cell, own)
    }
  }

  private func prose(of markdown: String, _ own: JSONValue?) -> String {
    if let source = own?["source"]?.asString, ProseText.plain(source) == markdown { return source }
    let literal = ProseText.literal(Self.withoutSteps(markdown))
    return MarkdownWriter.text(.prose(Prose(literal)))
  }

  /// Markdown whose fences nobody runs: in a Markdown cell they are examples.
  private static func withoutSteps(_ markdown: String) -> String {
    CellStyle.lines(markdown).map { line -> String in
      let mark = line.drop { $0 == " " }
      let sign = mark.first ?? " "
      guard sign == "`" || sign == "~" else { return String(line) }
      let info = mark.drop { $0 == sign }
      let word = info.drop { $0 == " " }
      guard mark.count - info.count >= 3, word.prefix(while: { $0 != " " }) == "yolos" else {
        return String(line)
      }
      return line.prefix(line.count - word.count) + "yolos-example" + word.dropFirst(5)
    }.joined(separator: "\n")
  }

  /// A fence that is longer than any inside.
  private static func fence(around text: String, info: String) -> String {
    let longest = CellStyle.lines(text).map { $0.prefix { $0 == "`" }.count }.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(info)\n\(text)\n\(fence)"
  }

  private mutating func add(code cell: JupyterNotebook.Cell, _ own: JSONValue?) {
    var outputs = cell.outputs[...]
    if cell.source.allSatisfy(\.isWhitespace) {
      // Nothing to run.
    } else if let prose = CellStyle.prose(of: cell.source) {
      var rendered: VolatileText?
      if case .emitted(let text)? = outputs.first.flatMap(output) {
        rendered = text
        outputs = outputs.dropFirst()
      }
      var metadata = cell.metadata
      for block in Transcript.blocks(of: prose, rendered: rendered?.pieces) {
        add(MarkdownWriter.text(block), metadata)
        metadata = JSONObject()
      }
    } else {
      var step = Report.Step(cell.source)
      step.opening = own?["opening"]?.asString
      step.closing = own?["closing"]?.asString
      add(MarkdownWriter.text(.step(step)), cell.metadata)
    }
    for output in outputs { add(output: output) }
  }

  // MARK: Outputs

  private mutating func add(output: JSONValue) {
    let metadata = output["metadata"]?.asObject ?? JSONObject()
    switch output["output_type"]?.asString {
    case "stream":
      // What checks of a cell said is no part of what its steps show.
      guard output["name"]?.asString != "stderr", var text = output["text"]?.asString else {
        return
      }
      if text.hasSuffix("\n") { text.removeLast() }
      for line in CellStyle.lines(text) {
        add(WrittenOutput(.text(VolatileText(String(line)))).text, JSONObject())
      }
    case "error": add(WrittenOutput(.error(Self.error(output))).text, JSONObject())
    case "display_data", "execute_result":
      if let figure = figure(output) { return add(WrittenOutput(.figure(figure)).text, metadata) }
      if let known = self.output(output) { return add(WrittenOutput(known).text, metadata) }
      let own = metadata[OutputBundle.key], body = output["data"]?["text/markdown"]?.asString
      if let body, let region = region(own, body: body) { return add(region, metadata) }
    default: break
    }
  }

  /// A text, a listing or prose; nil for outputs of other kinds.
  private func output(_ output: JSONValue) -> Report.Output? {
    let own = output["metadata"]?[OutputBundle.key], data = output["data"]
    let volatile = own?["attributes"]?["volatile"]?.asArray?.compactMap(\.asString) ?? []
    let plain = data?["text/plain"]?.asString, markdown = data?["text/markdown"]?.asString
    switch own?["kind"]?.asString {
    case "progress": return nil
    case "text": return plain.map { .text(VolatileText($0, volatilePieces: volatile)) }
    case "emitted": return markdown.map { .emitted(VolatileText($0, volatilePieces: volatile)) }
    case .some: return nil
    case .none:
      if let markdown { return .emitted(VolatileText(markdown)) }
      return plain.map {
        $0.contains(where: \.isNewline) ? .code(Listing($0)) : .text(VolatileText($0))
      }
    }
  }

  /// The lines of a report's output whose marker a notebook has kept; nil where that cannot be.
  private func region(_ own: JSONValue?, body: String) -> String? {
    guard let kind = own?["kind"]?.asString, kind != "progress" else { return nil }
    if kind == "unknown" { return own?["region"]?.asString }
    guard kind.allSatisfy({ $0.isASCII && $0.isLetter }), !kind.isEmpty,
      // Nothing in it may end it.
      !CellStyle.lines(body).contains(where: { $0.hasPrefix("<!-- yolos:") })
    else { return nil }
    let attributes = own?["attributes"].map { OutputBundle.attributes($0) }
    guard attributes?.contains(where: \.isNewline) != true, attributes?.contains("-->") != true
    else { return nil }
    return WrittenOutput(kind: kind, attributes: attributes, body: body).text
  }

  private static func error(_ output: JSONValue) -> VolatileText {
    let lines = output["traceback"]?.asArray?.compactMap(\.asString) ?? []
    let summary = output["evalue"]?.asString ?? output["ename"]?.asString ?? "error"
    let text = plain(lines.isEmpty ? summary : lines.joined(separator: "\n"))
    // The place, and the number of the line in the excerpt below it.
    var pieces: [String] = []
    let first = text.prefix { !$0.isNewline }
    if let end = first.firstRange(of: ": error:") {
      pieces.append(String(first[..<end.lowerBound]))
    }
    let second = text.dropFirst(first.count + 1).drop { $0 == " " }
    let digits = second.prefix { $0.isNumber }
    if !digits.isEmpty, second.dropFirst(digits.count).hasPrefix(" |") {
      pieces.append("\(digits) |")
    }
    return VolatileText(text + "\n", volatilePieces: pieces)
  }

  /// A text without the sequences that color it (ECMA-48, CSI … m).
  private static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView(), isSequence = false, isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        (isEscape, isSequence) = (false, scalar == "[")
      } else if isSequence {
        isSequence = !(0x40...0x7E).contains(scalar.value)
      } else if scalar == "\u{1B}" {
        isEscape = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  // MARK: Pictures

  /// The figure of an output that holds a picture, whose files go beside the report; nil for other outputs.
  private mutating func figure(_ output: JSONValue) -> Figure? {
    let own = output["metadata"]?[OutputBundle.key], data = output["data"]
    let found = OutputBundle.types.lazy.compactMap { kind -> (String, Data)? in
      guard let text = data?[kind.type]?.asString else { return nil }
      if kind.ending == "svg" { return (kind.ending, Data(text.utf8)) }
      return Data(base64Encoded: text, options: .ignoreUnknownCharacters).map { (kind.ending, $0) }
    }.first
    let isOurs = own?["kind"] == "figure"
    guard found != nil || isOurs else { return nil }
    let attributes = own?["attributes"]
    let folder = Self.folder(own?["folder"]?.asString) ?? filesFolder
    pictures += 1
    let ending = found?.0 ?? "png"
    let name = Self.fileName(own?["file"]?.asString) ?? "\(Self.two(pictures))-picture.\(ending)"
    let path = store(found?.1, folder, name)
    var figure = Figure(
      path: path, alternativeText: data?["text/plain"]?.asString ?? "picture",
      digest: attributes?["digest"]?.asString ?? found.map { Digest(of: $0.1).description } ?? "",
      isVolatile: attributes?["isVolatile"]?.asBool ?? false)
    if let numbers = Self.fileName(own?["numbers"]?.asString) {
      let csv = data?["text/csv"]?.asString.map { Data($0.utf8) }
      // Numbers stay beside their picture under its name.
      let stem = PathText.withoutSuffix(path) + "." + PathText.suffix(of: numbers)
      figure.numbers = PathText.name(of: path) == name ? Self.joined(folder, numbers) : stem
      if let csv, let path = figure.numbers { files.append((path, csv)) }
      figure.numbersDigest = attributes?["numbersDigest"]?.asString
    }
    return figure
  }

  /// Files a picture under its name, or where another picture has that, under a free one.
  private mutating func store(_ content: Data?, _ folder: String, _ name: String) -> String {
    var path = Self.joined(folder, name)
    guard let content else { return path }
    var number = 1
    while let other = files.first(where: { $0.path == path }), other.content != content {
      number += 1
      path = Self.joined(
        folder, "\(PathText.withoutSuffix(name))-\(number).\(PathText.suffix(of: name))")
    }
    if !files.contains(where: { $0.path == path }) { files.append((path, content)) }
    return path
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// A folder below that of the report.
  private static func folder(_ path: String?) -> String? {
    guard let path, !path.hasPrefix("/"), !path.contains(where: \.isNewline),
      !path.split(separator: "/").contains("..")
    else { return nil }
    return path
  }

  /// A name of a file and nothing that leaves its folder.
  private static func fileName(_ name: String?) -> String? {
    guard let name, !name.isEmpty, !name.contains("/"), !name.hasPrefix("."),
      !name.contains(where: \.isNewline)
    else { return nil }
    return name
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
