internal import Charts
internal import Evaluation
internal import Report
internal import Training

/// Runs side by side.
struct Comparison {
  let runs: [RunObject]
  let rate: Cost.Rate?

  /// A column of scores whose best value is set bold.
  private struct Score: Sendable {
    let name: String
    let value: @Sendable (RunObject) -> Double?
  }

  private static let map50 = Score(name: "mAP50") { $0.record.best.scores?.overall.map50 }
  private static let map50To95 = Score(name: "mAP50-95") { $0.record.best.scores?.overall.map50_95 }
  private static let scores = [
    Score(name: "P") { $0.record.best.scores?.overall.precision },
    Score(name: "R") { $0.record.best.scores?.overall.recall }, map50, map50To95,
  ]

  /// Average precision of one class each, where there are few.
  private var classScores: [Score] {
    classNames.map { name in
      Score(name: "AP50-95 \(name)") { run in
        run.record.best.scores?.classes.first { $0.name == name }?.map50_95
      }
    }
  }

  /// Whether all runs were validated on the same images, so that their scores can be compared.
  private var sharesData: Bool { Set(runs.map(\.record.dataset)).count < 2 }

  /// What has to be known to read the table; empty for nothing.
  var remark: String {
    let names = runs.map { $0.record.datasetName }
    guard !sharesData else { return "" }
    return "The runs were validated on different images ("
      + names.enumerated().filter { !names[..<$0].contains($1) }.map(\.element)
      .joined(separator: "; ")
      + "), so their scores are not comparable and none is marked as the best."
  }

  /// What the runs are, what they reached, what they took: a column a run, so that everything can
  /// be seen at once.
  var table: Table {
    let isRanked = runs.count > 1 && sharesData
    var rows = [row("model") { .init($0.record.model) }]
    if !sharesData { rows.append(row("data") { .init($0.record.datasetName) }) }
    rows += [
      row("weights") { .init(Wording.count($0.record.parameters)) },
      row("trained weights") { .init(Wording.count($0.record.trainedParameters)) },
      row("epochs") { .init("\($0.record.results.count) of \($0.record.epochs)") },
      row("best epoch") { .init("\($0.record.best.epoch)") },
    ]
    rows += Self.scores.map { score in row(score.name) { cell($0, score, isRanked) } }
    rows.append(row("confidence of best F1", bestConfidence))
    rows.append(row("95 % interval of mAP50-95", interval))
    if isRanked {
      rows += [Self.map50, Self.map50To95].map { score in
        row("\(score.name) vs. the first") { difference($0, score) }
      }
    }
    rows += classScores.map { score in row(score.name) { cell($0, score, isRanked) } }
    rows += took
    rows.append(row("overfitting") { .init($0.record.verdict) })
    return Table(
      title: "Runs",
      columns: [.init("run")] + runs.map { .init($0.record.name, isNumeric: true) }, rows: rows)
  }

  private func row(_ name: String, _ cell: (RunObject) -> Table.Cell) -> [Table.Cell] {
    [Table.Cell(name)] + runs.map(cell)
  }

  private func bestConfidence(_ run: RunObject) -> Table.Cell {
    guard let best = run.record.best.scores?.overall.best, best.isFound else { return "" }
    return .init(Wording.fixed(best.confidence, 3))
  }

  private func interval(_ run: RunObject) -> Table.Cell {
    guard let interval = run.record.best.scores?.interval, interval.count == 2 else { return "" }
    return .init("\(Wording.fixed(interval[0], 2))–\(Wording.fixed(interval[1], 2))")
  }

  private func cell(_ run: RunObject, _ score: Score, _ isRanked: Bool) -> Table.Cell {
    guard let value = score.value(run) else { return "" }
    let text = Wording.fixed(value, 3)
    // Best is what reads as the best; where all read as zero, none is.
    let best = runs.compactMap(score.value).max().map { Wording.fixed($0, 3) }
    return Table.Cell(text, style: isRanked && best == text && text != "0.000" ? .bold : .plain)
  }

  /// A score against that of the first run.
  private func difference(_ run: RunObject, _ score: Score) -> Table.Cell {
    guard let first = runs.first, run.record != first.record, let own = score.value(run),
      let other = score.value(first)
    else { return "" }
    let text = Wording.fixed(abs(own - other), 3)
    return .init(text == "0.000" ? text : (own < other ? "−" : "+") + text)
  }

  private var took: [[Table.Cell]] {
    var rows = [
      row("time") { .init(Wording.duration($0.record.cost.wallSeconds), isVolatile: true) },
      row("peak memory") { .init(Wording.size($0.record.cost.peakBytes), isVolatile: true) },
    ]
    if let rate {
      rows.append(
        row("cost, \(rate.currency)") {
          .init(Wording.fixed($0.record.cost.money(at: rate), 4), isVolatile: true)
        })
    }
    return rows
  }

  /// What runs took, in detail.
  var costTable: Table {
    var columns = [
      Table.Column("run"), .init("epochs", isNumeric: true), .init("time", isNumeric: true),
      .init("time per epoch", isNumeric: true), .init("processor time", isNumeric: true),
      .init("memory", isNumeric: true),
    ]
    if let rate { columns.append(.init("cost, \(rate.currency)", isNumeric: true)) }
    let rows = runs.map { run -> [Table.Cell] in
      let cost = run.record.cost, epochs = max(1, run.record.results.count)
      var cells: [Table.Cell] = [
        .init(run.record.name), .init("\(run.record.results.count)"),
        .init(Wording.duration(cost.wallSeconds), isVolatile: true),
        .init(Wording.duration(cost.wallSeconds / Double(epochs)), isVolatile: true),
        .init(Wording.duration(cost.cpuSeconds), isVolatile: true),
        .init(Wording.size(cost.peakBytes), isVolatile: true),
      ]
      if let rate {
        cells.append(.init(Wording.fixed(cost.money(at: rate), 4), isVolatile: true))
      }
      return cells
    }
    return Table(title: "Cost", columns: columns, rows: rows)
  }

  /// Every quantity by epoch, how far training and validation part, and, where the quality can be
  /// compared, what it cost.
  func charts(after memory: DisplayMemory) -> [Chart] {
    let charts = RunCharts(runs: runs, after: memory)
    return [charts.curves, charts.gap, sharesData ? charts.cost(at: rate) : nil].compactMap(\.self)
  }

  private var classNames: [String] {
    var names: [String] = []
    for row in runs.flatMap({ $0.record.best.scores?.classes ?? [] })
    where !names.contains(row.name) {
      names.append(row.name)
    }
    return names.count <= 6 ? names : []
  }
}
