internal import Charts
internal import Report
internal import Training

/// Runs side by side.
struct Comparison {
  let runs: [RunObject]
  let rate: Cost.Rate?

  /// A column of scores whose best value is set bold.
  private struct Score: Sendable {
    let name: String
    let digits: Int
    let value: @Sendable (RunObject) -> Double?
  }

  private static let scores = [
    Score(name: "P", digits: 3) { $0.record.best.scores?.overall.precision },
    Score(name: "R", digits: 3) { $0.record.best.scores?.overall.recall },
    Score(name: "mAP50", digits: 3) { $0.record.best.scores?.overall.map50 },
    Score(name: "mAP50-95", digits: 3) { $0.record.best.scores?.overall.map50_95 },
  ]

  /// One row a run: what it is, what it reached, what it took.
  var table: Table {
    let classes = classNames
    var columns = [
      Table.Column("run"), .init("model"), .init("weights", isNumeric: true),
      .init("trained", isNumeric: true), .init("epochs", isNumeric: true),
      .init("best epoch", isNumeric: true),
    ]
    columns += Self.scores.map { Table.Column($0.name, isNumeric: true) }
    columns += [Table.Column("95 % of mAP50-95", isNumeric: true)]
    columns += [Table.Column("to the first", isNumeric: true)]
    columns += classes.map { Table.Column("AP \($0)", isNumeric: true) }
    columns += [.init("time", isNumeric: true), .init("memory", isNumeric: true)]
    if let rate { columns.append(.init("cost, \(rate.currency)", isNumeric: true)) }
    columns.append(.init("verdict"))
    return Table(title: "Runs", columns: columns, rows: runs.map { row($0, classes) })
  }

  private func row(_ run: RunObject, _ classes: [String]) -> [Table.Cell] {
    let record = run.record
    var cells: [Table.Cell] = [
      .init(record.name), .init(record.model), .init(Wording.count(record.parameters)),
      .init(Wording.count(record.trainedParameters)),
      .init("\(record.results.count)/\(record.epochs)"), .init("\(record.best.epoch)"),
    ]
    cells += Self.scores.map { score in
      guard let value = score.value(run) else { return Table.Cell("") }
      let best = runs.compactMap(score.value).max()
      let text = Wording.fixed(value, score.digits)
      let isBest = runs.count > 1 && best.map { Wording.fixed($0, score.digits) } == text
      return Table.Cell(text, style: isBest ? .bold : .plain)
    }
    let interval = record.best.scores?.interval ?? []
    cells.append(
      .init(
        interval.count == 2
          ? "\(Wording.fixed(interval[0], 2))–\(Wording.fixed(interval[1], 2))" : ""))
    cells.append(difference(run))
    cells += classes.map { name in
      let row = record.best.scores?.classes.first { $0.name == name }
      return Table.Cell(row.map { Wording.fixed($0.map50_95, 3) } ?? "")
    }
    return cells + took(record.cost) + [.init(record.verdict)]
  }

  /// mAP50-95 against that of the first run.
  private func difference(_ run: RunObject) -> Table.Cell {
    guard let first = runs.first?.record.best.scores?.overall.map50_95,
      let own = run.record.best.scores?.overall.map50_95, run.record != runs.first?.record
    else { return "" }
    let difference = own - first
    return .init((difference < 0 ? "−" : "+") + Wording.fixed(abs(difference), 3))
  }

  private func took(_ cost: Cost) -> [Table.Cell] {
    var cells: [Table.Cell] = [
      .init(Wording.duration(cost.wallSeconds), isVolatile: true),
      .init(Wording.size(cost.peakBytes), isVolatile: true),
    ]
    if let rate { cells.append(.init(Wording.fixed(cost.money(at: rate), 4), isVolatile: true)) }
    return cells
  }

  /// What runs took, in detail.
  var costTable: Table {
    var columns = [
      Table.Column("run"), .init("epochs", isNumeric: true), .init("time", isNumeric: true),
      .init("time an epoch", isNumeric: true), .init("processor time", isNumeric: true),
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

  /// Every quantity by epoch, how far training and validation part, and what the quality cost.
  func charts(on host: Host) -> [Chart] {
    let charts = RunCharts(runs: runs, on: host)
    return [charts.curves, charts.gap, charts.cost(at: rate)].compactMap(\.self)
  }

  private var classNames: [String] {
    var names: [String] = []
    for row in runs.flatMap({ $0.record.best.scores?.classes ?? [] }) where !names.contains(row.name) {
      names.append(row.name)
    }
    return names.count <= 6 ? names : []
  }
}
