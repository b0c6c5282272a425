internal import Datasets
internal import Evaluation
internal import Language
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// As in `val first.best data=plush`.
  static let val = Command(
    name: "val", summary: "Validates a model on a split of a dataset.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init("data", .dataset, "the dataset", isRequired: true),
        .init("split", .string, "which split", default: "val", choices: ["train", "val", "test"]),
        .init(
          "imgsz", .integer, "longer side of the network input", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init("batch", .integer, "batch size", default: 32, range: .between(1, 4096)),
        .init(
          "conf", .number, "confidence threshold", default: 0.001, range: .between(0, 1)),
        .init(
          "iou", .number, "IoU threshold of non-maximum suppression", default: 0.7,
          range: .between(0, 1)),
        .init(
          "max_det", .integer, "maximum detections per image", default: 300,
          range: .between(1, 30_000)),
        .init(
          "rect", .bool, "whether batches are rectangular, following the images' aspect ratio",
          default: true),
      ]),
    result: .object("Metrics"), examples: .val
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    let (source, whole, split) = try call.examined()
    let images = whole.dataset[split].count(where: \.isLabeled)
    let job = ValidationJob(
      source, on: whole, split: split,
      options: call.validationOptions(host.settings, images: images))
    let inputs = JobInputs(models: [source], datasets: [whole])
    return try host.value(
      of: job, on: inputs, named: "val \(source.title)", as: MetricsObject.objectType
    ) { MetricsObject(record: $0) }
  }

  /// As in `forget second.best data=old before=first.best`.
  static let forget = Command(
    name: "forget",
    summary: "Reports, per class, how much a model has forgotten of an earlier dataset.",
    signature: Signature(
      [.init("model", .model, "the new model", isRequired: true)],
      options: [
        .init("before", .model, "the earlier model, trained on that dataset", isRequired: true),
        .init("data", .dataset, "the earlier dataset", isRequired: true),
        .init(
          "imgsz", .integer, "longer side of the network input", default: 640, unit: "pixels",
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
        options: call.validationOptions(host.settings), on: host.workplace.compute,
        cancellation: host.workplace.cancellation
      ).forgetting
    } catch { throw Diagnostic(error) }
    context.emit(.text(fates.description))
    return .object(
      TableObject(
        table: Table(
          title: "What the model still knows of \(data.dataset.name)",
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
  /// The options of a validation that were given; few images get an interval of their score.
  func validationOptions(_ settings: Settings, images: Int? = nil) -> ValidationOptions {
    var options = ValidationOptions()
    options.imageSize = integer("imgsz") ?? 640
    options.batch = integer("batch") ?? 32
    options.confidence = Float(number("conf") ?? 0.001)
    options.iou = Float(number("iou") ?? 0.7)
    options.limit = integer("max_det") ?? 300
    options.isRectangular = bool("rect") ?? true
    options.rules = settings.rules == .classic ? .classic : .current
    if let images, images < BootstrapInterval.usefulBelow {
      options.bootstrapSeed = UInt64(settings.seed)
    }
    return options
  }
}
