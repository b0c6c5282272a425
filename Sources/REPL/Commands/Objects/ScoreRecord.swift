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
    var precision, recall, map50, map75, map50_95: Double
  }

  /// The mean over the classes.
  var overall: Row
  /// One row a class that occurs, in the order of the classes.
  var classes: [Row]
  /// Bounds of mAP50-95 that hold 95 of 100 resampled validation sets.
  var interval: [Double]?

  /// The members that objects with scores have.
  static let members: [ObjectType.Member] = [
    .init("precision", .number, "precision at the confidence of the best mean F1, 0...1"),
    .init("recall", .number, "recall at the same confidence, 0...1"),
    .init("map50", .number, "mean average precision at IoU 0.5, 0...1"),
    .init("map75", .number, "mean average precision at IoU 0.75, 0...1"),
    .init("map50_95", .number, "mean average precision over IoU 0.5 to 0.95, 0...1"),
  ]

  func member(_ name: String) -> Value? {
    switch name {
    case "precision": .number(overall.precision)
    case "recall": .number(overall.recall)
    case "map50": .number(overall.map50)
    case "map75": .number(overall.map75)
    case "map50_95": .number(overall.map50_95)
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
    let rows = [overall] + (classes.count > 1 ? classes : [])
    return Table(
      title: title, columns: columns,
      rows: rows.map { row in
        [Table.Cell(row.name), Table.Cell("\(row.images)"), Table.Cell("\(row.instances)")]
          + [row.precision, row.recall, row.map50, row.map75, row.map50_95].map {
            Table.Cell(Wording.fixed($0, 3))
          }
      })
  }
}
