internal import Datasets
internal import Files
internal import Foundation
internal import Layers
public import Tensors
internal import YOLO

/// Trains a model, epoch by epoch, into a run folder.
///
/// After every epoch the EMA of the weights are rounded to half precision, as the file will hold them, and
/// validated; so the figures of a checkpoint are those of its file. What the run needs to go on is
/// written before the next epoch begins, unless it was written just before (``StatePace``): a run that was
/// killed loses at most the epoch it was in and a minute, and ends with the same weights, bit for bit, as one
/// that never was.
public final class Trainer {
  let request: TrainingRequest
  let compute: Compute
  let cancellation: Cancellation
  let report: (TrainingEvent) -> Void

  /// What the plan was made from.
  let chosen: TrainingOptions, facts: TrainingFacts
  /// Options, schedule and optimizer in force.
  public let plan: TrainingPlan
  /// Where the run is written.
  public let folder: RunFolder
  let model: Model
  let transfer: TransferReport?
  let samples: [Sample]
  let validationSamples: [Sample]
  let optimizer: Optimizer
  let ema: WeightEMA
  let arena = Arena()
  /// Carries the EMA of the weights, rounded to half precision, when they are validated and written.
  let emaModel: Model
  private(set) var frozenBefore: FrozenDigests
  private let batchTrainer: BatchTrainer

  var progress: RunState.Progress
  /// The content of `results.csv` up to the last whole epoch; grows by a line an epoch.
  var table = Data(ResultsTable.header.utf8)
  /// When the state is written again.
  var statePace: StatePace
  /// What lies frozen, once it is written.
  var frozenArrays: RunState.FrozenArrays?
  /// Wall time of earlier starts of the same run.
  var earlierSeconds = 0.0
  var epochLosses = Losses(box: 0, cls: 0, dfl: 0)
  var lastRates: [Double] = []

