/// One quantity against another for every class: the curves that a validation leaves behind.
public struct ClassCurves: Sendable {
  /// Which curves.
  public enum Kind: String, Sendable, CaseIterable {
    /// Precision against recall.
    case precisionRecall
    /// F1 against the confidence threshold.
    case f1
    /// Precision against the confidence threshold.
    case precision
    /// Recall against the confidence threshold.
    case recall

    /// The title above the plot.
    var title: String {
      switch self {
      case .precisionRecall: "precision–recall"
      case .f1: "F1–confidence"
      case .precision: "precision–confidence"
      case .recall: "recall–confidence"
      }
    }

    var axes: (x: AxisTitle, y: AxisTitle) {
      switch self {
      case .precisionRecall: (AxisTitle("recall"), AxisTitle("precision"))
      case .f1: (AxisTitle("confidence"), AxisTitle("F1"))
      case .precision: (AxisTitle("confidence"), AxisTitle("precision"))
      case .recall: (AxisTitle("confidence"), AxisTitle("recall"))
      }
    }
  }

  /// One class's curve.
  public struct Curve: Sendable {
    /// The class's name.
    public let name: String
    /// The class, from 0; it decides the colour.
    public let classIndex: Int
    /// Places and values, 0...1, equally many.
    public let x, y: [Double]

    /// One class's curve.
    public init(name: String, classIndex: Int, x: [Double], y: [Double]) {
      precondition(x.count == y.count, "\(x.count) places cannot hold \(y.count) values")
      (self.name, self.classIndex, self.x, self.y) = (name, classIndex, x, y)
    }
  }

  /// Which curves.
  public let kind: Kind
  /// One curve a class.
  public let curves: [Curve]
  /// The mean over the classes, drawn strong.
  public let mean: Curve?

  /// The curves of one kind.
  public init(kind: Kind, curves: [Curve], mean: Curve?) {
    (self.kind, self.curves, self.mean) = (kind, curves, mean)
  }

  /// The picture of several kinds side by side, with one legend.
  ///
  /// - Parameters:
  ///   - title: What stands above the picture.
  ///   - groups: The curves of each kind, of the same classes.
  ///   - notes: What the legend says behind a class's name, such as its AP, by class.
  ///   - meanNote: The same for the mean.
  /// - Returns: The picture with its numbers.
  public static func chart(
    title: String, groups: [ClassCurves], notes: [String] = [], meanNote: String = ""
  ) -> Chart {
    let first = groups.first?.curves ?? []
    var entries = first.map { curve in
      let note = curve.classIndex < notes.count ? " " + notes[curve.classIndex] : ""
      return Legend.Entry(
        name: curve.name + note, color: Theme.color(curve.classIndex),
        mark: .line(dash: [], width: 1.6))
    }
    if groups.contains(where: { $0.mean != nil }) {
      entries.append(
        .init(
          name: meanNote.isEmpty ? "all classes" : "all classes \(meanNote)", color: Theme.text,
          mark: .line(dash: [], width: 3)))
    }
    return Chart(
      title: title,
      alternativeText: "\(title): \(groups.map(\.kind.title).joined(separator: ", ")) for "
        + first.map(\.name).joined(separator: ", "),
      numbers: numbers(groups),
      drawing: Sheet(
        title: title, panels: groups.map(\.panel), columns: min(2, max(1, groups.count)),
        width: groups.count > 1 ? 780 : 560, panelHeight: groups.count > 1 ? 300 : 400,
        legend: Legend(entries: entries)))
  }

  private var panel: PlotPanel {
    let lines = curves.map { curve in
      PlotPanel.Mark(
        points: zip(curve.x, curve.y).map { Point(x: $0, y: $1) },
        color: Theme.color(curve.classIndex), shape: .line(width: 1.6, dash: []))
    }
    let strong = mean.map { curve in
      PlotPanel.Mark(
        points: zip(curve.x, curve.y).map { Point(x: $0, y: $1) }, color: Theme.text,
        shape: .line(width: 3, dash: []))
    }
    return PlotPanel(
      title: kind.title, x: kind.axes.x, y: kind.axes.y, xRange: 0...1, yRange: 0...1,
      marks: lines + [strong].compactMap { $0 })
  }

  private static func numbers(_ groups: [ClassCurves]) -> NumberTable {
    var table = NumberTable(columns: ["curve", "class", "x", "y"])
    for group in groups {
      for curve in group.curves + [group.mean].compactMap({ $0 }) {
        for (x, y) in zip(curve.x, curve.y) {
          table.append([.text(group.kind.title), .text(curve.name), .number(x), .number(y)])
        }
      }
    }
    return table
  }
}
