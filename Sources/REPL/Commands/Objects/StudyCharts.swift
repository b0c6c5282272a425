internal import Charts
internal import Evaluation

/// Curves of studies: the mean over the seeds, and how far they scatter.
struct StudyCharts {
  let studies: [StudyObject]
  private let colors: [Int]

  /// Charts of studies, each in the color that it has throughout.
  init(studies: [StudyObject], after memory: DisplayMemory) {
    (self.studies, colors) = (studies, studies.map { memory.color(of: $0) })
  }

  /// One column of `results.csv`, a line with a band for each study.
  func curve(of metric: String) -> Chart {
    let column = RunCharts.column(of: metric), label = RunCharts.label(metric)
    let seeds = Set(studies.map(\.runs.count))
    let count = seeds.count == 1 ? "\(seeds.first ?? 0) seeds" : "all seeds"
    let names = studies.count == 1 ? " of \(studies[0].name)" : ""
    return LineChart(
      title: "\(label)\(names) by epoch: mean of \(count), band of one standard deviation",
      x: AxisTitle("epoch"), y: AxisTitle(label),
      yRange: column.hasPrefix("metrics/") ? 0...1 : nil,
      series: zip(studies, colors).map { $0.series(column, colorIndex: $1) }, countsX: true
    ).chart
  }
}

extension StudyObject {
  /// Mean and scatter of a column, epoch by epoch; runs that ended earlier do not count behind their end.
  fileprivate func series(_ column: String, colorIndex: Int) -> LineChart.Series {
    let curves = runs.map { run -> [Int: Double] in
      let history = run.history(colorIndex: colorIndex)
      let values = history.columns.first { $0.name == column }?.values ?? []
      return Dictionary(
        zip(history.epochs, values).filter(\.1.isFinite), uniquingKeysWith: { $1 })
    }
    let epochs = Set(curves.flatMap(\.keys)).sorted()
    var mean: [Double] = [], lower: [Double] = [], upper: [Double] = []
    for epoch in epochs {
      let values = curves.compactMap { $0[epoch] }
      let middle = values.reduce(0, +) / Double(values.count)
      let deviation = values.count > 1 ? Spread(values).deviation : 0
      mean.append(middle)
      lower.append(middle - deviation)
      upper.append(middle + deviation)
    }
    return LineChart.Series(
      name: name, x: epochs.map(Double.init), y: mean, colorIndex: colorIndex,
      band: LineChart.Band(lower: lower, upper: upper))
  }
}
