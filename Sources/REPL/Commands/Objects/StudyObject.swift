internal import Charts
internal import Evaluation
internal import Files
internal import Language
internal import Report
internal import Training

/// The same training with several seeds, as a value of the language.
struct StudyObject: LanguageObject {
  /// What it is called in tables and charts.
  let name: String
  let seeds: [Int]
  /// One for each seed, in their order; each was validated.
  let runs: [RunObject]

  static let objectType = ObjectType(
    "Study", "the same training with several seeds: scores and how much they vary",
    members: [
      .init("name", .string, "name in tables and charts"),
      .init("seeds", .list(.integer), "the seeds"),
      .init("runs", .list(.object("Run")), "the run of each seed"),
    ]
      + Score.all.map { .init($0.name, .object("Spread"), $0.summary) } + [
        .init("best_conf", .object("Spread"), "the confidence threshold with the best mean F1"),
        .init("time", .number, "wall time of all runs in seconds", isVolatile: true),
        .init("cpu", .number, "processor time of all runs in seconds", isVolatile: true),
      ])

  /// A figure of the best epochs.
  struct Score: Sendable {
    let name: String
    /// As tables name it.
    let heading: String
    let summary: String
    let value: @Sendable (ScoreRecord.Row) -> Double

    static let map50To95 = Score(
      name: "map50_95", heading: "mAP50-95", summary: "mean average precision over IoU 0.5 to 0.95"
    ) { $0.map50_95 }

    static let all = [
      Score(
        name: "precision", heading: "P",
        summary: "precision at the confidence threshold with the best mean F1"
      ) { $0.precision },
      Score(name: "recall", heading: "R", summary: "recall at the same confidence") { $0.recall },
      Score(name: "map50", heading: "mAP50", summary: "mean average precision at IoU 0.5") {
        $0.map50
      },
      map50To95,
    ]
  }

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(self.name)
    case "seeds": .list(seeds.map { .number($0) })
    case "runs": .list(runs.map { .object($0) })
    case "best_conf": .object(SpreadObject(spread: spread { $0.best.confidence }))
    case "time":
      Value.number(runs.reduce(0) { $0 + $1.record.cost.wallSeconds }).asVolatile
    case "cpu": Value.number(runs.reduce(0) { $0 + $1.record.cost.cpuSeconds }).asVolatile
    default:
      .object(
        SpreadObject(
          spread: spread((Score.all.first { $0.name == name } ?? Score.map50To95).value)))
    }
  }

  /// A figure of the best epochs over the seeds.
  func spread(_ value: (ScoreRecord.Row) -> Double) -> Spread {
    Spread(runs.compactMap { $0.record.best.scores.map { value($0.overall) } })
  }

  var summary: String {
    "study '\(name)': \(Wording.number(seeds.count, "seed")), mAP50-95 "
      + SpreadObject(spread: spread(Score.map50To95.value)).words
  }

  var digest: String {
    Digest(of: ([name] + runs.map(\.digest)).joined(separator: "\n")).description
  }
}

extension StudyObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    let score = SpreadObject(spread: spread(Score.map50To95.value))
    let few =
      seeds.count < 5
      ? " With \(seeds.count) seeds that is a rough estimate: \(seeds.count == 2 ? "three" : "five") "
        + "or more make it better." : ""
    let words =
      "mAP50-95 of '\(name)' is \(score.words) over "
      + "\(Wording.number(seeds.count, "seed")) (mean ± standard deviation). The mean of many more seeds "
      + "lies between \(score.ends.lower) and \(score.ends.upper) "
      + "with 95 % confidence.\(few)"
    return [
      .table(table), .text(VolatileText(words)),
      .chart(StudyCharts(studies: [self], after: memory).curve(of: "map50_95"), name: "study"),
    ]
  }

  /// A row for each seed, then what they have in common.
  private var table: Table {
    let scores = Score.all
    let columns =
      [Table.Column("seed")]
      + (["best epoch"] + scores.map(\.heading) + ["time"]).map {
        Table.Column($0, isNumeric: true)
      }
    var rows = zip(seeds, runs).map { seed, run -> [Table.Cell] in
      let record = run.record
      return [.init("\(seed)"), .init("\(record.best.epoch)")]
        + scores.map { score in
          .init(record.best.scores.map { Wording.fixed(score.value($0.overall), 3) } ?? "")
        } + [.init(Wording.duration(record.cost.wallSeconds), isVolatile: true)]
    }
    let spreads = scores.map { spread($0.value) }
    func row(_ name: String, _ cell: (Spread) -> String) -> [Table.Cell] {
      [.init(name), ""] + spreads.map { .init(cell($0)) } + [""]
    }
    rows.append(row("mean") { Wording.fixed($0.mean, 3) })
    rows.append(row("standard deviation") { Wording.fixed($0.deviation, 3) })
    rows.append(
      row("95 % interval of the mean") {
        let ends = SpreadObject(spread: $0).ends
        return "\(ends.lower)–\(ends.upper)"
      })
    return Table(title: "Study \(name)", columns: columns, rows: rows)
  }
}
