internal import Charts
internal import Evaluation
internal import Report
internal import Training

/// Studies side by side, and single runs among them.
struct StudyComparison {
  let contenders: [Contender]
  let differences: [DifferenceObject]

  private var sharesData: Bool { Set(runs.map(\.record.dataset)).count < 2 }
  private var runs: [RunObject] { contenders.flatMap(\.runs) }

  /// What the studies are, what they reached, what they took: a column each.
  var table: Table {
    var rows = [row("model") { first($0) { $0.model } }]
    if !sharesData { rows.append(row("data") { first($0) { $0.datasetName } }) }
    rows += [
      row("trained weights") { first($0) { Wording.count($0.trainedParameters) } },
      row("epochs") { first($0) { "\($0.epochs)" } }, row("seeds") { .init("\($0.runs.count)") },
    ]
    rows += StudyObject.Score.all.map { score in row(score.heading) { cell($0, score) } }
    rows.append(row("95 % interval of mean mAP50-95", interval))
    if !differences.isEmpty { rows.append(row("mAP50-95 vs. the first", difference)) }
    rows.append(
      row("time") { own in
        .init(
          Wording.duration(own.runs.reduce(0) { $0 + $1.record.cost.wallSeconds }),
          isVolatile: true)
      })
    return Table(
      title: "Studies: mean ± standard deviation over the seeds",
      columns: [.init("study")] + contenders.map { .init($0.name, isNumeric: true) }, rows: rows)
  }

  private func row(_ name: String, _ cell: (Contender) -> Table.Cell) -> [Table.Cell] {
    [Table.Cell(name)] + contenders.map(cell)
  }

  /// What all runs of a study have in common.
  private func first(_ own: Contender, _ text: (RunRecord) -> String) -> Table.Cell {
    .init(own.runs.first.map { text($0.record) } ?? "")
  }

  private func values(_ own: Contender, _ score: StudyObject.Score) -> [Double] {
    own.runs.compactMap { $0.record.best.scores.map { score.value($0.overall) } }
  }

  private func cell(_ own: Contender, _ score: StudyObject.Score) -> Table.Cell {
    let values = values(own, score)
    guard let only = values.first else { return "" }
    return .init(
      values.count > 1 ? SpreadObject(spread: Spread(values)).words : Wording.fixed(only, 3))
  }

  private func interval(_ own: Contender) -> Table.Cell {
    let values = values(own, .map50To95)
    guard values.count > 1 else { return "" }
    let ends = SpreadObject(spread: Spread(values)).ends
    return .init("\(ends.lower)–\(ends.upper)")
  }

  private func difference(_ own: Contender) -> Table.Cell {
    .init(differences.first { $0.name == own.name }?.short ?? "")
  }

  /// mAP50-95 by epoch, where there are studies.
  func charts(after memory: DisplayMemory) -> [Chart] {
    let studies = contenders.compactMap(\.study)
    return studies.isEmpty
      ? [] : [StudyCharts(studies: studies, after: memory).curve(of: "map50_95")]
  }
}
