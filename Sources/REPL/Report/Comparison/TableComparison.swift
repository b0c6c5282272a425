/// Finds what differs between two tables, cell by cell.
struct TableComparison {
  /// What people call the table.
  let place: String
  let old: Table
  let new: Table

  private typealias Row = [Table.Cell]
  typealias Difference = ReportCheck.Difference

  var differences: [Difference] {
    let headings = difference(
      "columns", old.columns.map(\.name).joined(separator: ", "),
      new.columns.map(\.name).joined(separator: ", "))
    guard headings.isEmpty else { return headings }
    return difference("title", old.title, new.title)
      + pairs.flatMap { number, before, after in
        guard let before, let after else {
          return difference("row \(number)", before.map(Self.shown), after.map(Self.shown))
        }
        return cells(number, before, after)
      }
  }

  /// Rows that belong together, with their number from 1.
  ///
  /// Rows that are the same stay together, so that a row more or less does not make all that follow
  /// differ; of those between them, each goes with its neighbor of the same name or else of the same
  /// rank.
  private var pairs: [(number: Int, old: Row?, new: Row?)] {
    var removed: Set<Int> = [], inserted: Set<Int> = []
    for change in new.rows.difference(from: old.rows, by: Self.isSame) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var found: [(Int, Row?, Row?)] = []
    var (i, j) = (0, 0)
    while i < old.rows.count || j < new.rows.count {
      let (from, to) = (i, j)
      while removed.contains(i) { i += 1 }
      while inserted.contains(j) { j += 1 }
      found += Self.matched(old.rows[from..<i], new.rows[to..<j])
      if (i, j) == (from, to) { (i, j) = (i + 1, j + 1) }
    }
    return found
  }

  /// Pairs rows of which none is like another.
  private static func matched(
    _ old: ArraySlice<Row>, _ new: ArraySlice<Row>
  ) -> [(Int, Row?, Row?)] {
    var rest = new, found: [(Int, Row?, Row?)] = []
    for (index, row) in zip(old.indices, old) {
      // Where there is a row for each, a name may have changed; else a name says which is missing.
      let partner =
        old.count == new.count
        ? rest.startIndex
        : rest.firstIndex { $0.first?.text == row.first?.text }
      guard let partner else {
        found.append((index + 1, row, nil))
        continue
      }
      found += zip(rest.startIndex..<partner, rest[..<partner]).map { ($0 + 1, nil, $1) }
      found.append((index + 1, row, rest[partner]))
      rest = rest[(partner + 1)...]
    }
    return found + zip(rest.indices, rest).map { ($0 + 1, nil, $1) }
  }

  private func cells(_ number: Int, _ before: Row, _ after: Row) -> [Difference] {
    let name = before.first.flatMap { $0.isVolatile ? nil : " (\($0.text))" } ?? ""
    return zip(before, after).enumerated().flatMap { column, cells in
      difference(
        "row \(number)\(column == 0 ? "" : name), column '\(old.columns[column].name)'",
        Self.masked(cells.0, cells.1), Self.masked(cells.1, cells.0))
    }
  }

  private func difference(_ part: String, _ old: String?, _ new: String?) -> [Difference] {
    old == new ? [] : [Difference(place: "\(place), \(part)", recorded: old, fresh: new)]
  }

  private static func isSame(_ a: Row, _ b: Row) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { masked($0, $1) == masked($1, $0) }
  }

  /// A cell as it counts: its style says which value is best, so it counts, too, but not where the
  /// value may differ.
  private static func masked(_ cell: Table.Cell, _ other: Table.Cell) -> String {
    if cell.isVolatile && other.isVolatile { return "…" }
    return cell.style == .bold ? "**\(cell.text)**" : cell.text
  }

  /// A row in one line.
  static func shown(_ row: [Table.Cell]) -> String {
    row.map { $0.isVolatile ? "…" : $0.text }.joined(separator: " | ")
  }
}