  /// Prepares a run, or goes on with one whose folder the request names.
  ///
  /// - Parameters:
  ///   - request: What is to be trained.
  ///   - compute: Threads and backend.
  ///   - cancellation: Ends the run on request.
  ///   - report: Told what happens.
  /// - Throws: ``TrainingError`` where the request cannot work.
  public init(
    _ request: TrainingRequest, on compute: Compute, cancellation: Cancellation = Cancellation(),
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws(TrainingError) {
    let options = request.options, dataset = request.dataset
    (self.request, self.compute) = (request, compute)
    (self.cancellation, self.report) = (cancellation, report)
    statePace = request.statePace
    let data = try TrainingData(dataset, options), names = data.classNames
    (samples, validationSamples) = (data.samples, data.validationSamples)
    var roomy = options
    roomy.makeRoom(for: samples.mostObjects)
    roomy.makeRoom(for: validationSamples.mostObjects)
    facts = TrainingFacts(
      images: samples.count,
      classes: names.count, parameters: request.model.parameters.reduce(0) { $0 + $1.count },
      modules: request.model.architecture.rows.count,
      isPretrained: options.pretrained && request.model.hasLearned,
      hasNewClasses: !request.model.knows(classes: names))
    chosen = roomy
    plan = TrainingPlan(options: chosen, facts: facts)
    let preparation = try ModelPreparation(request, plan.options, classNames: names)
    (model, transfer) = (preparation.model, preparation.transfer)
    emaModel = model.copy()
    optimizer = Optimizer(
      plan.method, of: model.parameters, momentum: plan.options.momentum,
      weightDecay: plan.weightDecay, share: plan.rateShare(of: model), threads: compute.pool)
    ema = WeightEMA(
      of: model.emaSources, limit: plan.options.averageDecay, rise: plan.options.averageRise,
      threads: compute.pool)
    batchTrainer = BatchTrainer(
      TrainingStep(model, optimizer: optimizer, ema: ema, loss: plan.loss, on: compute),
      plan: plan, samples: samples, memoryMode: request.memoryMode,
      loaders: request.loaders ?? compute.pool.loaders,
      exchange: request.exchange, in: arena, cancellation: cancellation)
    frozenBefore = FrozenDigests(of: model.parameters, statistics: model.frozenStatistics)
    progress = RunState.Progress(
      epochs: 0, optimizerSteps: 0, averageUpdates: 0, method: plan.method,
      accumulation: Accumulation(),
      stopping: EarlyStopping(
        patience: plan.options.patience, tieRenewsPatience: options.rules.tieRenewsPatience),
      results: [], identity: Self.identity(plan, model, dataset),
      start: model.weightsDigest.description)
    let (folder, isOld) = try Self.folder(request)
    self.folder = folder
    if isOld { try resume() }
  }

  /// Goes on where the saved state of the run stands.
  private func resume() throws(TrainingError) {
    do throws(RunStateError) {
      let state = try RunState.read(folder.state), saved = state.progress
      guard saved.identity == progress.identity,
        request.startsFromState || saved.start == progress.start
      else {
        throw RunStateError(file: folder.state, problem: .otherRun)
      }
      try state.restore(
        parameters: model.parameters, optimizer: optimizer, ema: ema, file: folder.state)
      if request.startsFromState {
        // The file's digest vouches for it: frozen arrays lie there as they were at the start.
        frozenBefore = FrozenDigests(of: model.parameters, statistics: model.frozenStatistics)
      }
      frozenArrays = state.frozen
      progress = saved
      table = Data(ResultsTable.text(progress.results).utf8)
      earlierSeconds = progress.results.last?.seconds ?? 0
    } catch { throw TrainingError(.file(error.description)) }
    try write { () throws(FileError) in try folder.removeTemporaries() }
  }

  // MARK: Running

  /// Trains to the end, or until somebody or the patience ends it.
  ///
  /// - Throws: ``TrainingError``; what was written before stays.
  public func run() throws(TrainingError) -> TrainingOutcome {
    do throws(TrainingError) { return try runToEnd() } catch {
      request.exchange?.end(because: error.description)
      throw error
    }
  }

  private func runToEnd() throws(TrainingError) -> TrainingOutcome {
    let meter = CostMeter(), options = plan.options
    if !request.startsFromState {
      try write { () throws(FileError) in
        try folder.writeArguments(
          options, model: request.modelName, data: request.dataset.file)
      }
    }
    if progress.epochs == 0 { try saveState() }
    announce()
    var stop = progress.stopping.isOver(after: progress.epochs) ? patienceStop : nil
    var validation: ValidationResult?
    if stop == nil && progress.epochs < options.epochs {
      try shareRun()
      let loader = batchTrainer.batches(from: progress.epochs)
      defer { loader.cancel() }
      var throughput = Throughput(
        batches: plan.schedule.batchesPerEpoch, epochs: options.epochs - progress.epochs)
      while stop == nil && progress.epochs < options.epochs {
        let wasCut = try epoch(loader, &throughput)
        validation = try validate(&throughput)
        stop = try finishEpoch(validation, throughput, meter, wasCut: wasCut)
        try batchTrainer.agree(stops: stop != nil || progress.epochs >= options.epochs)
      }
    }
    report(.stopped(stop ?? .finished, epochs: progress.epochs))
    if validation == nil { validation = try validateLast() }
    let outcome = try outcome(stop ?? .finished, validation, meter)
    // Until its scores are there, a run that is killed can go on to them.
    if stop != .cancelled { try write { () throws(FileError) in try folder.removeState() } }
    return outcome
  }

  var patienceStop: StopReason {
    .patience(bestEpoch: progress.stopping.bestEpoch, patience: plan.options.patience)
  }

  private func announce() {
    report(
      .started(
        TrainingStart(
          plan: plan, trainingImages: samples.count, validationImages: validationSamples.count,
          learning: model.parameters.filter { !$0.isFrozen }.reduce(0) { $0 + $1.count },
          frozen: model.parameters.filter(\.isFrozen).reduce(0) { $0 + $1.count },
          firstEpoch: progress.epochs + 1, folder: folder.path)))
    for note in plan.options.notes { report(.warning(note)) }
  }

  /// Trains one epoch; says whether it was cut short.
  private func epoch(_ loader: BatchLoader, _ throughput: inout Throughput) throws(TrainingError)
    -> Bool
  {
    var sums = MeanLosses()
    defer { epochLosses = sums.mean }
    let batches = plan.schedule.batchesPerEpoch
    throughput.begin()
    for number in 0..<batches {
      let batch: TrainingBatch
      do throws(DatasetError) {
        guard let next = try loader.next() else { break }
        batch = next
      } catch { throw TrainingError(.data(error.description)) }
      let (loss, step) = try train(batch, number: number)
      sums.add((loss.box, loss.cls, loss.dfl))
      throughput.batch(images: batch.size)
      lastRates = [step.weightRate, step.scaleRate, step.biasRate]
      report(
        .batch(
          BatchProgress(
            epoch: progress.epochs + 1, epochs: plan.options.epochs, batch: number + 1,
            batches: batches, losses: sums.mean, rate: step.weightRate,
            images: batch.size, objects: batch.boxes.reduce(0) { $0 + $1.count },
            imagesPerSecond: throughput.imagesPerSecond, secondsLeft: throughput.secondsLeft)))
      if cancellation.level == .atOnce { throw TrainingError(.cancelled) }
      let isAsked = cancellation.level == .afterBatch && number < batches - 1
      if number < batches - 1, try batchTrainer.agree(cuts: isAsked) { return true }
    }
    return false
  }

  /// Trains on one batch.
  private func train(
    _ batch: TrainingBatch, number: Int
  ) throws(TrainingError) -> (LossComponents, Schedule.Step) {
    let iteration = progress.epochs * plan.schedule.batchesPerEpoch + number
    let step = plan.schedule.step(iteration)
    let loss = try batchTrainer.train(
      batch, step: step, epoch: progress.epochs + 1,
      isDue: progress.accumulation.steps(after: iteration, accumulate: step.accumulate))
    return (loss, step)
  }
}
