internal import Charts
internal import Language
internal import Training

/// Curves of runs, drawn from their results.
struct RunCharts {
  let runs: [RunObject]
  /// The color of each, by index from 0.
  let colors: [Int]

  /// Charts of runs, each in the color that it has throughout.
  init(runs: [RunObject], after memory: DisplayMemory) {
    (self.runs, colors) = (runs, runs.map { memory.color(of: $0) })
  }

  /// What `plot metric=` takes: a short name and the column of `results.csv`.
  static let metrics: [(name: String, column: String)] = [
    ("precision", "metrics/precision(B)"), ("recall", "metrics/recall(B)"),
    ("map50", "metrics/mAP50(B)"), ("map50_95", "metrics/mAP50-95(B)"),
    ("box_loss", "train/box_loss"), ("cls_loss", "train/cls_loss"), ("dfl_loss", "train/dfl_loss"),
    ("val_box_loss", "val/box_loss"), ("val_cls_loss", "val/cls_loss"),
    ("val_dfl_loss", "val/dfl_loss"), ("lr", "lr/pg0"),
  ]

  private var histories: [RunHistory] {
    zip(runs, colors).map { $0.history(colorIndex: $1) }
  }

  private var title: String {
    runs.count == 1 ? "Training of \(runs[0].record.name)" : "Training of \(runs.count) runs"
  }

  /// All columns, one panel each.
  var curves: Chart { TrainingCurves(title: title, runs: histories).chart }

  /// How far training and validation part.
  var gap: Chart { GapChart(title: "Gap between training and validation", runs: histories).chart }

  /// What each run reached against what it took, in time or money; nil where none was validated.
  func cost(at rate: Cost.Rate?) -> Chart? {
    let unit = TimeUnit(for: runs.map(\.record.cost.wallSeconds).max() ?? 0)
    let dots = zip(runs, colors).compactMap { run, color -> ScatterChart.Dot? in
      guard let scores = run.record.best.scores else { return nil }
      let cost = run.record.cost
      return ScatterChart.Dot(
        name: run.record.name, x: rate.map(cost.money) ?? cost.wallSeconds / unit.seconds,
        y: scores.overall.map50_95, colorIndex: color)
    }
    guard !dots.isEmpty else { return nil }
    return ScatterChart(
      title: "Quality against cost",
      x: rate.map { AxisTitle("cost", unit: $0.currency) } ?? AxisTitle("time", unit: unit.name),
      y: AxisTitle("mAP50-95"), dots: dots, isVolatile: true
    ).chart
  }

  /// Seconds, minutes or hours, so that an axis has handy numbers.
  private struct TimeUnit {
    let name: String
    let seconds: Double

    init(for longest: Double) {
      (name, seconds) = longest < 180 ? ("s", 1) : longest < 10_800 ? ("min", 60) : ("h", 3600)
    }
  }

  /// One column, one line a run.
  func curve(of metric: String) -> Chart {
    let column = Self.column(of: metric)
    let isScore = column.hasPrefix("metrics/")
    let series = histories.map { history in
      LineChart.Series(
        name: history.name, x: history.epochs.map(Double.init),
        y: history.columns.first { $0.name == column }?.values
          ?? [Double](repeating: .nan, count: history.epochs.count),
        colorIndex: history.colorIndex)
    }
    return LineChart(
      title: "\(Self.label(metric)) by epoch", x: AxisTitle("epoch"),
      y: AxisTitle(Self.label(metric)), yRange: isScore ? 0...1 : nil, series: series,
      countsX: true
    ).chart
  }

  /// The column of `results.csv` that a short name means.
  static func column(of metric: String) -> String {
    metrics.first { $0.name == metric }?.column ?? metric
  }

  /// What people call a metric.
  static func label(_ metric: String) -> String {
    switch metric {
    case "map50": "mAP50"
    case "map50_95": "mAP50-95"
    case "lr": "learning rate"
    default: metric.replacing("_", with: " ")
    }
  }
}

extension RunObject {
  /// The run's results under the names of `results.csv`.
  func history(colorIndex: Int) -> RunHistory {
    let results = record.results
    func column(_ name: String, _ value: (EpochResult) -> Double?) -> RunHistory.Column {
      RunHistory.Column(name: name, values: results.map { value($0) ?? .nan })
    }
    var columns = [
      column("train/box_loss") { $0.train.box }, column("train/cls_loss") { $0.train.cls },
      column("train/dfl_loss") { $0.train.dfl },
      column("metrics/precision(B)") { $0.scores?.precision },
      column("metrics/recall(B)") { $0.scores?.recall },
      column("metrics/mAP50(B)") { $0.scores?.map50 },
      column("metrics/mAP50-95(B)") { $0.scores?.map50_95 },
      column("val/box_loss") { $0.validation?.box }, column("val/cls_loss") { $0.validation?.cls },
      column("val/dfl_loss") { $0.validation?.dfl },
    ]
    for group in 0..<(results.map(\.rates.count).max() ?? 0) {
      columns.append(
        column("lr/pg\(group)") { group < $0.rates.count ? $0.rates[group] : nil })
    }
    return RunHistory(
      name: record.name, colorIndex: colorIndex, epochs: results.map(\.epoch), columns: columns,
      bestEpoch: record.best.epoch)
  }
}
