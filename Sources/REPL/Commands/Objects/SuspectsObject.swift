internal import Charts
internal import Evaluation
internal import Files
internal import Foundation
internal import Geometry
internal import Images
internal import Language
internal import Report

/// The labels that a model contradicts, as a value of the language.
struct SuspectsObject: LanguageObject {
  let record: SuspectsRecord
  /// How many the table and the gallery show.
  let shown: Int

  static let objectType = ObjectType(
    "Suspects", "labels that a model contradicts, the most suspicious first",
    members: [
      .init("count", .integer, "number of suspicious labels"),
      .init("files", .list(.string), "image names, the most suspicious first"),
    ]
      + LabelSuspicion.Kind.allCases.map { .init($0.name, .integer, "number of: \($0.meaning)") }
  )

  func member(_ name: String) throws(Diagnostic) -> Value {
    if let kind = LabelSuspicion.Kind.allCases.first(where: { $0.name == name }) {
      return .number(record.suspects.count { $0.kind == kind })
    }
    return name == "count"
      ? .number(record.suspects.count)
      : .list(record.suspects.map { .string(PathText.name(of: $0.image)) })
  }

  var summary: String {
    "\(Wording.number(record.suspects.count, "suspicious label")) among "
      + "\(record.labels) on \(Wording.number(record.images, "image")) of \(record.dataset)"
  }

  var digest: String {
    let lines = record.suspects.map { suspect in
      "\(suspect.kind) \(PathText.name(of: suspect.image)) \(suspect.line ?? 0) \(suspect.score)"
    }
    return Digest(of: lines.joined(separator: "\n")).description
  }
}

extension LabelSuspicion.Kind {
  /// As scripts and tables write it.
  var name: String { self == .otherClass ? "other_class" : rawValue }

  /// What may be wrong, in a few words.
  var meaning: String {
    switch self {
    case .missing: "an object without a label"
    case .otherClass: "a label of the wrong class"
    case .shifted: "a box with the wrong place or size"
    case .doubled: "a duplicate label"
    case .unseen: "a label where the model detects nothing"
    }
  }
}

extension SuspectsObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    guard !record.suspects.isEmpty else {
      return [.text(VolatileText("No label contradicts the model."))]
    }
    var all: [Rendering] = [.table(table)]
    if shown > 0 { all.append(.chart(try gallery(), name: "suspects")) }
    return all
  }

  private func name(_ index: Int?) -> String {
    index.map { record.classNames.indices.contains($0) ? record.classNames[$0] : "class \($0)" }
      ?? "–"
  }

  private var table: Table {
    let rest = record.suspects.count - min(shown, record.suspects.count)
    return Table(
      title: "Suspicious labels of \(record.dataset), by \(record.model)"
        + (rest > 0 ? ", the first \(shown) of \(record.suspects.count)" : ""),
      columns: [
        .init("label file"), .init("line", isNumeric: true), .init("suspicion"), .init("label"),
        .init("model"), .init("confidence", isNumeric: true), .init("score", isNumeric: true),
      ],
      rows: record.suspects.prefix(shown).map { suspect in
        [
          .init(PathText.name(of: suspect.file ?? suspect.image)),
          .init(suspect.line.map(String.init) ?? "–"), .init(suspect.kind.meaning),
          .init(name(suspect.labelClass)),
          .init(suspect.kind == .unseen ? "–" : name(suspect.otherClass)),
          .init(suspect.confidence.map { Wording.fixed($0, 2) } ?? "–"),
          .init(Wording.fixed(suspect.score, 2)),
        ]
      })
  }

  /// What is labeled beside what the model sees, with nothing but the suspicious boxes.
  private func gallery() throws(Diagnostic) -> Chart {
    var rows: [[ImageGrid.Cell]] = []
    for suspect in record.suspects.prefix(min(shown, 8)) {
      let image = try attempt { try Image(contentsOf: suspect.image) }
      let label = suspect.labelBox.map {
        BoxOverlay.Item(box: Box($0), classIndex: suspect.labelClass ?? 0, confidence: nil)
      }
      let other = suspect.otherBox.map {
        BoxOverlay.Item(
          box: Box($0), classIndex: suspect.otherClass ?? 0, confidence: suspect.confidence)
      }
      let place =
        PathText.name(of: suspect.image) + (suspect.line.map { ", line \($0)" } ?? "")
      rows.append([
        ImageGrid.Cell(caption: place, image: image, boxes: [label].compactMap(\.self)),
        ImageGrid.Cell(
          caption: suspect.kind.meaning, named: place, image: image,
          boxes: [other].compactMap(\.self)),
      ])
    }
    return ImageGrid(
      title: "Suspicious labels of \(record.dataset)", names: record.classNames,
      headings: ["label", "model"], rows: rows
    ).chart
  }
}
