internal import Checkpoints
internal import Datasets
internal import Evaluation
internal import Files
internal import Layers
internal import YOLO

extension Trainer {
  // MARK: Between epochs

  /// Validates the averaged weights as their file will hold them.
  func validate(_ pace: inout Pace) throws(TrainingError) -> ValidationResult? {
    try dress()
    guard plan.options.flag("val") else { return nil }
    let start = ContinuousClock.now
    let result = try score(validationSamples, withLoss: true)
    pace.validation(seconds: start.duration(to: .now).inSeconds)
    return result
  }

  private func score(
    _ samples: [Sample], withLoss: Bool, bootstrap: Bool = false
  ) throws(TrainingError) -> ValidationResult {
    let detector = Detector(wearer, in: arena, on: compute)
    var options = plan.options.validation
    options.loaders = request.loaders
    options.bootstrapSeed = bootstrap ? plan.options.seed : nil
    return try Validator(detector, options: options, on: compute).run(
      on: samples, loss: withLoss ? lossFunction : nil, cancellation: cancellation)
  }

  /// Puts the averaged weights, rounded to half precision, on ``wearer``.
  private func dress() throws(TrainingError) {
    do throws(ModelError) { try wearer.load(average.state(like: wearer)) } catch {
      throw TrainingError(.weights(error.description))
    }
  }

  func finishEpoch(
    _ validation: ValidationResult?, _ pace: Pace, _ meter: CostMeter, wasCut: Bool
  ) throws(TrainingError) -> EarlyStopping.Verdict {
    let result = EpochResult(
      epoch: progress.epochs + 1, seconds: earlierSeconds + meter.cost().wallSeconds,
      train: epochLosses, scores: validation.map { EpochScores($0.metrics) },
      validation: validation?.losses, rates: lastRates)
    progress.results.append(result)
    let fitness = validation.map {
      plan.fitness(map50: $0.metrics.mAP50, map50_95: $0.metrics.mAP50to95)
    }
    let verdict = progress.stopping.record(epoch: result.epoch, fitness: fitness)
    if !wasCut { progress.epochs += 1 }
    try save(isBest: verdict.isBest || validation == nil, epoch: result.epoch)
    // A cut epoch is trained again when the run goes on; its state is that of the epoch before.
    if wasCut { progress.results.removeLast() } else { try saveState() }
    report(
      .epoch(
        result,
        EpochPace(
          imagesPerSecond: pace.imagesPerSecond, secondsLeft: pace.secondsLeft,
          peakBytes: CostMeter.peakBytes())))
    if let fitness, verdict.isBest { report(.best(epoch: result.epoch, fitness: fitness)) }
    if wasCut { progress.results.append(result) }
    return verdict
  }

  private func save(isBest: Bool, epoch: Int) throws(TrainingError) {
    let checkpoint = wearer.checkpoint(
      epoch: epoch, options: plan.options, dataset: request.dataset.name)
    let content = checkpoint.safetensors()
    let period = plan.options.integer("save_period")
    try write { () throws(FileError) in
      try AtomicFile.write(content, to: folder.last)
      if isBest { try AtomicFile.write(content, to: folder.best) }
      if period > 0 && epoch % period == 0 {
        try AtomicFile.write(content, to: folder.epoch(epoch))
      }
      try folder.writeResults(progress.results)
    }
  }

  /// The epoch whose weights the best checkpoint holds; without validation it is the last one.
  private var bestEpoch: Int {
    plan.options.flag("val") ? progress.stopping.savedEpoch : progress.results.last?.epoch ?? 0
  }

  private func saveState() throws(TrainingError) {
    let last = progress.epochs * plan.schedule.batchesPerEpoch - 1
    let state = RunState(
      progress: progress, parameters: model.parameters, optimizer: optimizer, average: average,
      pending: progress.accumulation.isPending(after: last))
    try write { () throws(FileError) in try state.write(to: folder.state) }
  }

  func resume() throws(TrainingError) {
    do throws(RunStateError) {
      let state = try RunState.read(folder.state)
      guard state.progress.identity == progress.identity else {
        throw RunStateError(file: folder.state, problem: .otherRun)
      }
      try state.restore(
        parameters: model.parameters, optimizer: optimizer, average: average, file: folder.state)
      progress = state.progress
      earlierSeconds = progress.results.last?.seconds ?? 0
    } catch { throw TrainingError(.file(error.description)) }
  }

  // MARK: The end

  func outcome(
    _ stop: StopReason, _ validation: ValidationResult?, _ meter: CostMeter
  ) throws(TrainingError) -> TrainingOutcome {
    let lastEpoch = progress.results.last?.epoch ?? 0
    try wear(folder.best)
    let best = plan.options.flag("val")
      ? try score(validationSamples, withLoss: false, bootstrap: validationSamples.count < 100) : nil
    let training = try score(samples, withLoss: false)
    let frozen = frozenBefore.digests.isEmpty
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
        results: progress.results, trainingScore: training.metrics.mAP50to95,
        falseAlarms: alarms.flatMap { $0.photographs > 0 ? $0 : nil }),
      cost: meter.cost(), transfer: transfer)
  }

  /// Puts the weights of a file on ``wearer``.
  private func wear(_ file: String) throws(TrainingError) {
    do { try wearer.load(Checkpoint.read(file).state) } catch {
      throw TrainingError(.weights("\(error)"))
    }
  }

  func write(_ work: () throws(FileError) -> Void) throws(TrainingError) {
    do throws(FileError) { try work() } catch { throw TrainingError(.file(error.description)) }
  }
}
