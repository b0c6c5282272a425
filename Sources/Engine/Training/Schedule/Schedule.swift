internal import Mathematics

/// Learning rates, momentum and accumulation for every iteration of a run.
///
/// An iteration is one batch, counted from 0 over the whole run. Rates fall from `lr0` to `lr0 * lrf`
/// along a line or half a cosine, one step an epoch, or with every batch (`lr_by_batch`). During warm-up they rise from 0, those of biases
/// come down from `warmup_bias_lr`, momentum and the number of accumulated batches grow; both ends of
/// the warm-up belong to it.
public struct Schedule: Equatable, Sendable {
  /// What one iteration runs with.
  public struct Step: Equatable, Sendable {
    /// Learning rate of convolution weights.
    public let weightRate: Double
    /// Learning rate of the scales of batch normalizations.
    public let scaleRate: Double
    /// Learning rate of shifts and biases.
    public let biasRate: Double
    /// Momentum of SGD; Adam and AdamW keep their betas.
    public let momentum: Double
    /// Batches whose gradients are gathered before the optimizer steps.
    public let accumulate: Int

    /// One iteration's rates, momentum and accumulation.
    public init(
      weightRate: Double, scaleRate: Double, biasRate: Double, momentum: Double, accumulate: Int
    ) {
      (self.weightRate, self.scaleRate, self.biasRate) = (weightRate, scaleRate, biasRate)
      (self.momentum, self.accumulate) = (momentum, accumulate)
    }
  }

  /// Epochs of the run.
  public let epochs: Int
  /// Iterations of an epoch.
  public let batchesPerEpoch: Int
  /// The last iteration of the warm-up, or nil where there is none.
  public let warmup: Int?
  /// Images between two steps of the optimizer divided by the batch size, not rounded.
  private let targetAccumulate: Double
  private let settings: Settings

  /// The numbers of the options that shape a schedule.
  public struct Settings: Equatable, Sendable {
    /// Learning rate at the start, and its share that is left at the end.
    public var lr0 = 0.01, lrf = 0.01
    /// Half a cosine instead of a line; a fall with every batch instead of every epoch.
    public var cosine = false, fallsByBatch = false
    /// Momentum after the warm-up.
    public var momentum = 0.937
    /// Epochs of warm-up; where it starts for momentum and biases; its least length in iterations.
    public var warmupEpochs = 3.0, warmupMomentum = 0.8, warmupBiasRate = 0.1, warmupFloor = 0
    /// Images of a batch, and images after which the optimizer should step.
    public var batch = 16, nominalBatch = 64
    /// Warm-up ends before the last epoch, and accumulation stays within the run.
    public var capsShortRuns = true

    /// The defaults of the reference.
    public init() {}
  }

  /// The schedule of a run.
  public init(epochs: Int, batchesPerEpoch: Int, settings: Settings) {
    precondition(epochs > 0 && batchesPerEpoch > 0, "a run needs epochs and batches")
    (self.epochs, self.batchesPerEpoch, self.settings) = (epochs, batchesPerEpoch, settings)
    let caps = settings.capsShortRuns
    let length = caps ? min(settings.warmupEpochs, Double(epochs - 1)) : settings.warmupEpochs
    let iterations = max(
      Int((length * Double(batchesPerEpoch)).rounded(.toNearestOrEven)), settings.warmupFloor)
    warmup = settings.warmupEpochs > 0 && iterations > 0 ? iterations : nil
    let wanted = Double(settings.nominalBatch) / Double(settings.batch)
    targetAccumulate = caps ? min(wanted, Double(epochs * batchesPerEpoch)) : wanted
  }

  /// What an iteration of the run runs with, counted from 0.
  public func step(_ iteration: Int) -> Step {
    let progress =
      settings.fallsByBatch
      ? Double(iteration) / Double(epochs * batchesPerEpoch)
      : Double(iteration / batchesPerEpoch) / Double(epochs)
    let rate = settings.lr0 * decay(at: progress)
    guard let warmup, iteration <= warmup else {
      return Step(
        weightRate: rate, scaleRate: rate, biasRate: rate, momentum: settings.momentum,
        accumulate: accumulated(iteration, of: warmup))
    }
    func risen(from start: Double, to end: Double) -> Double {
      iteration == warmup
        ? end : start + (end - start) / Double(warmup) * Double(iteration)
    }
    let risenRate = risen(from: 0, to: rate)
    return Step(
      weightRate: risenRate, scaleRate: risenRate,
      biasRate: risen(from: settings.warmupBiasRate, to: rate),
      momentum: risen(from: settings.warmupMomentum, to: settings.momentum),
      accumulate: accumulated(iteration, of: warmup))
  }

  /// The share of `lr0` that an epoch starts with, counted from 0.
  public func decay(epoch: Int) -> Double { decay(at: Double(epoch) / Double(epochs)) }

  /// The share of `lr0` that is left when so much of the run is over, 0...1.
  private func decay(at progress: Double) -> Double {
    guard settings.cosine else {
      return max(1 - progress, 0) * (1 - settings.lrf) + settings.lrf
    }
    return max((1 - ElementaryFunctions.cos(progress * .pi)) / 2, 0) * (settings.lrf - 1) + 1
  }

  private func accumulated(_ iteration: Int, of warmup: Int?) -> Int {
    guard let warmup, iteration < warmup else {
      return max(1, Int(targetAccumulate.rounded(.toNearestOrEven)))
    }
    let share = 1 + (targetAccumulate - 1) / Double(warmup) * Double(iteration)
    return max(1, Int(share.rounded(.toNearestOrEven)))
  }
}

/// Says after which batches the optimizer steps.
public struct Accumulation: Equatable, Codable, Sendable {
  private var lastStep = -1

  /// Before the first batch.
  public init() {}

  /// Whether the optimizer steps after an iteration, which is then remembered.
  ///
  /// - Parameters:
  ///   - iteration: Counted from 0 over the whole run.
  ///   - accumulate: Batches to gather, from the schedule.
  /// - Returns: Whether as many batches have been gathered.
  public mutating func steps(after iteration: Int, accumulate: Int) -> Bool {
    guard iteration - lastStep >= accumulate else { return false }
    lastStep = iteration
    return true
  }

  /// Whether gradients wait after an iteration that did not step; a resumable state must keep them.
  public func isPending(after iteration: Int) -> Bool { lastStep < iteration }
}
