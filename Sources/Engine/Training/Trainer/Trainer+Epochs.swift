internal import Checkpoints
internal import Datasets
internal import Evaluation
internal import Files
internal import Foundation
internal import Layers
internal import YOLO

extension Trainer {
  // MARK: Between epochs

  /// Validates the EMA of the weights as their file will hold them.
  func validate(_ throughput: inout Throughput) throws(TrainingError) -> ValidationResult? {
    try loadEMAWeights()
    guard plan.options.validates else { return nil }
    let start = ContinuousClock.now
    let result = try score(validationSamples, withLoss: true)
    throughput.validation(seconds: start.duration(to: .now).inSeconds)
    return result
  }

  private func score(
    _ samples: [Sample], withLoss: Bool, bootstrap: Bool = false
  ) throws(TrainingError) -> ValidationResult {
    let detector = Detector(emaModel, in: arena, on: compute)
    var options = plan.options.validation
    options.bootstrapSeed = bootstrap ? plan.options.seed : nil
    return try Validator(detector, options: options, loaders: request.loaders, on: compute).run(
      on: samples, loss: withLoss ? plan.loss : nil, cancellation: cancellation,
      despite: .afterBatch)
  }

  /// Puts the EMA of the weights, rounded to half precision, on ``emaModel``.
  private func loadEMAWeights() throws(TrainingError) {
    do throws(ModelError) { try emaModel.load(ema.state(like: emaModel)) } catch {
      switch error.problem {
      case .notFinite, .negativeVariance:
        throw TrainingError(
          .notFinite(
            epoch: progress.epochs + 1, batch: plan.schedule.batchesPerEpoch,
            rate: lastRates.first ?? 0))
      case .missing, .shape: throw TrainingError(.weights(error.description))
      }
    }
  }

  /// Writes down an epoch; returns why the run ends here, or nil where it goes on.
  ///
  /// An epoch that was cut short is trained again when the run goes on. It leaves its line in the table
  /// and the last checkpoint, and the best one where no whole epoch has left any; nothing else knows it.
  func finishEpoch(
    _ validation: ValidationResult?, _ throughput: Throughput, _ meter: CostMeter, wasCut: Bool
  ) throws(TrainingError) -> StopReason? {
    let result = EpochResult(
      epoch: progress.epochs + 1, seconds: earlierSeconds + meter.cost().wallSeconds,
      train: epochLosses, scores: validation.map { EpochScores($0.metrics) },
      validation: validation?.losses, rates: lastRates)
    progress.results.append(result)
    let line = Data(ResultsTable.line(result).utf8)
    guard !wasCut else {
      try save(
        validation, isBest: progress.epochs == 0, epoch: result.epoch, table: table + line)
      announce(result, throughput, validation)
      return .cancelled
    }
    let fitness = validation.map {
      plan.fitness(map50: $0.metrics.mAP50, map50_95: $0.metrics.mAP50to95)
    }
    let verdict = progress.stopping.record(epoch: result.epoch, fitness: fitness)
    progress.epochs += 1
    table += line
    try save(
      validation, isBest: verdict.isBest || validation == nil, epoch: result.epoch, table: table)
    // Who ends a run here, and who is killed while it is scored, finds all of it again.
    let ends =
      verdict.stops || cancellation.level != .none || progress.epochs == plan.options.epochs
    if ends || statePace.isDue() { try saveState() }
    announce(result, throughput, validation)
    if let fitness, verdict.isBest { report(.best(epoch: result.epoch, fitness: fitness)) }
    if verdict.stops { return patienceStop }
    return cancellation.level != .none && progress.epochs < plan.options.epochs ? .cancelled : nil
  }

  private func announce(
    _ result: EpochResult, _ throughput: Throughput, _ validation: ValidationResult?
  ) {
    report(
      .epoch(
        result,
        EpochThroughput(
          imagesPerSecond: throughput.imagesPerSecond, secondsLeft: throughput.secondsLeft,
          peakBytes: CostMeter.peakBytes())))
    if let validation {
      report(.validated(epoch: result.epoch, validation.pictures(of: validationSamples)))
    }
  }

