internal import Charts
internal import Files
internal import Language
internal import Report

/// A table as a value of the language.
struct TableObject: Presentable {
  let table: Table
  /// What has to be known to read it; empty for nothing.
  var remark = ""
  /// Pictures of the same, shown below it, under one name of files.
  var charts: [Chart] = []
  var chartName = ""

  static let objectType = ObjectType(
    "Table", "rows and columns that a command returned",
    members: [
      .init("rows", .integer, "the number of rows"),
      .init("columns", .list(.string), "the column names"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    name == "rows"
      ? .number(table.rows.count) : .list(table.columns.map { .string($0.name) })
  }

  var summary: String {
    let rows = Wording.number(table.rows.count, "row")
    return "table '\(table.title)': \(rows), \(Wording.number(table.columns.count, "column"))"
  }

  var digest: String {
    let cells = table.rows.map { row in
      row.map { $0.isVolatile ? "" : $0.text }.joined(separator: "\t")
    }
    let heads = table.columns.map(\.name).joined(separator: "\t")
    return Digest(of: ([table.title, heads] + cells).joined(separator: "\n")).description
  }

  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    [.table(table)] + (remark.isEmpty ? [] : [.text(VolatileText(remark))])
      + charts.map { .chart($0, name: chartName) }
  }
}
