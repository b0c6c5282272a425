/// Finds what differs between the outputs of a step, then and now.
struct OutputComparison {
  let comparesPictures: Bool

  typealias Difference = ReportCheck.Difference

  func differences(_ old: ReportCheck.Unit?, _ new: ReportCheck.Unit?) -> [Difference] {
    guard let old, let new else {
      return [Difference(place: "block", recorded: old?.source, fresh: new?.source)]
    }
    guard old.source == new.source, old.isStep == new.isStep else {
      return [Difference(place: "source", recorded: old.source, fresh: new.source)]
    }
    return (0..<max(old.outputs.count, new.outputs.count)).flatMap { index -> [Difference] in
      let before = index < old.outputs.count ? old.outputs[index] : nil
      let after = index < new.outputs.count ? new.outputs[index] : nil
      guard let before, let after else {
        let place = (before ?? after).map(Self.name) ?? ""
        return [
          Difference(place: place, recorded: before.map(Self.shown), fresh: after.map(Self.shown))
        ]
      }
      return differences(before, after)
    }
  }

  private func differences(_ old: Output, _ new: Output) -> [Difference] {
    let place = Self.name(old)
    switch (old, new) {
    case (.text(let a), .text(let b)), (.emitted(let a), .emitted(let b)),
      (.warning(let a), .warning(let b)), (.error(let a), .error(let b)):
      return differences(place, a.masked, b.masked)
    case (.code(let a), .code(let b)):
      return a.isVolatile && b.isVolatile ? [] : lineDifferences(place, a.text, b.text)
    case (.console(let a), .console(let b)):
      return a.isVolatile && b.isVolatile ? [] : lineDifferences(place, a.text, b.text)
    case (.table(let a), .table(let b)): return differences(place, a, b)
    case (.figure(let a), .figure(let b)): return differences(place, a, b)
    case (.parameters(let a), .parameters(let b)):
      return differences(place, a.map { ($0.name, $0.value) }, b.map { ($0.name, $0.value) })
    case (.provenance(let a), .provenance(let b)):
      return differences(
        place, a.map { ($0.name, $0.isVolatile ? "…" : $0.value) },
        b.map { ($0.name, $0.isVolatile ? "…" : $0.value) })
    default: return differences(place, Self.shown(old), Self.shown(new))
    }
  }

  private func differences(_ place: String, _ old: String?, _ new: String?) -> [Difference] {
    old == new ? [] : [Difference(place: place, recorded: old, fresh: new)]
  }

  /// Each run of lines that changed, with the number of its first line in the record.
  private func lineDifferences(_ place: String, _ old: String, _ new: String) -> [Difference] {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false)
    // The search takes the product of the two in the worst case.
    guard before.count * after.count <= 4_000_000 else { return differences(place, old, new) }
    var removed: Set<Int> = [], inserted: Set<Int> = []
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var found: [Difference] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      let (from, to) = (i, j)
      while removed.contains(i) { i += 1 }
      while inserted.contains(j) { j += 1 }
      if (i, j) == (from, to) {
        (i, j) = (i + 1, j + 1)
        continue
      }
      found.append(
        Difference(
          place: "\(place), line \(from + 1)",
          recorded: i > from ? before[from..<i].joined(separator: "\n") : nil,
          fresh: j > to ? after[to..<j].joined(separator: "\n") : nil))
    }
    return found
  }

  private func differences(
    _ place: String, _ old: [(String, String)], _ new: [(String, String)]
  ) -> [Difference] {
    let names = old.map(\.0) + new.map(\.0).filter { name in !old.contains { $0.0 == name } }
    return names.flatMap { name in
      differences(
        "\(place), \(name)", old.first { $0.0 == name }?.1, new.first { $0.0 == name }?.1)
    }
  }

  private func differences(_ place: String, _ old: Figure, _ new: Figure) -> [Difference] {
    // Where the files lie does not matter; what is in them does.
    let descriptions = differences(
      "\(place), description", old.alternativeText, new.alternativeText)
    if old.isVolatile && new.isVolatile { return descriptions }
    return descriptions
      + differences("\(place), SHA-256 of its numbers", old.numbersDigest, new.numbersDigest)
      + (comparesPictures
        ? differences("\(place), SHA-256 of the picture", old.digest, new.digest) : [])
  }

  private func differences(_ place: String, _ old: Table, _ new: Table) -> [Difference] {
    let headings = differences(
      "\(place), columns", old.columns.map(\.name).joined(separator: ", "),
      new.columns.map(\.name).joined(separator: ", "))
    guard headings.isEmpty else { return headings }
    let titles = differences("\(place), title", old.title, new.title)
    return titles
      + (0..<max(old.rows.count, new.rows.count)).flatMap { row -> [Difference] in
        let before = row < old.rows.count ? old.rows[row] : nil
        let after = row < new.rows.count ? new.rows[row] : nil
        let name = (before ?? after)?.first.map { $0.isVolatile ? "" : " (\($0.text))" } ?? ""
        guard let before, let after else {
          return differences(
            "\(place), row \(row + 1)", before.map(Self.shown), after.map(Self.shown))
        }
        return zip(before, after).enumerated().flatMap { column, cells in
          differences(
            "\(place), row \(row + 1)\(name), column '\(old.columns[column].name)'",
            Self.masked(cells.0, cells.1), Self.masked(cells.1, cells.0))
        }
      }
  }

  /// A cell as it counts: its style says which value is best, so it counts, too, but not where the
  /// value may differ.
  private static func masked(_ cell: Table.Cell, _ other: Table.Cell) -> String {
    if cell.isVolatile && other.isVolatile { return "…" }
    return cell.style == .bold ? "**\(cell.text)**" : cell.text
  }

  private static func shown(_ row: [Table.Cell]) -> String {
    row.map { $0.isVolatile ? "…" : $0.text }.joined(separator: " | ")
  }

  /// Whether an output belongs to the whole report, not to the step before it.
  static func concernsTheReport(_ output: Output) -> Bool {
    switch output {
    case .parameters, .provenance: true
    default: false
    }
  }

  /// What people call an output.
  static func name(_ output: Output) -> String {
    switch output {
    case .text: "text"
    case .emitted: "prose"
    case .table(let table): table.title.isEmpty ? "table" : "table '\(table.title)'"
    case .figure: "figure"
    case .warning: "warning"
    case .error: "error"
    case .code: "text"
    case .console: "console output"
    case .parameters: "parameters"
    case .provenance: "provenance"
    case .unknown(let region): "output '\(region.kind)'"
    }
  }

  private static func shown(_ output: Output) -> String {
    switch output {
    case .text(let text), .emitted(let text), .warning(let text), .error(let text): text.masked
    case .code(let listing): listing.text
    case .console(let console): console.text
    case .table(let table):
      ([table.columns.map(\.name).joined(separator: " | ")] + table.rows.map(shown))
        .joined(separator: "\n")
    case .figure(let figure): figure.alternativeText
    case .parameters, .provenance: MarkdownWriter.body(output).joined(separator: "\n")
    case .unknown(let region): region.lines.joined(separator: "\n")
    }
  }
}
