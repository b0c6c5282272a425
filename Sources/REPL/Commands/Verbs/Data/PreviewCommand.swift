internal import Charts
internal import Datasets
internal import Language
internal import Training

extension Command {
  /// As in `preview plush imgsz=640 mosaic=0.5`.
  static let preview = Command(
    name: "preview",
    summary: "Shows a training batch as the network sees it: augmented images with their boxes.",
    signature: Signature(
      [.init("data", .dataset, "the dataset", isRequired: true)],
      options: [
        .init(
          "epoch", .integer, "the epoch whose first batch is shown", default: 1,
          range: .between(1, 1e6))
      ]
        + previewed.map(\.parameter)),
    result: .object("Figure"), examples: .preview
  ) { call, context throws(Diagnostic) in
    let data = try call.dataset("data").selected
    let samples = data.train.filter(\.isLabeled)
    guard !samples.isEmpty else {
      throw call.diagnostic("'\(data.name)' has no training images", at: "data")
    }
    let options = try call.previewOptions(host(context).settings)
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
      title: "\(data.name): first training batch of epoch \(epoch + 1)",
      names: data.classNames, cells: cells, columns: min(4, cells.count))
    return .object(FigureObject(charts: [sheet.chart], name: "batch"))
  }

  /// The options of `train` that decide what a batch looks like.
  private static let previewed: [TrainingOption] = {
    let t = OptionTable.standard
    let amounts = [
      t.hsvH, t.hsvS, t.hsvV, t.degrees, t.translate, t.scale, t.shear, t.perspective, t.flipud,
      t.fliplr, t.mosaic, t.mixup,
    ]
    return [t.batch.option, t.imageSize.option, t.seed.option] + amounts.map(\.option)
  }()
}

extension Invocation {
  fileprivate func previewOptions(_ settings: Settings) throws(Diagnostic) -> TrainingOptions {
    do throws(OptionError) {
      return try TrainingOptions(givenOptions(settings), rules: settings.rules)
    } catch {
      throw diagnostic("\(error)", at: isGiven(error.option) ? error.option : nil)
    }
  }
}
