internal import Charts
internal import Evaluation
internal import Files
internal import Foundation
internal import Language
internal import Report

/// A validation as it is kept on disk.
struct MetricsRecord: Codable, Equatable, Sendable {
  /// The curves of one class over confidence, and precision over recall; 1000 points each.
  struct Curves: Codable, Equatable, Sendable {
    var name: String
    var classIndex: Int
    var precision, recall, f1, precisionAtRecall: [Double]
  }

  var model: String
  var dataset: String
  var split: String
  var scores: ScoreRecord
  var curves: [Curves]
  /// Rows predicted, columns true, last row and column the background.
  var confusion: [[Int]]
  /// The thresholds of `confusion`.
  var confusionConfidence, confusionIoU: Double
  var classNames: [String]
  /// Milliseconds an image: loading and letterboxing, the network, suppression.
  var preprocessMilliseconds, inferenceMilliseconds, postprocessMilliseconds: Double
}

/// A validation as a value of the language.
struct MetricsObject: LanguageObject {
  let record: MetricsRecord

  static let objectType = ObjectType(
    "Metrics", "scores of a model on a split of a dataset",
    members: ScoreRecord.members + [
      .init("model", .string, "name of the validated model"),
      .init("instances", .integer, "number of labeled objects"),
      .init("images", .integer, "number of images"),
      .init("speed", .number, "network time per image in milliseconds", isVolatile: true),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "model": .string(record.model)
    case "instances": .number(record.scores.overall.instances)
    case "images": .number(record.scores.overall.images)
    case "speed": Value.number(record.inferenceMilliseconds).asVolatile
    default: record.scores.member(name) ?? .none
    }
  }

  var summary: String {
    let scores = record.scores.overall
    return "\(record.model) on \(record.dataset), \(record.split): "
      + "mAP50 \(Wording.fixed(scores.map50, 3)), mAP50-95 \(Wording.fixed(scores.map50_95, 3))"
  }

  var digest: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let scores = try? encoder.encode(record.scores),
      let confusion = try? encoder.encode(record.confusion)
    else { preconditionFailure("scores cannot be encoded") }
    return Digest(of: scores + confusion).description
  }

  /// Precision over recall, and precision, recall and F1 over confidence.
  func charts() -> [Chart] {
    let axis = DetectionMetrics.abscissae
    let scores = record.scores
    let groups = ClassCurves.Kind.allCases.map { kind in
      ClassCurves(
        kind: kind,
        curves: zip(record.curves, scores.classes).map { $0.curve(kind, axis, best: $1.best) },
        mean: nil, best: ClassCurves.Best(scores.overall.best))
    }
    // Classes without objects have no curve.
    let notes = record.classNames.map { name in
      scores.classes.first { $0.name == name }.map { "AP50 \(Wording.fixed($0.map50, 3))" } ?? ""
    }
    let curves = ClassCurves.chart(
      title: "\(record.model): precision and recall", groups: groups, notes: notes)
    return [curves, confusionChart]
  }

  private var confusionChart: Chart {
    ConfusionChart(
      title: "\(record.model): confusion", names: record.classNames, counts: record.confusion,
      confidence: record.confusionConfidence, iou: record.confusionIoU
    ).chart
  }
}

extension MetricsRecord.Curves {
  /// The curve of one kind.
  fileprivate func curve(
    _ kind: ClassCurves.Kind, _ axis: [Double], best: OperatingPoint
  ) -> ClassCurves.Curve {
    let y =
      switch kind {
      case .precisionRecall: precisionAtRecall
      case .f1: f1
      case .precision: precision
      case .recall: recall
      }
    return ClassCurves.Curve(
      name: name, classIndex: classIndex, x: axis, y: y, best: ClassCurves.Best(best))
  }
}

extension ClassCurves.Best {
  /// The mark of a threshold; nil where nothing right is found.
  fileprivate init?(_ point: OperatingPoint) {
    guard point.isFound else { return nil }
    self.init(confidence: point.confidence, f1: point.f1)
  }
}

extension MetricsObject: Presentable {
  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    let speed =
      "\(Wording.fixed(record.preprocessMilliseconds, 1)) ms loading, "
      + "\(Wording.fixed(record.inferenceMilliseconds, 1)) ms network, "
      + "\(Wording.fixed(record.postprocessMilliseconds, 1)) ms NMS"
    var all: [Rendering] = [
      .table(
        record.scores.table(title: "\(record.model) on \(record.dataset), \(record.split)")),
      .table(record.scores.thresholdTable(title: "Confidence threshold with the best F1")),
    ]
    if let interval = record.scores.interval, interval.count == 2 {
      all.append(
        .text(
          VolatileText(
            "With so few images the score is uncertain: in 95 % of bootstrap resamples "
              + "mAP50-95 lies between \(Wording.fixed(interval[0], 3)) and "
              + "\(Wording.fixed(interval[1], 3)).")))
    }
    all.append(.text(VolatileText("Time per image: \(speed).", volatilePieces: [speed])))
    return all
  }
}
