/// How far validation loss lies above training loss, epoch by epoch: the picture of overfitting.
public struct GapChart: Sendable {
  /// What stands above the picture.
  public let title: String
  /// The runs, in the legend's order.
  public let runs: [RunHistory]

  /// The gaps of some runs.
  public init(title: String, runs: [RunHistory]) { (self.title, self.runs) = (title, runs) }

  /// The picture with its numbers.
  public var chart: Chart {
    var table = NumberTable(columns: ["run", "loss", "epoch", "val − train"])
    var panels: [any Panel] = []
    for part in ["box", "cls", "dfl"] {
      let series = runs.compactMap { Self.gap($0, part) }
      guard !series.isEmpty else { continue }
      for run in series {
        for (x, y) in zip(run.x, run.y) {
          table.append([.text(run.name), .text(part), .number(x), .number(y)])
        }
      }
      panels.append(
        PlotPanel(
          title: "\(part) loss", x: AxisTitle("epoch"), y: AxisTitle("val − train"), countsX: true,
          marks: [Self.zero(series)]
            + series.enumerated().flatMap {
              $1.marks(smooths: true, dash: [], width: Theme.lineWidth($0, of: series.count))
            }))
    }
    return Chart(
      title: title,
      alternativeText: "\(title): validation loss minus training loss by epoch for "
        + runs.map(\.name).joined(separator: ", "),
      numbers: table,
      drawing: Sheet(
        title: title,
        subtitle: "Validation loss minus training loss: a growing gap is overfitting. "
          + "Training losses are measured on augmented images, so the gap may be below zero.",
        panels: panels, columns: max(1, panels.count), width: panels.count < 2 ? 480 : 840,
        panelHeight: 260,
        legend: Legend(
          entries: runs.enumerated().map {
            .init(
              name: $1.name, color: Theme.color($1.colorIndex),
              mark: .line(dash: [], width: Theme.lineWidth($0, of: runs.count)))
          })))
  }

  private static func gap(_ run: RunHistory, _ part: String) -> LineChart.Series? {
    guard let train = run.values("train/\(part)_loss"), let val = run.values("val/\(part)_loss")
    else { return nil }
    return LineChart.Series(
      name: run.name, x: run.epochs.map(Double.init), y: zip(val, train).map { $0 - $1 },
      colorIndex: run.colorIndex)
  }

  private static func zero(_ series: [LineChart.Series]) -> PlotPanel.Mark {
    let x = series.flatMap(\.x)
    return PlotPanel.Mark(
      points: [x.min(), x.max()].compactMap { $0 }.map { Point(x: $0, y: 0) }, color: Theme.frame,
      shape: .line(width: 1, dash: []))
  }
}
