internal import Datasets
internal import Layers
internal import Tensors
internal import YOLO

/// Trains on one batch after the other: what rank 0 and all others do in the same way.
final class BatchTrainer {
  private let trainingStep: TrainingStep
  private let plan: TrainingPlan
  private let samples: [Sample]
  private let memoryMode: MemoryMode
  private let loaders: Int
  private let exchange: (any BatchExchange)?
  private let arena: Arena
  private let cancellation: Cancellation
  private var networks: [NetworkKey: TrainingNetwork] = [:]

  /// What a plan of the network is made for: so many images in the whole batch, of one side in pixels.
  private struct NetworkKey: Hashable {
    let images, side: Int
  }

  init(
    _ step: TrainingStep, plan: TrainingPlan, samples: [Sample], memoryMode: MemoryMode,
    loaders: Int, exchange: (any BatchExchange)?, in arena: Arena, cancellation: Cancellation
  ) {
    (trainingStep, self.plan, self.samples) = (step, plan, samples)
    (self.memoryMode, self.loaders, self.exchange) = (memoryMode, loaders, exchange)
    (self.arena, self.cancellation) = (arena, cancellation)
  }

  /// The batches from an epoch on, or what this rank has of them.
  func batches(from epoch: Int) -> BatchLoader {
    let options = plan.options
    let pipeline = TrainingPipeline(
      samples: samples, imageSize: options.imageSize, options: options.augmentation,
      seed: options.seed, cache: options.cache == .ram ? .ram : .standard)
    let closing = plan.mosaicClosesAt ?? .max, exchange = exchange
    return BatchLoader(
      pipeline: pipeline, epochs: epoch..<options.epochs, batchSize: options.batch,
      threads: loaders, imageSize: { [plan] in plan.imageSize(epoch: $0) },
      part: { BatchShards(images: $0, in: exchange).heldImages }
    ) { $0 < closing }
  }

  /// Trains on one batch.
  ///
  /// - Parameters:
  ///   - batch: The images at hand.
  ///   - step: Rates of this iteration.
  ///   - epoch: The epoch, from 1, for the error.
  ///   - isDue: Whether the gradients gathered so far move the weights.
  /// - Returns: The loss of the whole batch.
  /// - Throws: ``TrainingError`` where the loss is no number, or the work was ended.
  func train(
    _ batch: TrainingBatch, step: Schedule.Step, epoch: Int, isDue: Bool
  ) throws(TrainingError) -> LossComponents {
    let network = try network(
      for: NetworkKey(images: batch.size, side: plan.imageSize(epoch: batch.epoch)))
    if !batch.images.isEmpty {
      network.input.fill(from: batch.images, on: trainingStep.compute.pool)
    }
    let outcome = trainingStep.run(in: network, targets: batch.boxes, step: step, isDue: isDue)
    try requireExchange()
    if network.isAbandoned() { throw TrainingError(.cancelled) }
    guard outcome.isFinite else {
      throw TrainingError(
        .notFinite(epoch: epoch, batch: batch.number + 1, rate: step.weightRate))
    }
    return outcome.loss
  }

  /// The plan for a batch: the full ones, or the last and smaller one of an epoch.
  private func network(for key: NetworkKey) throws(TrainingError) -> TrainingNetwork {
    if let known = networks[key] { return known }
    let packed = networks.values.first?.packedWeights
    // Sizes only grow: the plans of smaller ones are never needed again.
    networks = networks.filter { $0.key.side == key.side }
    do throws(NetworkError) {
      let network = try TrainingNetwork(
        trainingStep.model.graph, count: key.images, over: exchange, height: key.side,
        width: key.side, memoryMode: memoryMode, sharing: packed, in: arena,
        on: trainingStep.compute)
      network.isAbandoned = { [cancellation, exchange] in
        cancellation.level == .atOnce || exchange?.failure != nil
      }
      networks[key] = network
      return network
    } catch { throw TrainingError(.network(error.description)) }
  }

  // MARK: What ranks agree on

  /// Whether the epoch ends here, as rank 0 wants it.
  func agree(cuts: Bool) throws(TrainingError) -> Bool { try told(cuts) }

  /// Whether the run ends here, as rank 0 wants it.
  @discardableResult
  func agree(stops: Bool) throws(TrainingError) -> Bool { try told(stops) }

  private func told(_ flag: Bool) throws(TrainingError) -> Bool {
    guard let exchange else { return flag }
    let all = exchange.gather(
      exchange.rank == 0 ? [flag ? 1 : 0] : [], counts: (0..<exchange.ranks).map { $0 == 0 ? 1 : 0 }
    )
    try requireExchange()
    return all?.first?.first == 1
  }

  private func requireExchange() throws(TrainingError) {
    if let failure = exchange?.failure { throw TrainingError(.ranks(failure)) }
  }
}