  private func save(
    _ validation: ValidationResult?, isBest: Bool, epoch: Int, table: Data
  ) throws(TrainingError) {
    let thresholds = validation.map {
      BestThresholds(
        $0.metrics, classNames: emaModel.classNames, split: .val,
        imageSize: plan.options.imageSize)
    }
    let checkpoint = emaModel.checkpoint(
      epoch: epoch, options: plan.options, dataset: request.dataset.name, thresholds: thresholds)
    let content = checkpoint.safetensors()
    let period = plan.options.savePeriod
    try write { () throws(FileError) in
      try AtomicFile.write(content, to: folder.last)
      if isBest { try AtomicFile.write(content, to: folder.best) }
      if period > 0 && epoch % period == 0 {
        try AtomicFile.write(content, to: folder.epoch(epoch))
      }
      try AtomicFile.write(table, to: folder.results)
    }
  }

  /// The epoch whose weights the best checkpoint holds; without validation it is the last one.
  private var bestEpoch: Int {
    progress.stopping.savedEpoch > 0
      ? progress.stopping.savedEpoch : progress.results.last?.epoch ?? 0
  }

  /// Whether gradients of the finished epochs wait for a step.
  var hasPendingGradients: Bool {
    let last = progress.epochs * plan.schedule.batchesPerEpoch - 1
    return progress.accumulation.isPending(after: last)
  }

  func saveState() throws(TrainingError) {
    let still =
      model.parameters.filter(\.isFrozen).map { (name: $0.name, values: $0.value) }
      + model.frozenStatistics
    try write { () throws(FileError) in
      if frozenArrays == nil && !still.isEmpty {
        frozenArrays = try RunState.writeFrozen(still, to: folder.frozenArrays)
      }
      let start = ContinuousClock.now
      try RunState.write(
        progress, parameters: model.parameters, optimizer: optimizer, ema: ema,
        pending: hasPendingGradients, frozen: frozenArrays, to: folder.state)
      statePace.wrote(from: start)
    }
  }

  // MARK: The end

  /// The scores of the last checkpoint, where all epochs were trained before this start of the run.
  func validateLast() throws(TrainingError) -> ValidationResult? {
    guard plan.options.validates else { return nil }
    try loadCheckpoint(folder.last)
    return try score(validationSamples, withLoss: true)
  }

  func outcome(
    _ stop: StopReason, _ validation: ValidationResult?, _ meter: CostMeter
  ) throws(TrainingError) -> TrainingOutcome {
    let lastEpoch = progress.results.last?.epoch ?? 0
    // Not always that of the state: a run that was killed may have left later weights.
    let bestEpoch = try loadCheckpoint(folder.best) ?? bestEpoch
    let best =
      plan.options.validates
      ? try score(
        validationSamples, withLoss: false,
        bootstrap: validationSamples.count < BootstrapInterval.usefulBelow)
      : nil
    // A run that somebody ended is not kept from ending; a large set is judged by a part.
    let training =
      stop == .cancelled
      ? nil : try score(samples.spread(over: 500), withLoss: false).metrics.mAP50to95
    let frozen =
      frozenBefore.digests.isEmpty
      ? nil
      : FreezingProof(
        before: frozenBefore,
        after: FrozenDigests(of: model.parameters, statistics: model.frozenStatistics))
    let alarms = best.map { $0.falseAlarms() }
    return TrainingOutcome(
      folder: folder, plan: plan, results: progress.results,
      best: TrainedWeights(file: folder.best, epoch: bestEpoch, validation: best),
      last: TrainedWeights(file: folder.last, epoch: lastEpoch, validation: validation),
      stop: stop, parameters: model.parameters.reduce(0) { $0 + $1.count },
      trainedParameters: model.parameters.filter { !$0.isFrozen }.reduce(0) { $0 + $1.count },
      freezingProof: frozen,
      overfitting: Overfitting(
        results: progress.results, trainingScore: training,
        falseAlarms: alarms.flatMap { $0.photographs > 0 ? $0 : nil }),
      cost: meter.cost(), transfer: transfer)
  }

  /// Puts the weights of a file on ``emaModel``; returns the epoch that it says it is of.
  @discardableResult private func loadCheckpoint(_ file: String) throws(TrainingError) -> Int? {
    do {
      let checkpoint = try Checkpoint.read(file)
      try emaModel.load(checkpoint.state)
      return checkpoint.metadata["epoch"]?.integer
    } catch {
      throw TrainingError(.weights("\(error)"))
    }
  }

  func write(_ work: () throws(FileError) -> Void) throws(TrainingError) {
    do throws(FileError) { try work() } catch { throw TrainingError(.file(error.description)) }
  }
}

extension Array {
  /// At most so many elements, evenly spread.
  func spread(over limit: Int) -> [Element] {
    count <= limit ? self : (0..<limit).map { self[$0 * count / limit] }
  }
}
