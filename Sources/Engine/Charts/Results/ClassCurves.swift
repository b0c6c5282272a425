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

  /// The confidence threshold of the best F1.
  public struct Best: Sendable {
    /// The threshold, 0...1.
    public let confidence: Double
    /// F1 there, 0...1.
    public let f1: Double

    /// A threshold with its F1.
    public init(confidence: Double, f1: Double) { (self.confidence, self.f1) = (confidence, f1) }
  }

  /// One class's curve.
  public struct Curve: Sendable {
    /// The class's name.
    public let name: String
    /// The class, from 0; it decides the color.
    public let classIndex: Int
    /// Places and values, 0...1, equally many.
    public let x, y: [Double]
    /// Where the class's own F1 is best, a dot on its F1 curve; nil for no mark.
    public let best: Best?

    /// One class's curve.
    ///
    /// Points that lie within a two-thousandth of the line between their neighbors are left out:
    /// nobody would see them.
    public init(name: String, classIndex: Int, x: [Double], y: [Double], best: Best? = nil) {
      precondition(x.count == y.count, "\(x.count) places cannot hold \(y.count) values")
      let kept = Self.corners(x, y)
      (self.name, self.classIndex, self.best) = (name, classIndex, best)
      (self.x, self.y) = (kept.map { x[$0] }, kept.map { y[$0] })
    }

    /// The points between which straight lines stay within the tolerance of all that they skip.
    private static func corners(_ x: [Double], _ y: [Double]) -> [Int] {
      guard var start = x.indices.first else { return [] }
      var kept = [start]
      while start < x.count - 1 {
        var end = start + 1
        while end + 1 < x.count, isStraight(x, y, from: start, to: end + 1) { end += 1 }
        kept.append(end)
        start = end
      }
      return kept
    }

    private static func isStraight(
      _ x: [Double], _ y: [Double], from start: Int, to end: Int
    ) -> Bool {
      guard x[end] > x[start] else { return false }
      let slope = (y[end] - y[start]) / (x[end] - x[start])
      return ((start + 1)..<end).allSatisfy {
        abs(y[start] + slope * (x[$0] - x[start]) - y[$0]) < 0.0005
      }
    }
  }

  /// Which curves.
  public let kind: Kind
  /// One curve a class.
  public let curves: [Curve]
  /// The mean over the classes, drawn strong.
  public let mean: Curve?
  /// The best threshold of all classes together: a dashed line where curves go over confidence.
  public let best: Best?

  /// The curves of one kind.
  public init(kind: Kind, curves: [Curve], mean: Curve?, best: Best? = nil) {
    (self.kind, self.curves, self.mean, self.best) = (kind, curves, mean, best)
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
    var entries = first.enumerated().map { index, curve in
      let note = curve.classIndex < notes.count ? " " + notes[curve.classIndex] : ""
      return Legend.Entry(
        name: curve.name + note, color: Theme.color(curve.classIndex),
        mark: .line(dash: [], width: width(index, of: first.count)))
    }
    if groups.contains(where: { $0.mean != nil }) {
      entries.append(
        .init(
          name: meanNote.isEmpty ? "all classes" : "all classes \(meanNote)", color: Theme.text,
          mark: .line(dash: [], width: 3)))
    }
    entries += marks(groups)
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

  /// What the legend says of marked thresholds.
  private static func marks(_ groups: [ClassCurves]) -> [Legend.Entry] {
    let marked = groups.filter { $0.kind != .precisionRecall }
    var entries: [Legend.Entry] = []
    if let best = marked.compactMap(\.best).first {
      entries.append(
        .init(
          name: "best F1 at confidence \(NumberText.fixed(best.confidence, 3))",
          color: Theme.faintText, mark: .line(dash: bestDash, width: bestWidth)))
    }
    if marked.contains(where: { $0.kind == .f1 && $0.curves.contains { $0.best != nil } }) {
      entries.append(.init(name: "best F1 of a class", color: Theme.faintText, mark: .ring))
    }
    return entries
  }

  private static let bestDash = [5.0, 4]
  private static let bestWidth = 1.4

  private static func width(_ index: Int, of count: Int) -> Double {
    Theme.lineWidth(index, of: count) - 0.5
  }

  private var panel: PlotPanel {
    let lines = curves.enumerated().map { index, curve in
      PlotPanel.Mark(
        points: zip(curve.x, curve.y).map { Point(x: $0, y: $1) },
        color: Theme.color(curve.classIndex),
        shape: .line(width: Self.width(index, of: curves.count), dash: []))
    }
    let strong = mean.map { curve in
      PlotPanel.Mark(
        points: zip(curve.x, curve.y).map { Point(x: $0, y: $1) }, color: Theme.text,
        shape: .line(width: 3, dash: []))
    }
    return PlotPanel(
      title: kind.title, x: kind.axes.x, y: kind.axes.y, xRange: 0...1, yRange: 0...1,
      marks: lines + [strong].compactMap { $0 } + bestMarks)
  }

  /// The line at the best threshold, and the dots of the classes on their F1 curves.
  private var bestMarks: [PlotPanel.Mark] {
    guard kind != .precisionRecall else { return [] }
    let line = best.map { best in
      PlotPanel.Mark(
        points: [Point(x: best.confidence, y: 0), Point(x: best.confidence, y: 1)],
        color: Theme.faintText, shape: .line(width: Self.bestWidth, dash: Self.bestDash))
    }
    let dots = (kind == .f1 ? curves : []).compactMap { curve in
      curve.best.map { best in
        PlotPanel.Mark(
          points: [Point(x: best.confidence, y: best.f1)], color: Color.white,
          shape: .dots(radius: 4, rim: Theme.color(curve.classIndex)))
      }
    }
    return [line].compactMap { $0 } + dots
  }

  private static func numbers(_ groups: [ClassCurves]) -> NumberTable {
    var table = NumberTable(columns: ["curve", "class", "x", "y"])
    for group in groups {
      for curve in group.curves + [group.mean].compactMap({ $0 }) {
        for (x, y) in zip(curve.x, curve.y) {
          table.append([.text(group.kind.title), .text(curve.name), .number(x), .number(y)])
        }
      }
      guard group.kind == .f1 else { continue }
      let all = [("all classes", group.best)] + group.curves.map { ($0.name, $0.best) }
      for case (let name, let best?) in all {
        table.append([
          .text("best F1"), .text(name), .number(best.confidence), .number(best.f1),
        ])
      }
    }
    return table
  }
}
