public import Geometry

/// What the labels of a dataset are like: how many of each class, where they lie, how large they
/// are.
public struct LabelStatistics: Sendable {
  /// What stands above the picture.
  public let title: String
  /// The classes' names.
  public let names: [String]
  /// Every label of every image.
  public let labels: [LabeledBox<Normalized>]

  /// The statistics of some labels.
  public init(title: String, names: [String], labels: [LabeledBox<Normalized>]) {
    (self.title, self.names, self.labels) = (title, names, labels)
  }

  /// The picture with its numbers.
  public var chart: Chart {
    let classes = Array(names.indices)
    let counts = classes.map { index in labels.count { $0.classIndex == index } }
    let bars = classes.map {
      BarChart.Bar(name: names[$0], value: Double(counts[$0]), colorIndex: $0)
    }
    // Many dots need to be small and faint to show where they crowd.
    let radius = labels.count > 2_000 ? 1.2 : labels.count > 300 ? 1.8 : 3
    let opacity = labels.count > 2_000 ? 0.35 : labels.count > 300 ? 0.5 : 0.75
    let dots = { (place: (Box<Normalized>) -> Point) in
      classes.map { index in
        PlotPanel.Mark(
          points: labels.filter { $0.classIndex == index }.map { place($0.box) },
          color: Theme.color(index), shape: .dots(radius: radius, rim: nil), opacity: opacity)
      }
    }
    let centers = PlotPanel(
      title: "box centers", x: AxisTitle("x", unit: "of the width"),
      y: AxisTitle("y", unit: "of the height"), xRange: 0...1, yRange: 0...1, downwards: true,
      marks: dots { Point(x: Double($0.centerX), y: Double($0.centerY)) })
    let sizes = PlotPanel(
      title: "box sizes", x: AxisTitle("width", unit: "of the image"),
      y: AxisTitle("height", unit: "of the image"), xRange: 0...1, yRange: 0...1,
      marks: dots { Point(x: Double($0.width), y: Double($0.height)) })
    let height = max(290, BarPanel.height(names.count))
    return Chart(
      title: title,
      alternativeText: "\(title): "
        + zip(names, counts).map { "\($1) \($0)" }.joined(separator: ", ")
        + "; box centers and sizes",
      numbers: numbers,
      drawing: Sheet(
        title: title, subtitle: labels.count == 1 ? "1 box" : "\(labels.count) boxes",
        panels: [
          BarPanel(
            title: "boxes per class", value: AxisTitle("boxes"), bars: bars, decimals: 0),
          centers, sizes,
        ], columns: 3, width: 980, panelHeight: height,
        legend: Legend(
          entries: classes.map { .init(name: names[$0], color: Theme.color($0), mark: .dot) })))
  }

  private var numbers: NumberTable {
    NumberTable(
      columns: ["class", "x", "y", "width", "height"],
      rows: labels.map { label in
        let name =
          names.indices.contains(label.classIndex)
          ? names[label.classIndex] : String(label.classIndex)
        return [.text(name)]
          + [label.box.centerX, label.box.centerY, label.box.width, label.box.height].map {
            .number(Double("\($0)") ?? Double($0))
          }
      })
  }
}
