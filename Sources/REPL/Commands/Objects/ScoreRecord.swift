internal import Evaluation
internal import Language
internal import Report

/// Scores of a validation that can be kept on disk.
struct ScoreRecord: Codable, Equatable, Sendable {
  /// One class, or all of them together.
  struct Row: Codable, Equatable, Sendable {
    var name: String
    var images: Int
    var instances: Int
    /// Precision and recall are those at the best threshold of all classes together.
    var precision, recall, map50, map75, map50_95: Double
    /// Where F1 is best: that of all classes together, or of the one class alone.
    var best: OperatingPoint
  }

  /// The mean over the classes.
  var overall: Row
  /// One row a class that occurs, in the order of the classes.
  var classes: [Row]
  /// Whose arithmetic the scores follow.
  var rules: EvaluationRules
  /// Bounds of mAP50-95 that hold 95 of 100 resampled validation sets.
  var interval: [Double]?

  /// The members that objects with scores have.
  static let members: [ObjectType.Member] = [
    .init(
      "precision", .number, "precision at the confidence threshold with the best mean F1, 0...1"),
    .init("recall", .number, "recall at the same confidence, 0...1"),
    .init("map50", .number, "mean average precision at IoU 0.5, 0...1"),
    .init("map75", .number, "mean average precision at IoU 0.75, 0...1"),
    .init("map50_95", .number, "mean average precision over IoU 0.5 to 0.95, 0...1"),
    .init("best_conf", .number, "the confidence threshold with the best mean F1, 0...1"),
    .init("best_f1", .number, "the mean F1 at that threshold, 0...1"),
    .init("by_class", .list(.object("ClassScore")), "the scores of each class that has objects"),
  ]

  func member(_ name: String) -> Value? {
    switch name {
    case "precision": .number(overall.precision)
    case "recall": .number(overall.recall)
    case "map50": .number(overall.map50)
    case "map75": .number(overall.map75)
    case "map50_95": .number(overall.map50_95)
    case "best_conf": .number(overall.best.confidence)
    case "best_f1": .number(overall.best.f1)
    case "by_class": .list(classes.map { .object(ClassScoreObject(row: $0)) })
    default: nil
    }
  }

  /// A table with a row for all classes and one for each.
  func table(title: String) -> Table {
    let columns =
      [Table.Column("class")]
      + ["images", "instances", "P", "R", "mAP50", "mAP75", "mAP50-95"].map {
        Table.Column($0, isNumeric: true)
      }
    return Table(
      title: title, columns: columns,
      rows: rows.map { row in
        [Table.Cell(row.name), Table.Cell("\(row.images)"), Table.Cell("\(row.instances)")]
          + [row.precision, row.recall, row.map50, row.map75, row.map50_95].map {
            Table.Cell(Wording.fixed($0, 3))
          }
      })
  }

  /// The thresholds of the best F1: one for all classes, and one for each.
  func thresholdTable(title: String) -> Table {
    Table(
      title: title,
      columns: [.init("class")]
        + ["confidence", "P", "R", "F1"].map { Table.Column($0, isNumeric: true) },
      rows: rows.map { row in
        let best = row.best
        let numbers = [best.confidence, best.precision, best.recall, best.f1]
        // Where nothing right is found, no threshold is better than another.
        return [Table.Cell(row.name)]
          + numbers.map { Table.Cell(best.isFound ? Wording.fixed($0, 3) : "-") }
      })
  }

  /// All classes, and each where there are several.
  private var rows: [Row] { [overall] + (classes.count > 1 ? classes : []) }
}
