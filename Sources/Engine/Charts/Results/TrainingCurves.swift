/// Everything that `results.csv` holds, one panel a quantity: a run on its own or several overlaid.
///
/// Color tells the runs apart, the kind of line training from validation, so that a run looks the
/// same in every picture.
public struct TrainingCurves: Sendable {
  /// What stands above the picture.
  public let title: String
  /// The runs, in the legend's order.
  public let runs: [RunHistory]

  /// The curves of some runs.
  public init(title: String, runs: [RunHistory]) { (self.title, self.runs) = (title, runs) }

  private static let validationDash: [Double] = [5, 3.5]
  private static let biasDash: [Double] = [1.5, 3]

  /// The picture with its numbers.
  public var chart: Chart {
    let panels = losses + metrics + rates
    let windows = Set(runs.map { Smoothing(count: $0.epochs.count).window }).filter { $0 > 1 }
      .sorted()
    let smoothing =
      windows.isEmpty
      ? ""
      : "Faint: every epoch; strong: mean of \(windows.map(String.init).joined(separator: " or ")) "
        + "epochs. "
    let hasBest = runs.contains { $0.bestEpoch != nil }
    return Chart(
      title: title,
      alternativeText: "\(title): losses, precision, recall, mAP and learning rate by epoch for "
        + runs.map(\.name).joined(separator: ", "),
      numbers: RunHistory.numbers(runs),
      drawing: Sheet(
        title: title,
        subtitle: smoothing + (hasBest ? "Ring: the best epoch. " : "") + biasRemark,
        panels: panels, columns: min(4, max(1, panels.count)),
        width: panels.count < 3 ? 720 : 980, panelHeight: 236, legend: legend))
  }

  private var legend: Legend {
    let names = runs.enumerated().map { index, run in
      Legend.Entry(
        name: run.name, color: Theme.color(run.colorIndex),
        mark: .line(dash: [], width: Theme.lineWidth(index, of: runs.count)))
    }
    let hasValidation = runs.contains { run in
      ["box", "cls", "dfl"].contains { run.values("val/\($0)_loss") != nil }
    }
    let kinds =
      (hasValidation ? [("train", []), ("val", Self.validationDash)] : [])
      + (hasBiasRates ? [("learning rate of biases", Self.biasDash)] : [])
    return Legend(
      entries: names
        + kinds.map {
          .init(name: $0.0, color: Theme.faintText, mark: .line(dash: $0.1, width: 2.2))
        })
  }

  /// Training and validation loss on one axis each.
  private var losses: [any Panel] {
    ["box", "cls", "dfl"].compactMap { part in
      let marks =
        marks(of: "train/\(part)_loss")
        + marks(
          of: "val/\(part)_loss", dash: Self.validationDash)
      return panel("\(part) loss", marks: marks, best: [])
    }
  }

  /// A column of every run.
  private func marks(of column: String, dash: [Double] = []) -> [PlotPanel.Mark] {
    runs.enumerated().flatMap { index, run in
      run.series(column)?.marks(
        smooths: true, dash: dash, width: Theme.lineWidth(index, of: runs.count)) ?? []
    }
  }

  private var metrics: [any Panel] {
    let columns = [
      ("precision", "metrics/precision(B)"), ("recall", "metrics/recall(B)"),
      ("mAP50", "metrics/mAP50(B)"), ("mAP50-95", "metrics/mAP50-95(B)"),
    ]
    return columns.compactMap { name, column in
      panel(
        name, marks: marks(of: column),
        best: runs.map { ($0.best(column), $0.colorIndex) }, range: 0...1)
    }
  }

  /// The learning rates; groups that share one curve are drawn once.
  ///
  /// Biases may warm up from a rate a hundred times that of the rest, which would press all other
  /// curves flat: then the axis is made for the rest.
  private var rates: [any Panel] {
    let dashes = [[], Self.validationDash, Self.biasDash]
    let marks = runs.enumerated().flatMap { index, run -> [PlotPanel.Mark] in
      var seen: [[Double]] = []
      return zip(["lr/pg0", "lr/pg1", "lr/pg2"], dashes).flatMap { column, dash in
        guard let series = run.series(column), !seen.contains(series.y) else {
          return [PlotPanel.Mark]()
        }
        seen.append(series.y)
        return series.marks(
          smooths: false, dash: dash, width: Theme.lineWidth(index, of: runs.count))
      }
    }
    return [
      panel(
        "learning rate", marks: marks, best: [],
        covered: biasPeak == nil ? nil : values(["lr/pg0", "lr/pg1"]))
    ].compactMap { $0 }
  }

  /// Whether the biases of some run learn at a rate of their own.
  private var hasBiasRates: Bool {
    runs.contains { run in
      run.values("lr/pg2").map { $0 != run.values("lr/pg0") && $0 != run.values("lr/pg1") } ?? false
    }
  }

  /// The largest learning rate of biases, where it is more than twice that of all else.
  private var biasPeak: Double? {
    guard let others = values(["lr/pg0", "lr/pg1"]).max(), let biases = values(["lr/pg2"]).max(),
      biases > 2 * others
    else { return nil }
    return biases
  }

  private var biasRemark: String {
    guard let biasPeak else { return "" }
    return "Learning rate of biases: warms up from above the panel, "
      + "\(NumberText.short(biasPeak)) at most."
  }

  /// All values of some columns.
  private func values(_ columns: [String]) -> [Double] {
    runs.flatMap { run in columns.flatMap { run.values($0) ?? [] } }.filter(\.isFinite)
  }

  private func panel(
    _ name: String, marks: [PlotPanel.Mark], best: [(Point?, Int)],
    range: ClosedRange<Double>? = nil, covered: [Double]? = nil
  ) -> (any Panel)? {
    guard !marks.isEmpty else { return nil }
    let rings = best.compactMap { point, color in
      point.map {
        PlotPanel.Mark(
          points: [$0], color: .white, shape: .dots(radius: 3.5, rim: Theme.color(color)))
      }
    }
    return PlotPanel(
      title: name, x: AxisTitle("epoch"), y: AxisTitle(name), yRange: range,
      yCovered: covered, countsX: true, marks: marks + rings)
  }
}
