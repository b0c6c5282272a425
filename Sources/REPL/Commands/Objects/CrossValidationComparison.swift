internal import Datasets
internal import Report
internal import Training

/// Cross-validations side by side.
struct CrossValidationComparison {
  let all: [CrossValidationObject]
  let differences: [DifferenceObject]

  /// What they are, what they reached on all held-out images, what they took: a column each.
  var table: Table {
    var rows = [row("model") { .init($0.runs.first?.record.model ?? "") }]
    if Set(all.map(\.dataset.digest)).count > 1 {
      rows.append(row("data") { .init($0.dataset.dataset.name) })
    }
    rows += [
      row("trained weights") {
        .init($0.runs.first.map { Wording.count($0.record.trainedParameters) } ?? "")
      },
      row("epochs") { .init($0.runs.first.map { "\($0.record.epochs)" } ?? "") },
      row("folds") { .init("\($0.runs.count)") },
      row("images") { .init("\($0.scores.overall.images)") },
    ]
    rows += StudyObject.Score.all.map { score in
      row(score.heading) { .init(Wording.fixed(score.value($0.scores.overall), 3)) }
    }
    rows.append(
      row("95 % interval of mAP50-95") {
        .init(
          $0.scores.interval.map { "\(Wording.fixed($0[0], 3))–\(Wording.fixed($0[1], 3))" } ?? "")
      })
    if !differences.isEmpty { rows.append(row("mAP50-95 vs. the first", difference)) }
    rows.append(
      row("time") { .init(Wording.duration($0.wallSeconds), isVolatile: true) })
    return Table(
      title: "Cross-validations: scores on all held-out images",
      columns: [.init("cross-validation")] + all.map { .init($0.name, isNumeric: true) },
      rows: rows)
  }

  private func row(
    _ name: String, _ cell: (CrossValidationObject) -> Table.Cell
  ) -> [Table.Cell] {
    [Table.Cell(name)] + all.map(cell)
  }

  private func difference(_ own: CrossValidationObject) -> Table.Cell {
    .init(differences.first { $0.name == own.name }?.short ?? "")
  }
}
