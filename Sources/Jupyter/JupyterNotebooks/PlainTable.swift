internal import Language
internal import Report

/// A table as aligned columns of plain text.
enum PlainTable {
  /// Title, heading, rule and rows.
  static func text(_ table: Table) -> String {
    let heads = table.columns.map(\.name)
    let rows = table.rows.map { row in row.map { $0.text.replacing("\n", with: " ") } }
    let widths = heads.indices.map { column in
      ([heads] + rows).map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let pieces = cells.enumerated().map { column, text in
        let pad = String(repeating: " ", count: widths[column] - DisplayWidth.of(text))
        return table.columns[column].isNumeric ? pad + text : text + pad
      }
      let whole = pieces.joined(separator: "  ")
      return String(whole.reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let title = table.title.isEmpty ? [] : [table.title]
    return (title + [line(heads), rule] + rows.map(line)).joined(separator: "\n")
  }
}
