/// What each run cost against what it reached: one named dot a run.
public struct ScatterChart: Sendable {
  /// One dot.
  public struct Dot: Sendable {
    /// The name beside it.
    public let name: String
    /// Where it lies.
    public let x, y: Double
    /// Its color, by index from 0; see ``Palette``.
    public let colorIndex: Int

    /// One dot.
    public init(name: String, x: Double, y: Double, colorIndex: Int) {
      (self.name, self.x, self.y, self.colorIndex) = (name, x, y, colorIndex)
    }
  }

  /// What stands above the picture.
  public let title: String
  /// The axes, such as `time (min)` and `mAP50-95`.
  public let x, y: AxisTitle
  /// The ends of the vertical axis where the quantity has them.
  public let yRange: ClosedRange<Double>?
  /// The dots.
  public let dots: [Dot]
  /// Whether an axis shows what differs from run to run, such as time.
  public let isVolatile: Bool

  /// A chart of dots.
  public init(
    title: String, x: AxisTitle, y: AxisTitle, yRange: ClosedRange<Double>? = nil, dots: [Dot],
    isVolatile: Bool = false
  ) {
    (self.title, self.x, self.y, self.yRange, self.dots) = (title, x, y, yRange, dots)
    self.isVolatile = isVolatile
  }

  /// The picture with its numbers.
  public var chart: Chart {
    let panel = PlotPanel(
      x: x, y: y, yRange: yRange, fromZeroX: true,
      marks: dots.map {
        .init(
          points: [Point(x: $0.x, y: $0.y)], color: Theme.color($0.colorIndex),
          shape: .dots(radius: 5.5, rim: nil))
      },
      notes: dots.count > 14 || dots.contains(where: { $0.name.count > 40 })
        ? []
        : dots.map { .init(text: $0.name, at: Point(x: $0.x, y: $0.y), color: Theme.text) })
    let legend = Legend(
      entries: dots.map { .init(name: $0.name, color: Theme.color($0.colorIndex), mark: .dot) })
    return Chart(
      title: title,
      // The unit goes with the size of the numbers, which may differ from run to run.
      alternativeText: "\(title): \(y.quantity) against \(x.quantity) for "
        + dots.map(\.name).joined(separator: ", "),
      numbers: NumberTable(
        columns: ["name", x.text, y.text],
        rows: dots.map { [.text($0.name), .number($0.x), .number($0.y)] }),
      isVolatile: isVolatile,
      drawing: Sheet(title: title, panels: [panel], panelHeight: 340, legend: legend))
  }
}
