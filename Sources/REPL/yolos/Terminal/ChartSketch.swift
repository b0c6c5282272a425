internal import Charts

/// A chart in a few lines of text: curves as dots, bars as bars.
struct ChartSketch {
  /// The lines.
  let text: String

  /// A sketch of a chart's numbers; nil for charts that text cannot show, such as images.
  init?(_ chart: Chart, width: Int) {
    let room = max(10, min(72, width - 12))
    guard let text = Self.curves(chart, room) ?? Self.bars(chart, room) else { return nil }
    self.text = text
  }

  /// Tables that have a name, a place on the axis and one or several values in every row.
  private static func curves(_ chart: Chart, _ width: Int) -> String? {
    let numbers = chart.numbers
    guard numbers.columns.count >= 3, let first = numbers.rows.first, case .text = first[0],
      value(first[1]) != nil, !numbers.rows.contains(where: { isText($0[1]) || isText($0[2]) }),
      numbers.columns[0] == "run" || numbers.columns[0] == "series"
    else { return nil }
    let column = numbers.columns.firstIndex { $0.contains("mAP50-95") } ?? 2
    var series: [(name: String, values: [Double])] = []
    for row in numbers.rows {
      guard case .text(let name) = row[0] else { return nil }
      if series.last?.name != name { series.append((name, [])) }
      series[series.count - 1].values.append(value(row[column]) ?? .nan)
    }
    let title = chart.title + (numbers.columns.count > 3 ? ": \(numbers.columns[column])" : "")
    return TextSketch(
      title: title, series: series.map { .init(name: $0.name, values: $0.values) }, width: width
    ).text
  }

  /// Tables of names and one value.
  private static func bars(_ chart: Chart, _ width: Int) -> String? {
    let numbers = chart.numbers
    guard numbers.columns.count == 2, !numbers.rows.isEmpty, numbers.rows.count <= 24 else {
      return nil
    }
    let bars = numbers.rows.compactMap { row -> (name: String, value: Double)? in
      guard case .text(let name) = row[0], let value = value(row[1]), value >= 0 else { return nil }
      return (name, value)
    }
    guard bars.count == numbers.rows.count, let largest = bars.map(\.value).max(), largest > 0
    else { return nil }
    let margin = min(24, bars.map(\.name.count).max() ?? 0)
    let lines = bars.map { bar in
      let name = Terminal.cut(bar.name, to: margin)
      let pad = String(repeating: " ", count: max(0, margin - name.count))
      let length = Int((bar.value / largest * Double(max(1, width - margin))).rounded())
      return "\(name)\(pad) \(String(repeating: "█", count: length)) \(bar.value)"
    }
    return ([chart.title] + lines).joined(separator: "\n")
  }

  private static func value(_ cell: NumberTable.Cell) -> Double? {
    switch cell {
    case .number(let value): value
    case .count(let count): Double(count)
    case .text, .empty: nil
    }
  }

  private static func isText(_ cell: NumberTable.Cell) -> Bool {
    if case .text = cell { true } else { false }
  }
}
