internal import Evaluation
internal import Files
internal import Language
internal import Mathematics
internal import Report
internal import Training

/// A model trained once for each fold of a dataset, as a value of the language.
///
/// Its scores are those of all images together, each found by the run that did not train on it.
struct CrossValidationObject: LanguageObject {
  /// What it is called in tables and charts.
  let name: String
  /// What was divided into folds.
  let dataset: DatasetObject
  /// For each run the images that it trained on, and in `val` those that were held out.
  let folds: [DatasetObject]
  /// One for each fold, in their order.
  let runs: [RunObject]
  /// The scores of all held-out images.
  let scores: ScoreRecord
  /// What was found in them, fold by fold.
  let images: [MatchedImage]

  /// Puts the folds' results together.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - dataset: What was divided.
  ///   - folds: The dataset of each run.
  ///   - runs: One for each fold.
  ///   - classNames: The classes of the runs.
  ///   - seed: What decides the draws of the bootstrap.
  /// - Throws: A diagnostic where a run was not validated.
  init(
    name: String, of dataset: DatasetObject, folds: [DatasetObject], runs: [RunObject],
    classNames: [String], seed: UInt64
  ) throws(Diagnostic) {
    (self.name, self.dataset, self.folds, self.runs) = (name, dataset, folds, runs)
    var images: [MatchedImage] = []
    for run in runs {
      guard let found = run.record.best.matches?.images else {
        throw Diagnostic("'\(run.record.name)' was not validated")
      }
      images += found
    }
    self.images = images
    let rules = runs.first?.record.best.scores?.rules ?? .current
    var source = RandomSource(seed: seed, purpose: 202)
    let interval =
      images.count < BootstrapInterval.usefulBelow
      ? BootstrapInterval(of: images, rules: rules, source: &source)?.mAP50to95 : nil
    scores = ScoreRecord(
      DetectionMetrics(of: images, rules: rules), images: images.count, interval: interval,
      names: classNames)
  }

  static let objectType = ObjectType(
    "CrossValidation", "a model trained once for each fold of a dataset, scored on all images",
    members: [
      .init("name", .string, "name in tables and charts"),
      .init("runs", .list(.object("Run")), "the run of each fold"),
      .init(
        "folds", .list(.dataset),
        "the dataset of each fold: train without the images held out, which are val"),
      .init("images", .integer, "number of held-out images in all folds"),
      .init("instances", .integer, "number of labeled objects in them"),
    ]
      + ScoreRecord.members + [
        .init("time", .number, "wall time of all runs in seconds", isVolatile: true),
        .init("cpu", .number, "processor time of all runs in seconds", isVolatile: true),
      ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(self.name)
    case "runs": .list(runs.map { .object($0) })
    case "folds": .list(folds.map { .object($0) })
    case "images": .number(scores.overall.images)
    case "instances": .number(scores.overall.instances)
    case "time": Value.number(wallSeconds).asVolatile
    case "cpu": Value.number(runs.reduce(0) { $0 + $1.record.cost.cpuSeconds }).asVolatile
    default: scores.member(name) ?? .none
    }
  }

  /// The wall time of all runs.
  var wallSeconds: Double { runs.reduce(0) { $0 + $1.record.cost.wallSeconds } }

  var summary: String {
    "cross-validation '\(name)': \(Wording.number(runs.count, "fold")), "
      + "\(Wording.number(scores.overall.images, "image")), "
      + "mAP50 \(Wording.fixed(scores.overall.map50, 3)), "
      + "mAP50-95 \(Wording.fixed(scores.overall.map50_95, 3))"
  }

  var digest: String {
    Digest(of: ([name] + runs.map(\.digest)).joined(separator: "\n")).description
  }
}

extension CrossValidationObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    let score = Wording.fixed(scores.overall.map50_95, 3)
    let interval =
      scores.interval.map { ends in
        " (95 % of bootstrap resamples: \(Wording.fixed(ends[0], 3)) to "
          + "\(Wording.fixed(ends[1], 3)))"
      } ?? ""
    let words =
      "Each of the \(Wording.number(scores.overall.images, "image")) was held out once and scored by the run "
      + "that did not train on it: mAP50-95 \(score)\(interval). The best epoch of each run was "
      + "chosen on its held-out images, so expect slightly less on new ones."
    return [
      .table(foldTable), .text(VolatileText(words)),
      .table(scores.table(title: "\(name), all held-out images")),
      .table(scores.thresholdTable(title: "Confidence threshold with the best F1")),
    ]
  }

  /// A row for each fold, then all images together.
  private var foldTable: Table {
    let columns =
      [Table.Column("fold")]
      + ["images", "instances", "best epoch", "P", "R", "mAP50", "mAP50-95", "time"].map {
        Table.Column($0, isNumeric: true)
      }
    func row(
      _ name: String, _ scores: ScoreRecord?, epoch: String, seconds: Double
    ) -> [Table.Cell] {
      let all = scores?.overall
      let figures = [all?.precision, all?.recall, all?.map50, all?.map50_95]
      return [
        .init(name), .init(all.map { "\($0.images)" } ?? ""),
        .init(all.map { "\($0.instances)" } ?? ""), .init(epoch),
      ] + figures.map { .init($0.map { Wording.fixed($0, 3) } ?? "") } + [
        .init(Wording.duration(seconds), isVolatile: true)
      ]
    }
    let rows = runs.enumerated().map { index, run in
      row(
        "\(index + 1)", run.record.best.scores, epoch: "\(run.record.best.epoch)",
        seconds: run.record.cost.wallSeconds)
    }
    return Table(
      title: "Cross-validation \(name)", columns: columns,
      rows: rows + [row("all", scores, epoch: "", seconds: wallSeconds)])
  }
}
