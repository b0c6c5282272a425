internal import Datasets
internal import Layers
internal import YOLO

/// Makes the model that is trained from the one that was asked for.
struct ModelPreparation {
  /// The model to be trained, a copy.
  let model: Model
  /// What was taken over where the classes differ.
  let transfer: TransferReport?

  init(
    _ request: TrainingRequest, _ options: TrainingOptions, classNames: [String]
  ) throws(TrainingError) {
    let source = request.model
    let isPretrained = options.pretrained
    if isPretrained && source.classNames == classNames {
      model = source.copy()
      transfer = nil
    } else {
      // A head that was trained keeps its hidden layers, whatever their width; the classic rules drew
      // them anew where the number of classes asked for another width.
      let width = isPretrained && options.rules == .current ? source.classChannels : nil
      let fresh = Model(
        source.architecture.with(classes: classNames.count, classChannels: width),
        classNames: classNames)
      fresh.initialize(seed: options.seed)
      var report: TransferReport?
      if isPretrained {
        do throws(ModelError) {
          report = try fresh.transfer(
            from: source.stateDictionary(),
            sourceNames: options.remapsClasses ? source.classNames : nil)
        } catch { throw TrainingError(.weights(error.description)) }
      }
      model = fresh
      transfer = report
    }
    for normalization in model.normalizations {
      normalization.momentum = options.statisticsMomentum
    }
    try freeze(options)
  }

  private func freeze(_ options: TrainingOptions) throws(TrainingError) {
    if let unknown = model.unknownName(in: options.freezing) {
      throw TrainingError(
        .weights("freeze: no part of the model is named '\(unknown)'; names look like \"22.cv2\""))
    }
    let frozen = model.freeze(
      options.freezing, freezesStatistics: options.freezesStatistics)
    guard frozen.count == model.parameters.count, options.rules == .current else { return }
    throw TrainingError(
      .nothingToTrain(
        """
        freeze=\(options.freezing.optionValue) freezes all \(model.architecture.rows.count) modules, so \
        nothing is left to train; 10 is the backbone, 22 trains only the head
        """))
  }
}
