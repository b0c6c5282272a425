internal import Datasets
internal import Evaluation
internal import Files
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// As in `val first.best data=plush`.
  static let val = Command(
    name: "val", summary: "Measures a model on a split of a data set.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init("data", .dataset, "the data set", isRequired: true),
        .init("split", .string, "which split", default: "val", choices: ["train", "val", "test"]),
        .init(
          "imgsz", .integer, "longer side of the input", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init("batch", .integer, "photographs in a batch", default: 32, range: .between(1, 4096)),
        .init(
          "conf", .number, "detections below do not count", default: 0.001, range: .between(0, 1)),
        .init(
          "iou", .number, "overlap above which the weaker box is dropped", default: 0.7,
          range: .between(0, 1)),
        .init(
          "max_det", .integer, "detections of one photograph", default: 300,
          range: .between(1, 30_000)),
        .init("rect", .bool, "whether batches have the shape of their photographs", default: true),
      ]),
    result: .object("Metrics"), examples: .val
  ) { call, context throws(Diagnostic) in
    let host = host(context), source = try call.modelSource("model")
    let data = try call.dataset("data")
    let split = data.split ?? DatasetSplit(rawValue: call.string("split") ?? "val") ?? .val
    let samples = data.dataset[split].filter(\.isLabelled)
    guard !samples.isEmpty else {
      throw call.diagnostic(
        "the \(split) split of '\(data.dataset.name)' has no labelled photographs", at: "data")
    }
    let model = try source.model()
    guard model.classNames == data.dataset.classNames else {
      throw call.diagnostic(
        "the model knows \(Wording.names(model.classNames)), the data set holds "
          + Wording.names(data.dataset.classNames), at: "data",
        hint: "`forget` compares models whose classes differ, class by class")
    }
    let options = call.validationOptions(host)
    let ingredients =
      ["model \(source.title) \(source.digest)", "data \(data.dataset.digest) \(split)"]
      + call.given.filter { !["model", "data"].contains($0.name) }.map {
        "\($0.name)=\($0.value.canonical)"
      }
    let record = try host.cached("val", ingredients: ingredients) {
      () throws(Diagnostic) -> (result: MetricsRecord, isComplete: Bool) in
      let result = try host.validate(model, on: samples, options: options)
      return (
        MetricsRecord(
          result, model: source.title, dataset: data.dataset.name, split: split.rawValue,
          names: model.classNames, options: options), true
      )
    }
    host.cite("data \(data.dataset.name)", data.dataset.digest.description)
    host.cite("weights \(source.title)", source.weights)
    return .object(MetricsObject(record: record))
  }

  /// As in `forget second.best data=old before=first.best`.
  static let forget = Command(
    name: "forget",
    summary: "Says, class by class, what a model has forgotten of an old data set.",
    signature: Signature(
      [.init("model", .model, "the new model", isRequired: true)],
      options: [
        .init("before", .model, "the model that learned the old data set", isRequired: true),
        .init("data", .dataset, "the old data set", isRequired: true),
        .init(
          "imgsz", .integer, "longer side of the input", default: 640, unit: "pixels",
          range: .between(32, 4096)),
      ]),
    result: .object("Table"), examples: .forget
  ) { call, context throws(Diagnostic) in
    let host = host(context), data = try call.dataset("data")
    let samples = data.dataset.val.isEmpty ? data.dataset.train : data.dataset.val
    let names = data.dataset.classNames
    let before = try call.modelSource("before").model(),
      after = try call.modelSource("model").model()
    let fates: Forgetting
    do throws(TrainingError) {
      fates = try Forgetting.measured(
        on: samples, classNames: names, before: before, after: after,
        options: call.validationOptions(host), on: host.compute, cancellation: host.cancellation
      ).forgetting
    } catch { throw host.diagnostic(error) }
    context.emit(.text(fates.description))
    return .object(
      TableObject(
        table: Table(
          title: "What is left of \(data.dataset.name)",
          columns: [
            .init("class"), .init("mAP50 before", isNumeric: true),
            .init("mAP50 now", isNumeric: true), .init("fate"),
          ],
          rows: fates.classes.map {
            [
              .init($0.name), .init(Wording.fixed($0.before, 3)),
              .init($0.after.map { Wording.fixed($0, 3) } ?? "no such class"),
              .init($0.fate.rawValue),
            ]
          })))
  }
}

extension Invocation {
  /// The options of a validation that were given.
  fileprivate func validationOptions(_ host: Host) -> ValidationOptions {
    var options = ValidationOptions()
    options.imageSize = integer("imgsz") ?? 640
    options.batch = integer("batch") ?? 32
    options.confidence = Float(number("conf") ?? 0.001)
    options.iou = Float(number("iou") ?? 0.7)
    options.limit = integer("max_det") ?? 300
    options.isRectangular = bool("rect") ?? true
    options.rules = host.setting("compat")?.asString == "8.0.120" ? .classic : .current
    return options
  }
}

extension Host {
  /// Validates a model; small sets get an interval of their score.
  func validate(
    _ model: Model, on samples: [Sample], options: ValidationOptions
  ) throws(Diagnostic) -> ValidationResult {
    var options = options
    if samples.count < 100 { options.bootstrapSeed = UInt64(setting("seed")?.asInteger ?? 0) }
    do throws(TrainingError) {
      return try Validator(Detector(model, on: compute), options: options, on: compute)
        .run(on: samples, cancellation: cancellation)
    } catch { throw diagnostic(error) }
  }

  /// What went wrong in the engine, in the language's words.
  func diagnostic(_ error: TrainingError) -> Diagnostic {
    Diagnostic(error.description, kind: error.problem == .cancelled ? .interrupted : .step)
  }
}

extension MetricsRecord {
  /// A validation as it is kept.
  init(
    _ result: ValidationResult, model: String, dataset: String, split: String, names: [String],
    options: ValidationOptions
  ) {
    let scores = ScoreRecord(result, names: names)
    let count = Double(max(1, result.images.count)) / 1000
    self.init(
      model: model, dataset: dataset, split: split, scores: scores,
      curves: zip(result.metrics.classes, scores.classes).map { row, score in
        Curves(
          name: score.name, classIndex: row.classIndex, precision: row.curves.precision,
          recall: row.curves.recall, f1: row.curves.f1,
          precisionAtRecall: row.curves.precisionAtRecall)
      },
      confusion: (0...names.count).map { predicted in
        (0...names.count).map { result.confusion[predicted: predicted, truth: $0] }
      },
      confusionConfidence: Double(options.confusionConfidence), confusionIoU: options.confusionIoU,
      classNames: names, preprocessMilliseconds: result.loadingSeconds / count,
      inferenceMilliseconds: result.networkSeconds / count,
      postprocessMilliseconds: result.suppressionSeconds / count)
  }
}
