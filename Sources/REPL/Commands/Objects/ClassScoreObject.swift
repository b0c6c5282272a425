internal import Evaluation
internal import Files
internal import Foundation
internal import Language

/// How well one class is found, as a value of the language.
struct ClassScoreObject: LanguageObject {
  let row: ScoreRecord.Row

  static let objectType = ObjectType(
    "ClassScore", "scores of one class",
    members: [
      .init("name", .string, "the class"),
      .init("images", .integer, "number of images with this class"),
      .init("instances", .integer, "number of labeled objects"),
      .init("precision", .number, "precision at the best confidence over all classes, 0...1"),
      .init("recall", .number, "recall at the same confidence, 0...1"),
      .init("map50", .number, "average precision at IoU 0.5, 0...1"),
      .init("map75", .number, "average precision at IoU 0.75, 0...1"),
      .init("map50_95", .number, "average precision over IoU 0.5 to 0.95, 0...1"),
      .init("best_conf", .number, "confidence threshold with the best F1 of this class, 0...1"),
      .init("best_precision", .number, "precision at that threshold, 0...1"),
      .init("best_recall", .number, "recall at that threshold, 0...1"),
      .init("best_f1", .number, "F1 at that threshold, 0...1"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(row.name)
    case "images": .number(row.images)
    case "instances": .number(row.instances)
    case "precision": .number(row.precision)
    case "recall": .number(row.recall)
    case "map50": .number(row.map50)
    case "map75": .number(row.map75)
    case "map50_95": .number(row.map50_95)
    case "best_conf": .number(row.best.confidence)
    case "best_precision": .number(row.best.precision)
    case "best_recall": .number(row.best.recall)
    default: .number(row.best.f1)
    }
  }

  var summary: String {
    "\(row.name): AP50 \(Wording.fixed(row.map50, 3)), AP50-95 \(Wording.fixed(row.map50_95, 3)), "
      + "best F1 \(Wording.fixed(row.best.f1, 3)) at confidence "
      + Wording.fixed(row.best.confidence, 3)
  }

  var digest: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let content = try? encoder.encode(row) else {
      preconditionFailure("scores can be encoded")
    }
    return Digest(of: content).description
  }
}
