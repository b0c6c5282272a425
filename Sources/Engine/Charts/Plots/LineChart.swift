/// Curves over one pair of axes: one line a series.
public struct LineChart: Sendable {
  /// A surface around a curve: how far its values scatter.
  public struct Band: Sendable {
    /// The lower and the upper edge, as many values as the curve has.
    public let lower, upper: [Double]

    /// A surface between two edges.
    public init(lower: [Double], upper: [Double]) { (self.lower, self.upper) = (lower, upper) }
  }

  /// One curve.
  public struct Series: Sendable {
    /// What the legend calls it.
    public let name: String
    /// Where the values lie on the horizontal axis.
    public let x: [Double]
    /// The values; what is not finite breaks the line.
    public let y: [Double]
    /// Its color, by index from 0; see ``Palette``.
    public let colorIndex: Int
    /// A pale surface behind the curve; nil for none.
    public let band: Band?

    /// One curve of points `(x[i], y[i])`.
    public init(
      name: String, x: [Double], y: [Double], colorIndex: Int, band: Band? = nil
    ) {
      precondition(x.count == y.count, "\(x.count) places cannot hold \(y.count) values")
      precondition(
        band.map { $0.lower.count == x.count && $0.upper.count == x.count } ?? true,
        "a band has as many values as its curve")
      (self.name, self.x, self.y, self.colorIndex) = (name, x, y, colorIndex)
      self.band = band
    }
  }

  /// What stands above the picture.
  public let title: String
  /// The horizontal and the vertical axis.
  public let x, y: AxisTitle
  /// The ends of the vertical axis where the quantity has them, such as 0...1.
  public let yRange: ClosedRange<Double>?
  /// The curves, in the legend's order.
  public let series: [Series]
  /// Whether a moving mean is drawn over the raw values.
  public let smooths: Bool
  /// Whether the horizontal axis counts whole things, such as epochs.
  public let countsX: Bool

  /// A chart of curves.
  public init(
    title: String, x: AxisTitle, y: AxisTitle, yRange: ClosedRange<Double>? = nil,
    series: [Series], smooths: Bool = false, countsX: Bool = false
  ) {
    (self.title, self.x, self.y, self.yRange) = (title, x, y, yRange)
    (self.series, self.smooths, self.countsX) = (series, smooths, countsX)
  }

  /// The picture with its numbers.
  public var chart: Chart {
    let windows = Set(series.map { Smoothing(count: $0.y.count).window }).filter { $0 > 1 }
    let sizes = windows.sorted().map(String.init).joined(separator: " or ")
    let note =
      smooths && !windows.isEmpty
      ? "Faint: every value; strong: mean of \(sizes) neighbors." : ""
    let panel = PlotPanel(
      x: x, y: y, yRange: yRange, countsX: countsX,
      marks: series.compactMap(\.surface)
        + series.enumerated().flatMap {
          $1.marks(smooths: smooths, dash: [], width: Theme.lineWidth($0, of: series.count))
        })
    let legend = Legend(
      entries: series.enumerated().map {
        .init(
          name: $1.name, color: Theme.color($1.colorIndex),
          mark: .line(dash: [], width: Theme.lineWidth($0, of: series.count)))
      })
    return Chart(
      title: title,
      alternativeText:
        "\(title): line chart of \(y.text) over \(x.text) for "
        + series.map(\.name).joined(separator: ", "),
      numbers: numbers,
      drawing: Sheet(
        title: title, subtitle: note, panels: [panel], panelHeight: 340, legend: legend))
  }

  private var numbers: NumberTable {
    let hasBands = series.contains { $0.band != nil }
    var table = NumberTable(
      columns: ["series", x.text, y.text] + (hasBands ? ["lower", "upper"] : []))
    for series in series {
      for (index, (x, y)) in zip(series.x, series.y).enumerated() {
        let edges = series.band.map { [$0.lower[index], $0.upper[index]] } ?? [.nan, .nan]
        table.append(
          [.text(series.name), .number(x), .number(y)]
            + (hasBands ? edges.map { .number($0) } : []))
      }
    }
    return table
  }
}

extension LineChart.Series {
  /// The band as a closed outline.
  var surface: PlotPanel.Mark? {
    band.map { band in
      let upper = zip(x, band.upper).map { Point(x: $0, y: $1) }
      let lower = zip(x, band.lower).map { Point(x: $0, y: $1) }
      return PlotPanel.Mark(
        points: (upper + lower.reversed()).filter { $0.y.isFinite }, color: Theme.color(colorIndex),
        shape: .surface, opacity: 0.18)
    }
  }

  /// The lines of one curve: the values, and the mean over them where asked for.
  func marks(smooths: Bool, dash: [Double], width: Double = 2) -> [PlotPanel.Mark] {
    let color = Theme.color(colorIndex)
    let raw = zip(x, y).map { Point(x: $0, y: $1) }
    let smoothing = Smoothing(count: y.count)
    let strong = PlotPanel.Shape.line(width: width, dash: dash)
    guard smooths, smoothing.window > 1 else {
      return [.init(points: raw, color: color, shape: strong)]
    }
    let mean = zip(x, smoothing.smoothed(y)).map { Point(x: $0, y: $1) }
    return [
      .init(points: raw, color: color, shape: .line(width: 1, dash: []), opacity: 0.35),
      .init(points: mean, color: color, shape: strong),
    ]
  }
}

extension PlotPanel { typealias Shape = Mark.Shape }
