/// A line chart in a few lines of text, drawn with Braille dots, for a terminal.
public struct TextSketch: Sendable {
  /// One curve; what is not finite leaves a gap.
  public struct Series: Sendable {
    /// What the line below the chart calls it.
    public let name: String
    /// The values from left to right.
    public let values: [Double]

    /// One curve.
    public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
  }

  /// What stands above the chart.
  public let title: String
  /// The curves; they share one scale.
  public let series: [Series]
  /// Characters across, without the labels on the left.
  public let width: Int
  /// Lines of the plot itself.
  public let height: Int

  /// A sketch of some curves.
  public init(title: String, series: [Series], width: Int = 60, height: Int = 8) {
    precondition(width > 0 && height > 1, "a sketch needs room: \(width) x \(height) is too small")
    (self.title, self.series, self.width, self.height) = (title, series, width, height)
  }

  /// Title, plot with the largest and the smallest value on the left, horizontal axis, and each
  /// curve's last value.
  public var text: String {
    let finite = series.flatMap(\.values).filter(\.isFinite)
    let least = finite.min() ?? 0, largest = finite.max() ?? 0
    let top = NumberText.short(largest), bottom = least < largest ? NumberText.short(least) : ""
    let margin = max(top.count, bottom.count)
    let rows = dots(least, largest).enumerated().map { row, line in
      let label = row == 0 ? top : row == height - 1 ? bottom : ""
      return pad(label, to: margin) + " ┤" + line
    }
    let foot = String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: width)
    let lengths = series.map(\.values.count).max() ?? 0
    let scale =
      String(repeating: " ", count: margin + 2) + "1"
      + pad(String(lengths), to: max(0, width - 1))
    let names = series.map { series in
      let last = series.values.last(where: \.isFinite).map(NumberText.short) ?? "no values"
      return "\(series.name): \(last)"
    }
    return ([title] + rows + [foot, scale] + [names.joined(separator: "  ·  ")])
      .joined(separator: "\n")
  }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Braille cells: two dots across, four down; the bits of a cell are numbered as in Unicode.
  private func dots(_ least: Double, _ largest: Double) -> [String] {
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: width), count: height)
    let columns = width * 2, rows = height * 4
    let longest = max(2, series.map(\.values.count).max() ?? 2)
    for series in series {
      var previous: (x: Int, y: Int)?
      for (index, value) in series.values.enumerated() {
        guard value.isFinite else {
          previous = nil
          continue
        }
        let x = Int((Double(index) / Double(longest - 1) * Double(columns - 1)).rounded())
        // Halved before subtracting, so that no two finite numbers overflow.
        let height = largest / 2 - least / 2
        let share = height > 0 ? (largest / 2 - value / 2) / height : 0
        let y = Int((share * Double(rows - 1)).rounded())
        for (x, y) in Self.segment(from: previous ?? (x, y), to: (x, y)) {
          cells[y / 4][x / 2] |= bits[y % 4][x % 2]
        }
        previous = (x, y)
      }
    }
    return cells.map { row in
      String(String.UnicodeScalarView(row.compactMap { Unicode.Scalar(0x2800 + $0) }))
    }
  }

  /// The dots between two dots.
  private static func segment(
    from: (x: Int, y: Int), to: (x: Int, y: Int)
  ) -> [(x: Int, y: Int)] {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0 else { return [to] }
    return (0...steps).map { step in
      let part = Double(step) / Double(steps)
      return (
        from.x + Int((Double(to.x - from.x) * part).rounded()),
        from.y + Int((Double(to.y - from.y) * part).rounded())
      )
    }
  }
}
