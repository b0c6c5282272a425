internal import Datasets
internal import Evaluation
internal import Language
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// As in `errors first.best data=plush`.
  static let errors = Command(
    name: "errors",
    summary: "Shows a model's errors on a split: which kinds, what each costs in mAP50, and where.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init("data", .dataset, "the dataset", isRequired: true),
        .init("split", .string, "which split", default: "val", choices: ["train", "val", "test"]),
        .init(
          "imgsz", .integer, "longer side of the network input", default: 640, unit: "pixels",
          range: .between(32, 4096)),
        .init(
          "conf", .number,
          "confidence threshold; by default the one with the best F1",
          range: .between(0, 1)),
        .init(
          "count", .integer, "number of images in the gallery", default: 6, range: .between(0, 50)),
      ]),
    result: .object("Errors"), examples: .errors
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    let (source, data, split) = try call.examined()
    let options = call.examinationOptions(host.settings)
    let job = ErrorsJob(
      source, on: data, split: split, options: options, confidence: call.number("conf"))
    let count = call.integer("count") ?? 6
    return try host.value(
      of: job, on: JobInputs(models: [source], datasets: [data]), named: "errors \(source.title)",
      as: ErrorsObject.objectType
    ) { ErrorsObject(record: $0, shown: count) }
  }
}

extension Command {
  /// As in `suspects first.best data=plush`.
  static let suspects = Command(
    name: "suspects",
    summary:
      "Lists labels that a model contradicts: missing, duplicate, shifted or of the wrong class.",
    signature: Signature(
      [.init("model", .model, "the model", isRequired: true)],
      options: [
        .init("data", .dataset, "the dataset, or one of its splits", isRequired: true),
        .init(
          "imgsz", .integer,
          "longer side of the network input; a second look takes a seventh more", default: 640,
          unit: "pixels",
          range: .between(32, 4096)),
        .init(
          "conf", .number, "minimum confidence of a detection that contradicts a label",
          default: 0.25, range: .between(0, 1)),
        .init(
          "count", .integer, "number of labels in the table", default: 20, range: .between(0, 1000)),
      ]),
    result: .object("Suspects"), examples: .suspects
  ) { call, context throws(Diagnostic) in
    let host = host(context), given = try call.dataset("data")
    let splits = given.splits.filter { given.dataset[$0].contains(where: \.isLabeled) }
    guard let first = splits.first else {
      throw call.diagnostic("'\(given.dataset.name)' has no labeled images", at: "data")
    }
    let (source, data, _) = try call.examined(first)
    let options = call.examinationOptions(host.settings)
    let job = SuspectsJob(
      source, on: data, splits: splits, options: options, confidence: call.number("conf") ?? 0.25)
    let count = call.integer("count") ?? 20
    return try host.value(
      of: job, on: JobInputs(models: [source], datasets: [data]),
      named: "suspects \(source.title)", as: SuspectsObject.objectType
    ) { SuspectsObject(record: $0, shown: count) }
  }
}

extension Invocation {
  /// The options of `val` at the input size that is asked for; `conf` here is another threshold than there.
  fileprivate func examinationOptions(_ settings: Settings) -> ValidationOptions {
    var options = validationOptions(settings)
    options.confidence = ValidationOptions().confidence
    return options
  }

  /// The model, the whole dataset and the split that a command examines.
  ///
  /// - Throws: A diagnostic where nothing is labeled, or the classes differ.
  func examined(
    _ chosen: DatasetSplit? = nil
  ) throws(Diagnostic) -> (any ModelSource, DatasetObject, DatasetSplit) {
    let source = try modelSource("model"), data = try dataset("data")
    let split = chosen ?? data.split ?? DatasetSplit(rawValue: string("split") ?? "val") ?? .val
    guard data.dataset[split].contains(where: \.isLabeled) else {
      throw diagnostic(
        "the \(split) split of '\(data.dataset.name)' has no labeled images", at: "data")
    }
    let model = try source.model()
    guard model.classNames == data.dataset.classNames else {
      throw diagnostic(
        "the model knows \(Wording.names(model.classNames)), the dataset has "
          + Wording.names(data.dataset.classNames), at: "data",
        hint: "`forget` compares models whose classes differ, class by class")
    }
    return (source, DatasetObject(dataset: data.dataset), split)
  }
}
