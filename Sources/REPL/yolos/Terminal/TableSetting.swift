internal import Language
internal import Report

/// A table as aligned columns that fit a width: first long texts go over several lines, then columns
/// go into further tables below, each with the first column again.
struct TableSetting {
  private let table: Table
  private let terminal: Terminal
  private let width: Int
  /// The least that a column of text is narrowed to.
  private static let narrowest = 12
  private static let gap = 2

  init(_ table: Table, terminal: Terminal, width: Int) {
    (self.table, self.terminal, self.width) = (table, terminal, width)
  }

  /// Title, heading, rule and rows, between blank lines.
  var text: String {
    let title =
      table.title.isEmpty ? "" : terminal.paint(Terminal.harmless(table.title), "1") + "\n"
    return "\n" + title + blocks().map { set($0) }.joined(separator: "\n") + "\n"
  }

  // MARK: Widths

  private struct Column {
    let index: Int
    var width: Int
  }

  private func naturalWidth(_ index: Int) -> Int {
    let texts = [table.columns[index].name] + table.rows.map { $0[index].text }
    return texts.flatMap { $0.split(separator: "\n") }.map { DisplayWidth.of($0) }.max() ?? 0
  }

  /// The columns of each part of the table.
  private func blocks() -> [[Column]] {
    var columns = table.columns.indices.map { Column(index: $0, width: naturalWidth($0)) }
    var excess = total(columns) - width
    while excess > 0 {
      let wide = columns.indices.filter {
        !table.columns[columns[$0].index].isNumeric && columns[$0].width > Self.narrowest
      }.max { columns[$0].width < columns[$1].width }
      guard let wide else { break }
      let second =
        columns.indices.filter { $0 != wide && !table.columns[$0].isNumeric }
        .map { columns[$0].width }.max() ?? 0
      let target = max(
        Self.narrowest, min(columns[wide].width - 1, second), columns[wide].width - excess)
      columns[wide].width = min(columns[wide].width - 1, target)
      excess = total(columns) - width
    }
    guard excess > 0, let first = columns.first else { return [columns] }
    var blocks: [[Column]] = [[first]]
    for column in columns.dropFirst() {
      if blocks[blocks.count - 1].count > 1, total(blocks[blocks.count - 1] + [column]) > width {
        blocks.append([first])
      }
      blocks[blocks.count - 1].append(column)
    }
    return blocks
  }

  private func total(_ columns: [Column]) -> Int {
    columns.reduce(0) { $0 + $1.width } + Self.gap * max(0, columns.count - 1)
  }

  // MARK: Setting

  private func set(_ columns: [Column]) -> String {
    let heads = lines(columns.map { table.columns[$0.index].name }, columns).map { pieces in
      joined(pieces.enumerated().map { terminal.paint($0.element, "1") })
    }
    let sign = terminal.usesUnicode ? "─" : "-"
    let rule = joined(
      columns.map { terminal.paint(String(repeating: sign, count: $0.width), "2") })
    let rows = table.rows.flatMap { row in
      lines(columns.map { row[$0.index].text }, columns).map { pieces in
        joined(
          zip(columns, pieces).map { column, piece in
            switch row[column.index].style {
            case .plain: piece
            case .bold: terminal.paint(piece, "1;32")
            case .code: terminal.paint(piece, "36")
            }
          })
      }
    }
    return (heads + [rule] + rows).map { $0 + "\n" }.joined()
  }

  private func joined(_ pieces: [String]) -> String {
    var line = pieces.joined(separator: String(repeating: " ", count: Self.gap))
    while line.last == " " { line.removeLast() }
    return line
  }

  /// One row over as many lines as its longest cell needs, every piece padded to its column.
  private func lines(_ cells: [String], _ columns: [Column]) -> [[String]] {
    let wrapped = zip(cells, columns).map {
      Self.wrapped(Terminal.harmless($0).replacing("\t", with: " "), $1.width)
    }
    let count = wrapped.map(\.count).max() ?? 0
    return (0..<count).map { line in
      zip(wrapped, columns).map { pieces, column in
        let piece = line < pieces.count ? pieces[line] : ""
        let pad = String(repeating: " ", count: max(0, column.width - DisplayWidth.of(piece)))
        return table.columns[column.index].isNumeric ? pad + piece : piece + pad
      }
    }
  }

  /// The text in lines of at most `width` columns, broken at blanks where there are any.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var current = ""
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        let longer = current.isEmpty ? String(word) : current + " " + word
        if DisplayWidth.of(longer) <= width {
          current = longer
          continue
        }
        if !current.isEmpty { lines.append(current) }
        current = ""
        for character in word {
          if DisplayWidth.of(current) + DisplayWidth.width(of: character) > width, !current.isEmpty
          {
            lines.append(current)
            current = ""
          }
          current.append(character)
        }
      }
      lines.append(current)
    }
    return lines
  }
}
