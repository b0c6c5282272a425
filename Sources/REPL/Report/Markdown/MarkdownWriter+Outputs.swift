internal import Foundation

extension MarkdownWriter {
  /// The marker before an output, with what a machine must know.
  static func marker(_ output: Output) -> Marker {
    var attributes = MarkerAttributes()
    let kind: String
    switch output {
    case .text(let text): kind = "text"; attributes.keep(text)
    case .emitted(let text): kind = "emitted"; attributes.keep(text)
    case .warning(let text): kind = "warning"; attributes.keep(text)
    case .error(let text): kind = "error"; attributes.keep(text)
    case .table(let table): kind = "table"; attributes.keep(table)
    case .figure(let figure):
      kind = "figure"
      (attributes.digest, attributes.numbersDigest) = (figure.digest, figure.numbersDigest)
      attributes.isVolatile = figure.isVolatile ? true : nil
    case .code(let listing):
      kind = "code"
      attributes.isVolatile = listing.isVolatile ? true : nil
    case .console(let console):
      kind = "console"
      attributes.isVolatile = console.isVolatile ? true : nil
    case .parameters(let parameters): kind = "parameters"; attributes.parameters = parameters
    case .provenance(let entries):
      kind = "provenance"
      let names = entries.filter(\.isVolatile).map(\.name)
      attributes.volatile = names.isEmpty ? nil : names
    case .kept(let data):
      kind = "kept"
      (attributes.name, attributes.content) = (data.name, data.content)
    case .unknown(let region): kind = region.kind
    }
    return Marker(kind: kind, attributes)
  }

  /// The visible lines of an output.
  static func body(_ output: Output) -> [String] {
    switch output {
    case .text(let text): strings(MarkdownText.escaped(text.text))
    case .emitted(let text): SafeProse.regionLines(text.text)
    case .warning(let text): quoted(strings("**Warning:** " + MarkdownText.escaped(text.text)))
    case .error(let text): quoted(["**Error**", ""] + Fence.lines(around: text.text, info: "text"))
    case .table(let table): lines(table)
    case .figure(let figure): lines(figure)
    case .code(let listing): Fence.lines(around: listing.text, info: listing.language)
    case .console(let console):
      ["<details>", "<summary>\(HTMLText.escaped(console.title))</summary>", ""]
        + Fence.lines(around: console.text, info: "text") + ["", "</details>"]
    case .parameters(let parameters): lines(parametersTable(parameters))
    case .provenance(let entries): ["## Provenance", ""] + lines(provenanceTable(entries))
    case .kept: []
    case .unknown(let region): Array(region.lines.dropFirst().dropLast())
    }
  }

  static func lines(_ table: Table) -> [String] {
    let title = table.title.isEmpty ? [] : ["**\(MarkdownText.escaped(table.title))**", ""]
    return title
      + [
        row(table.columns.map { cell(.init($0.name)) }),
        row(table.columns.map { $0.isNumeric ? "--:" : "---" }),
      ] + table.rows.map { row($0.map(cell)) }
  }

  static func cell(_ cell: Table.Cell) -> String {
    switch cell.style {
    case .plain: escapedCell(cell.text)
    case .bold: "**\(escapedCell(cell.text))**"
    // Inside code only the pipe is escaped, and only for the table's sake.
    case .code: "`\(cell.text.split(atScalars: "|").joined(separator: "\\|"))`"
    }
  }

  private static func escapedCell(_ text: String) -> String {
    MarkdownText.lines(of: text).map { MarkdownText.escaped(String($0)) }.joined(separator: "<br>")
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  private static func lines(_ figure: Figure) -> [String] {
    let picture = "![\(MarkdownText.escaped(figure.alternativeText))](\(Link.encoded(figure.path)))"
    // A file name in code, not a link: services that publish a report upload what is linked.
    let numbers = figure.numbers.map { ["", "Numbers: `\($0)`"] } ?? []
    return [picture] + numbers
  }

  static func parametersTable(_ parameters: [Parameter]) -> Table {
    Table(
      title: "Parameters",
      columns: [.init("parameter"), .init("value"), .init("from")],
      rows: parameters.map {
        [.init($0.name, style: .code), .init($0.value, style: .code), .init($0.origin.rawValue)]
      })
  }

  static func provenanceTable(_ entries: [ProvenanceEntry]) -> Table {
    Table(
      columns: [.init("fact"), .init("value")],
      rows: entries.map { [.init($0.name), .init($0.value, isVolatile: $0.isVolatile)] })
  }

  private static func quoted(_ lines: [String]) -> [String] {
    lines.map { $0.isEmpty ? ">" : "> \($0)" }
  }

  private static func strings(_ text: String) -> [String] {
    MarkdownText.lines(of: text).map(String.init)
  }
}

extension MarkerAttributes {
  mutating func keep(_ text: VolatileText) {
    volatile = text.volatilePieces.isEmpty ? nil : text.volatilePieces
  }

  /// Columns that are volatile from top to bottom, and the cells that are beside them.
  mutating func keep(_ table: Table) {
    guard !table.rows.isEmpty else { return }
    let columns = table.columns.indices.filter { column in
      table.rows.allSatisfy { $0[column].isVolatile }
    }
    let cells = table.rows.enumerated().flatMap { row, cells in
      cells.indices.filter { cells[$0].isVolatile && !columns.contains($0) }.map { [row, $0] }
    }
    volatileColumns = columns.isEmpty ? nil : columns
    volatileCells = cells.isEmpty ? nil : cells
  }

  func isVolatile(row: Int, column: Int) -> Bool {
    volatileColumns?.contains(column) ?? false || volatileCells?.contains([row, column]) ?? false
  }
}

/// Relative links.
enum Link {
  /// A path as a link's target: what Markdown or a URL would misread is percent-encoded.
  static func encoded(_ path: String) -> String {
    let bytes = path.utf8.flatMap { byte -> [UInt8] in
      let isPlain =
        byte >= 0x80 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "/._-+,=~".utf8.contains(byte)
      return isPlain ? [byte] : [UInt8(ascii: "%"), hex(byte >> 4), hex(byte & 15)]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Undoes ``encoded(_:)``.
  static func decoded(_ link: some StringProtocol) -> String {
    String(link).removingPercentEncoding ?? String(link)
  }

  private static func hex(_ digit: UInt8) -> UInt8 { Array("0123456789ABCDEF".utf8)[Int(digit)] }
}
