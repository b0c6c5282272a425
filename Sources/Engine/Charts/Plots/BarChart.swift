/// Horizontal bars from zero, each with its name and its value.
public struct BarChart: Sendable {
  /// One bar.
  public struct Bar: Sendable {
    /// What it stands for.
    public let name: String
    /// Its length; not negative.
    public let value: Double
    /// Its color, by index from 0.
    public let colorIndex: Int

    /// One bar.
    public init(name: String, value: Double, colorIndex: Int) {
      (self.name, self.value, self.colorIndex) = (name, value, colorIndex)
    }
  }

  /// What stands above the picture.
  public let title: String
  /// What the bars measure.
  public let value: AxisTitle
  /// The bars from top to bottom.
  public let bars: [Bar]
  /// Decimals of the values behind the bars.
  public let decimals: Int

  /// A chart of bars; `decimals` is 0 for counts.
  public init(title: String, value: AxisTitle, bars: [Bar], decimals: Int) {
    (self.title, self.value, self.bars, self.decimals) = (title, value, bars, decimals)
  }

  /// The picture with its numbers.
  public var chart: Chart {
    Chart(
      title: title,
      alternativeText: "\(title): bars of \(value.text) for "
        + bars.map { "\($0.name) \(NumberText.fixed($0.value, decimals))" }.joined(separator: ", "),
      numbers: NumberTable(
        columns: ["name", value.text], rows: bars.map { [.text($0.name), .number($0.value)] }),
      drawing: Sheet(
        title: title, panels: [BarPanel(value: value, bars: bars, decimals: decimals)],
        panelHeight: BarPanel.height(bars.count)))
  }
}

/// Bars over one axis.
struct BarPanel: Panel {
  var title = ""
  let value: AxisTitle
  let bars: [BarChart.Bar]
  let decimals: Int

  /// The height at which so many bars stand well.
  static func height(_ count: Int) -> Double { 46 + Double(max(1, count)) * 24 }

  func draw(on canvas: Canvas, in area: Rectangle) {
    let names = bars.map { canvas.width(of: $0.name) }.max() ?? 0
    let left = min(names + 10, area.width * 0.45)
    let texts = bars.map { NumberText.fixed($0.value, decimals) }
    let right = (texts.map { canvas.width(of: $0, size: 11) }.max() ?? 0) + 10
    let plot = area.inset(left: left, top: title.isEmpty ? 2 : 24, right: right, bottom: 38)
    let axis = Axis(
      covering: bars.map(\.value) + [0], count: max(2, Int(plot.width / 80)),
      wholeNumbers: decimals == 0, zero: true)
    let frame = AxisFrame(
      plot: plot, horizontal: axis, vertical: Axis(from: 0, to: 1, count: 1))
    if !title.isEmpty {
      canvas.text(
        title, at: Point(x: plot.midX, y: plot.y - 14), size: 12, weight: .bold, anchor: .middle)
    }
    frame.drawHorizontal(on: canvas, title: value)
    let pitch = plot.height / Double(max(1, bars.count))
    let size = min(Theme.textSize, pitch * 0.9)
    for (index, bar) in bars.enumerated() {
      let y = plot.y + (Double(index) + 0.5) * pitch
      let end = frame.place(Point(x: bar.value, y: 0)).x
      let thick = min(18, pitch * 0.7)
      canvas.fill(
        Rectangle(x: plot.x, y: y - thick / 2, width: max(0, end - plot.x), height: thick),
        Theme.color(bar.colorIndex))
      let name = canvas.fitted(bar.name, to: left - 8, size: size)
      canvas.text(name, at: Point(x: plot.x - 6, y: y), size: size, anchor: .end)
      canvas.text(texts[index], at: Point(x: end + 5, y: y), size: min(11, size))
    }
    canvas.line([Point(x: plot.x, y: plot.y), Point(x: plot.x, y: plot.maxY)], Theme.frame)
  }
}
