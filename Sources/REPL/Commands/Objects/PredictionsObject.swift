internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Training

/// What models found on some images, as it is kept on disk.
struct PredictionsRecord: Codable, Equatable, Sendable {
  /// One object found, in pixels of the image.
  struct Finding: Codable, Equatable, Sendable {
    var classIndex: Int
    var confidence: Float
    /// Left, top, right, bottom.
    var box: [Float]
  }

  /// One image.
  struct Image: Codable, Equatable, Sendable {
    var file: String
    var digest: String
    var width, height: Int
    var findings: [Finding]
  }

  /// One model's findings.
  struct Part: Codable, Equatable, Sendable {
    var model: String
    var classNames: [String]
    var images: [Image]
  }

  var parts: [Part]
  /// What the confidence of a finding exceeds; where thresholds differ, the lowest of the models.
  var confidence: Double
  /// For each model thresholds of its own; nil where ``confidence`` is that of all.
  var thresholds: [PredictionOptions.Thresholds]?
}

/// Predictions as a value of the language.
struct PredictionsObject: LanguageObject {
  let record: PredictionsRecord
  /// What is labeled on the images, where they come from a dataset.
  var truth: Truth?

  static let objectType = ObjectType(
    "Predictions", "detections of one or several models",
    members: [
      .init("count", .integer, "number of detections, all models together"),
      .init("images", .integer, "number of images"),
      .init("counts", .list(.integer), "number of detections in each image"),
      .init("confidence", .number, "the highest confidence; 0 without detections"),
      .init("classes", .list(.string), "the detected classes, each once, in the model's order"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    let images = record.parts.flatMap(\.images)
    switch name {
    case "count": return .number(images.reduce(0) { $0 + $1.findings.count })
    case "images": return .number(record.parts.first?.images.count ?? 0)
    case "counts": return .list(images.map { .number($0.findings.count) })
    case "confidence":
      return .number(Double(images.flatMap(\.findings).map(\.confidence).max() ?? 0))
    default:
      let names = record.parts.flatMap { part in
        part.classNames.enumerated().filter { index, _ in
          part.images.contains { $0.findings.contains { $0.classIndex == index } }
        }.map(\.element)
      }
      var seen = Set<String>()
      return .list(names.filter { seen.insert($0).inserted }.map { .string($0) })
    }
  }

  var summary: String {
    let images = record.parts.first?.images.count ?? 0
    let found = record.parts.flatMap(\.images).reduce(0) { $0 + $1.findings.count }
    return "\(Wording.number(found, "detection")) on \(Wording.number(images, "image"))"
  }

  var digest: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let content = try? encoder.encode(record) else {
      preconditionFailure("predictions cannot be encoded")
    }
    return Digest(of: content).description
  }

  /// One row a finding.
  var table: Table {
    let several = record.parts.count > 1
    let columns =
      (several ? [Table.Column("model")] : []) + [
        Table.Column("image"), Table.Column("class"),
      ]
      + ["confidence", "left", "top", "right", "bottom"].map { Table.Column($0, isNumeric: true) }
    var rows: [[Table.Cell]] = []
    for part in record.parts {
      let model = several ? [Table.Cell(part.model)] : []
      for image in part.images {
        let head = model + [Table.Cell(PathText.name(of: image.file))]
        for finding in image.findings {
          rows.append(
            head + [
              Table.Cell(part.classNames[finding.classIndex]),
              Table.Cell(Wording.fixed(Double(finding.confidence), 3)),
            ] + finding.box.map { Table.Cell(Wording.fixed(Double($0), 1)) })
        }
      }
      let empty = part.images.filter(\.findings.isEmpty)
      guard let first = empty.first else { continue }
      let others =
        empty.count == 1
        ? PathText.name(of: first.file)
        : (empty.count == part.images.count ? "all " : "the other ")
          + Wording.number(empty.count, "image")
      rows.append(model + [Table.Cell(others), "nothing", "", "", "", "", ""])
    }
    return Table(
      title: "Detected at \(record.confidenceWords)", columns: columns, rows: rows)
  }
}

extension PredictionsRecord {
  /// As in "a confidence of at least 0.25" or "the best confidence, 0.437".
  fileprivate var confidenceWords: String {
    guard let thresholds, let first = thresholds.first else {
      return "a confidence of at least \(confidence)"
    }
    func number(_ value: Float) -> String { Wording.fixed(Double(value), 3) }
    if thresholds.contains(where: { !$0.classes.isEmpty }) {
      guard thresholds.count == 1 else { return "the best confidence of each model and class" }
      let all = first.classes.sorted { $0.key < $1.key }.map { "\($0.key) \(number($0.value))" }
      return "the best confidence of each class: \(Wording.names(all))"
    }
    guard thresholds.count > 1 else { return "the best confidence, \(number(first.overall))" }
    return "the best confidence of each model: "
      + Wording.names(thresholds.map { number($0.overall) })
  }
}

extension PredictionsObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    [.table(table), .chart(try gallery(), name: "predictions")]
  }
}
