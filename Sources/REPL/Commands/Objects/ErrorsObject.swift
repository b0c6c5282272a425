internal import Charts
internal import Evaluation
internal import Files
internal import Foundation
internal import Geometry
internal import Images
internal import Language
internal import Report

/// The errors of a model on a split, as a value of the language.
struct ErrorsObject: LanguageObject {
  let record: ErrorsRecord
  /// How many images the gallery shows.
  let shown: Int

  static let objectType = ObjectType(
    "Errors", "errors of a model on a split, and what they cost in mAP50",
    members: [
      .init("map50", .number, "mean average precision at IoU 0.5, 0...1"),
      .init("conf", .number, "the confidence threshold"),
      .init("hits", .integer, "correct detections"),
    ]
      + DetectionErrorKind.allCases.map { .init($0.rawValue, .integer, $0.meaning) }
      + DetectionErrorKind.allCases.map {
        .init("\($0.rawValue)_cost", .number, "the mAP50 that \($0.rawValue) errors cost")
      } + [
        .init("false_positives_cost", .number, "the mAP50 that all false positives cost"),
        .init("false_negatives_cost", .number, "the mAP50 that all missed objects cost"),
        .init("by_class", .object("Table"), "errors and costs by class"),
        .init("by_size", .object("Table"), "objects found and missed, by size and crowding"),
        .init("confused", .object("Table"), "confused classes, by pair"),
        .init("background_images", .integer, "images without objects"),
        .init("background_detections", .integer, "detections on images without objects"),
        .init("files", .list(.string), "images with errors, most errors first"),
      ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    if let kind = DetectionErrorKind(rawValue: name) { return .number(self[kind].count) }
    if name.hasSuffix("_cost"), let kind = DetectionErrorKind(rawValue: String(name.dropLast(5))) {
      return .number(self[kind].lost)
    }
    return switch name {
    case "map50": .number(record.map50)
    case "conf": .number(record.confidence)
    case "hits": .number(record.hits)
    case "false_positives_cost": .number(record.lostByFalsePositives)
    case "false_negatives_cost": .number(record.lostByFalseNegatives)
    case "by_class": .object(TableObject(table: classTable))
    case "by_size": .object(TableObject(table: groupTable))
    case "confused": .object(TableObject(table: confusionTable))
    case "background_images": .number(record.emptyImages)
    case "background_detections": .number(record.detectionsOnEmptyImages)
    default: .list(record.worst.map { .string(PathText.name(of: $0.file)) })
    }
  }

  private subscript(kind: DetectionErrorKind) -> ErrorsRecord.Kind {
    guard let own = record.kinds.first(where: { $0.kind == kind }) else {
      preconditionFailure("every kind is recorded")
    }
    return own
  }

  var summary: String {
    let counts = record.kinds.filter { $0.count > 0 }.map { "\($0.count) \($0.kind.rawValue)" }
    let errors = counts.isEmpty ? "no errors" : counts.joined(separator: ", ")
    return "errors of \(record.model) on \(record.dataset), \(record.split): \(errors)"
  }

  var digest: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let kinds = try? encoder.encode(record.kinds) else {
      preconditionFailure("counts can be encoded")
    }
    return Digest(of: kinds).description
  }
}

extension DetectionErrorKind {
  /// What the kind means, in a few words.
  var meaning: String {
    switch self {
    case .classification: "right place, wrong class"
    case .localization: "right class, box overlaps too little (IoU 0.1 to 0.5)"
    case .both: "wrong class and loose box"
    case .duplicate: "second detection of the same object"
    case .background: "detection on background"
    case .missed: "object without a detection"
    }
  }
}

// MARK: Tables

