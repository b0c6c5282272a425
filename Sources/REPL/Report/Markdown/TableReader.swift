extension OutputReader {
  static func table(
    _ body: ArraySlice<Substring>, _ attributes: MarkerAttributes
  ) -> Table? {
    var lines = Array(body), title = ""
    if let first = lines.first?.between("**", "**"), lines.count > 2 {
      title = MarkdownText.unescaped(first)
      lines.removeFirst(2)
    }
    guard lines.count >= 2 else { return nil }
    let rows = lines.map(cells)
    let count = rows[0].count
    guard count > 0, rows.allSatisfy({ $0.count == count }),
      rows[1].allSatisfy({ $0 == "---" || $0 == "--:" })
    else { return nil }
    let columns = zip(rows[0], rows[1]).map { name, rule in
      Table.Column(text(name), isNumeric: rule == "--:")
    }
    let content = rows.dropFirst(2).enumerated().map { row, cells in
      cells.enumerated().map { column, cell in
        self.cell(cell, isVolatile: attributes.isVolatile(row: row, column: column))
      }
    }
    return Table(title: title, columns: columns, rows: content)
  }

  /// The cells of a row, split at the pipes that no backslash stands before.
  private static func cells(_ line: Substring) -> [String] {
    guard line.between("| ", " |") != nil else { return [] }
    var cells: [String] = [], current = String.UnicodeScalarView(), isEscaped = false
    for scalar in line.unicodeScalars.dropFirst() {
      if scalar == "|", !isEscaped {
        // One blank stands at each side of a cell.
        cells.append(String(String.UnicodeScalarView(current.dropFirst().dropLast())))
        current = String.UnicodeScalarView()
      } else {
        current.append(scalar)
      }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return cells
  }

  private static func cell(_ markdown: String, isVolatile: Bool) -> Table.Cell {
    if let code = markdown.between("`", "`") {
      let text = code.split(atScalars: "\\|").joined(separator: "|")
      return .init(text, style: .code, isVolatile: isVolatile)
    }
    if let strong = markdown.between("**", "**") {
      return .init(text(strong), style: .bold, isVolatile: isVolatile)
    }
    return .init(text(markdown), isVolatile: isVolatile)
  }

  private static func text(_ markdown: some StringProtocol) -> String {
    markdown.split(atScalars: "<br>").map { MarkdownText.unescaped($0) }.joined(separator: "\n")
  }
}
