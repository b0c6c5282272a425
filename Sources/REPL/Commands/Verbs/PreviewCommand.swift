internal import Charts
internal import Datasets
internal import Language
internal import Training

extension Command {
  /// As in `preview plush imgsz=640 mosaic=0.5`.
  static let preview = Command(
    name: "preview",
    summary: "Shows a training batch: photographs as the network will see them, with their boxes.",
    signature: Signature(
      [.init("data", .dataset, "the data set", isRequired: true)],
      options: [
        .init("epoch", .integer, "whose first batch", default: 1, range: .between(1, 1e6))
      ]
        + TrainingOption.all.filter { previewed.contains($0.name) }.map(\.parameter)),
    result: .object("Figure"), examples: .preview
  ) { call, context throws(Diagnostic) in
    let host = host(context), data = try call.dataset("data").selected
    let samples = data.train.filter(\.isLabelled)
    guard !samples.isEmpty else {
      throw call.diagnostic("'\(data.name)' has no photographs to train on", at: "data")
    }
    let options = try call.previewOptions(host)
    let epoch = (call.integer("epoch") ?? 1) - 1
    let pipeline = TrainingPipeline(
      samples: samples, imageSize: options.imageSize, options: options.augmentation,
      seed: options.seed)
    var cells: [ImageGrid.Cell] = []
    for index in pipeline.order(epoch: epoch).prefix(min(options.batch, 16)) {
      let seen = try call.attempt("data") { try pipeline.sample(epoch: epoch, index: index) }
      cells.append(
        ImageGrid.Cell(
          caption: samples[index].fileName, image: seen.image,
          boxes: seen.boxes.map { BoxOverlay.Item($0, on: seen.image) }))
    }
    let sheet = ImageGrid(
      title: "\(data.name) in training: the first batch of epoch \(epoch + 1)",
      names: data.classNames, cells: cells, columns: min(4, cells.count))
    return .object(FigureObject(charts: [sheet.chart], name: "batch"))
  }

  /// The options of `train` that decide what a batch looks like.
  private static let previewed: Set<String> = [
    "imgsz", "batch", "seed", "hsv_h", "hsv_s", "hsv_v", "degrees", "translate", "scale", "shear",
    "perspective", "flipud", "fliplr", "mosaic", "mixup",
  ]
}

extension Invocation {
  fileprivate func previewOptions(_ host: Host) throws(Diagnostic) -> TrainingOptions {
    var given: [(name: String, value: OptionValue)] = []
    for (name, value) in self.given where TrainingOption.named(name) != nil {
      given.append((name, OptionValue(value)))
    }
    if !isGiven("seed"), let seed = host.setting("seed")?.asInteger, seed != 0 {
      given.append(("seed", .integer(seed)))
    }
    let rules = Compatibility(rawValue: host.setting("compat")?.asString ?? "8.4") ?? .current
    do throws(OptionError) { return try TrainingOptions(given, rules: rules) } catch {
      throw diagnostic("\(error)", at: isGiven(error.option) ? error.option : nil)
    }
  }
}