extension ErrorsObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    var all: [Rendering] = [.table(kindTable)]
    if record.classNames.count > 1 { all.append(.table(classTable)) }
    all.append(.table(groupTable))
    if !record.confusions.isEmpty { all.append(.table(confusionTable)) }
    if record.emptyImages > 0 {
      let detections = Wording.number(record.detectionsOnEmptyImages, "false positive")
      all.append(
        .text(
          VolatileText(
            "\(detections) on \(record.emptyImagesWithDetections) of "
              + "\(Wording.number(record.emptyImages, "image")) without objects.")))
    }
    if let gallery = try gallery() { all.append(.chart(gallery, name: "errors")) }
    return all
  }

  private var kindTable: Table {
    let confidence = Wording.fixed(record.confidence, 3)
    var rows: [[Table.Cell]] = record.kinds.map { kind in
      [
        .init(kind.kind.rawValue), .init(kind.kind.meaning), .init("\(kind.count)"),
        .init(Wording.fixed(kind.lost, 3)),
      ]
    }
    rows.append([
      "all false positives", "", .init("\(falsePositives)"),
      .init(Wording.fixed(record.lostByFalsePositives, 3)),
    ])
    rows.append([
      "all missed objects", "", .init("\(record.instances - record.hits)"),
      .init(Wording.fixed(record.lostByFalseNegatives, 3)),
    ])
    return Table(
      title:
        "Errors of \(record.model) on \(record.dataset), \(record.split): mAP50 "
        + Wording.fixed(record.map50, 3),
      columns: [
        .init("error"), .init("meaning"), .init("count at conf \(confidence)", isNumeric: true),
        .init("mAP50 lost", isNumeric: true),
      ], rows: rows)
  }

  private var falsePositives: Int {
    record.kinds.filter { $0.kind != .missed }.reduce(0) { $0 + $1.count }
  }

  private var classTable: Table {
    Table(
      title: "Cost in AP50, by class",
      columns: [
        .init("class"), .init("objects", isNumeric: true), .init("missed", isNumeric: true),
      ]
        + record.kinds.map { .init($0.kind.rawValue, isNumeric: true) },
      rows: record.byClass.enumerated().map { index, group in
        [.init(group.name), .init("\(group.objects)"), .init("\(group.missed)")]
          + record.kinds.map { .init(Wording.fixed($0.lostByClass[index], 3)) }
      })
  }

  private var groupTable: Table {
    let meanings = [
      "small": "below 32 x 32 pixels", "medium": "below 96 x 96 pixels", "large": "above",
      "alone": "touches no other object", "pair": "touches one", "crowd": "touches two or more",
    ]
    return Table(
      title: "Missed objects, by size and crowding",
      columns: [
        .init("objects"), .init("meaning"), .init("count", isNumeric: true),
        .init("missed", isNumeric: true),
      ],
      rows: (record.bySize + record.byCrowding).filter { $0.objects > 0 }.map {
        [
          .init($0.name), .init(meanings[$0.name] ?? ""), .init("\($0.objects)"),
          .init("\($0.missed)"),
        ]
      })
  }

  private var confusionTable: Table {
    Table(
      title: "Confused classes",
      columns: [.init("labeled"), .init("predicted"), .init("count", isNumeric: true)],
      rows: record.confusions.map { [.init($0.truth), .init($0.predicted), .init("\($0.count)")] })
  }

  /// The worst images, the labels beside what was found.
  private func gallery() throws(Diagnostic) -> Chart? {
    var rows: [[ImageGrid.Cell]] = []
    for entry in record.worst.prefix(shown) {
      let image = try attempt { try Image(contentsOf: entry.file) }
      let labels = entry.labels.map { label in
        BoxOverlay.Item(
          box: Box(label.box), classIndex: label.classIndex, confidence: nil)
      }
      let findings = entry.findings.map { finding in
        BoxOverlay.Item(
          box: Box(finding.box), classIndex: finding.classIndex, confidence: finding.confidence)
      }
      rows.append([
        ImageGrid.Cell(caption: PathText.name(of: entry.file), image: image, boxes: labels),
        ImageGrid.Cell(caption: entry.words, image: image, boxes: findings),
      ])
    }
    guard !rows.isEmpty else { return nil }
    let part = record.worst.count > rows.count ? ", the worst \(rows.count)" : ""
    return ImageGrid(
      title: "Errors of \(record.model)\(part)", names: record.classNames,
      headings: ["labels", "predictions"], rows: rows
    ).chart
  }
}

extension ErrorsRecord.WrongImage {
  /// "1 missed, 2 background".
  fileprivate var words: String {
    var counts = DetectionErrorKind.allCases.map { kind in
      (kind, kind == .missed ? missed.count : findings.count { $0.kind == kind })
    }
    counts.removeAll { $0.1 == 0 }
    return counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
  }
}

extension Box {
  /// A box from left, top, right and bottom.
  init(_ corners: [Float]) {
    precondition(corners.count == 4, "a box has four edges")
    self.init(minX: corners[0], minY: corners[1], maxX: corners[2], maxY: corners[3])
  }
}
