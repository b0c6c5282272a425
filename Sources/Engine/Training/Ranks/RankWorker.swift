internal import Datasets
internal import Foundation
internal import Layers
package import Tensors
internal import YOLO

/// A rank other than 0: it shares the steps of the runs that rank 0 begins, and writes nothing.
///
/// Rank 0 alone validates, keeps the run folder and decides when an epoch or a run ends.
package struct RankWorker {
  private let exchange: any BatchExchange
  private let compute: Compute
  private let loaders: Int

  /// A worker.
  ///
  /// - Parameters:
  ///   - exchange: The other ranks.
  ///   - compute: Threads and backend, which must be that of rank 0.
  ///   - loaders: Threads that load images.
  package init(_ exchange: any BatchExchange, on compute: Compute, loaders: Int = 1) {
    (self.exchange, self.compute, self.loaders) = (exchange, compute, loaders)
  }

  /// Takes part in one run after the other until rank 0 has no more.
  ///
  /// - Throws: ``TrainingError`` where this rank cannot go on, or another has ended.
  package func serve() throws(TrainingError) {
    while true {
      guard let bytes = exchange.broadcast([]) else {
        throw TrainingError(.ranks(exchange.failure ?? "rank 0 is gone"))
      }
      switch RankTask(bytes) {
      case .end: return
      case .run(let run, let state):
        do throws(TrainingError) { try share(run, state) } catch {
          exchange.end(because: error.description)
          throw error
        }
      case nil:
        throw TrainingError(.ranks("rank 0 is another version of the program"))
      }
    }
  }

  /// Tells the other ranks, on rank 0, that there are no more runs.
  package static func dismiss(_ exchange: any BatchExchange) {
    _ = exchange.broadcast(RankTask.end.bytes)
  }

  private func share(_ run: SharedRun, _ state: Data) throws(TrainingError) {
    guard run.backend == compute.backend.name else {
      throw TrainingError(
        .ranks("rank 0 computes with '\(run.backend)', this one with '\(compute.backend.name)'"))
    }
    let model = Model(run.architecture, classNames: run.classNames)
    let samples = run.images.map(\.sample)
    let plan = TrainingPlan(options: run.options, facts: run.facts)
    for normalization in model.normalizations {
      normalization.momentum = plan.options.statisticsMomentum
    }
    model.freeze(plan.options.freezing, freezesStatistics: plan.options.freezesStatistics)
    let optimizer = Optimizer(
      plan.method, of: model.parameters, momentum: plan.options.momentum,
      weightDecay: plan.weightDecay, share: plan.rateShare(of: model), threads: compute.pool)
    let ema = WeightEMA(
      of: model.emaSources, limit: plan.options.averageDecay, rise: plan.options.averageRise,
      threads: compute.pool)
    var progress: RunState.Progress
    do throws(RunStateError) {
      let state = try RunState.decode(state, file: "the state that rank 0 sent")
      try state.restore(
        parameters: model.parameters, optimizer: optimizer, ema: ema,
        file: "the state that rank 0 sent")
      progress = state.progress
    } catch { throw TrainingError(.file(error.description)) }
    let trainer = BatchTrainer(
      TrainingStep(model, optimizer: optimizer, ema: ema, loss: plan.loss, on: compute),
      plan: plan, samples: samples, memoryMode: run.memoryMode, loaders: loaders,
      exchange: exchange, in: Arena(), cancellation: Cancellation())
    let loader = trainer.batches(from: progress.epochs)
    defer { loader.cancel() }
    while progress.epochs < plan.options.epochs {
      try epoch(trainer, loader, plan, &progress)
      progress.epochs += 1
      if try trainer.agree(stops: false) { return }
    }
  }

  private func epoch(
    _ trainer: BatchTrainer, _ loader: BatchLoader, _ plan: TrainingPlan,
    _ progress: inout RunState.Progress
  ) throws(TrainingError) {
    let batches = plan.schedule.batchesPerEpoch
    for number in 0..<batches {
      let batch: TrainingBatch
      do throws(DatasetError) {
        guard let next = try loader.next() else { return }
        batch = next
      } catch { throw TrainingError(.data(error.description)) }
      let iteration = progress.epochs * batches + number
      let step = plan.schedule.step(iteration)
      _ = try trainer.train(
        batch, step: step, epoch: progress.epochs + 1,
        isDue: progress.accumulation.steps(after: iteration, accumulate: step.accumulate))
      if number < batches - 1, try trainer.agree(cuts: false) { return }
    }
  }
}
