/// Everything about a run that is known before its first batch: options resolved for the dataset.
public struct TrainingPlan: Equatable, Sendable {
  /// The options with derived values filled in; print these.
  public let options: TrainingOptions
  /// How weights are updated.
  public let method: Optimizer.Method
  /// Rates, momentum and accumulation of every iteration.
  public let schedule: Schedule
  /// Weight decay scaled to the images between two steps.
  public let weightDecay: Double
  /// How an epoch is judged.
  public var fitness: Fitness { options.rules.fitness }
  /// The first epoch without mosaic, counted from 0, or nil where mosaic stays open.
  public let mosaicClosesAt: Int?

  /// Resolves options for a dataset.
  ///
  /// `optimizer=auto` becomes AdamW with lr0 = 0.002 * 5 / (4 + classes), rounded to six digits, where
  /// ceil(images / max(batch, nbs)) * epochs is at most 10,000, and SGD with lr0 = 0.01 above; momentum
  /// becomes 0.9 and warmup_bias_lr 0.
  ///
  /// `recipe="small"` chooses before; see ``SmallRecipe``.
  ///
  /// - Parameters:
  ///   - options: What the user chose.
  ///   - facts: The dataset and the model.
  public init(options: TrainingOptions, facts: TrainingFacts) {
    var options = options
    if options.recipe == .small { SmallRecipe(facts: facts).fill(&options) }
    precondition(options.epochs > 0, "epochs are left to a recipe that does not choose them")
    let images = facts.images, classes = facts.classes
    let batch = options.batch, nominal = options.nominalBatch
    let iterations = (images + max(batch, nominal) - 1) / max(batch, nominal) * options.epochs
    method = Self.chooseMethod(&options, iterations: iterations, classes: classes)
    let accumulate = max(1, Int((Double(nominal) / Double(batch)).rounded(.toNearestOrEven)))
    weightDecay =
      options.weightDecay * Double(batch * accumulate) / Double(nominal)
    schedule = Schedule(
      epochs: options.epochs, batchesPerEpoch: (images + batch - 1) / batch,
      settings: Self.scheduleSettings(of: options))
    mosaicClosesAt = Self.mosaicClosing(
      epochs: options.epochs, closing: options.closeMosaic, rules: options.rules)
    self.options = options
  }

  /// The first epoch without mosaic, counted from 0, or nil where mosaic stays open.
  ///
  /// - Parameters:
  ///   - epochs: Epochs of the run.
  ///   - closing: How many of the last ones do without; 0 for none.
  ///   - rules: Whether runs shorter than that never open it.
  /// - Returns: 0 where the whole run does without.
  public static func mosaicClosing(epochs: Int, closing: Int, rules: Compatibility) -> Int? {
    guard closing > 0, rules.closesMosaicInShortRuns || closing <= epochs else { return nil }
    return max(epochs - closing, 0)
  }

  /// The side of the network's input in an epoch, counted from 0; a multiple of 32.
  ///
  /// It grows from `imgsz_start` along a line, and is `imgsz` from the middle of the run on.
  public func imageSize(epoch: Int) -> Int {
    let full = options.imageSize, start = options.startSize
    guard start > 0, start < full else { return full }
    let progress = min(1, Double(2 * epoch) / Double(options.epochs))
    let side = Double(start) + progress * Double(full - start)
    return min(full, max(32, Int((side / 32).rounded(.toNearestOrEven)) * 32))
  }

  private static func chooseMethod(
    _ options: inout TrainingOptions, iterations: Int, classes: Int
  ) -> Optimizer.Method {
    switch options.optimizer {
    case .sgd: return .sgd
    case .adam: return .adam
    case .adamW: return .adamW
    case .auto: break
    }
    let short = iterations <= 10_000
    let rule =
      "\(iterations) iterations are \(short ? "at most" : "more than") 10,000 (optimizer=auto)"
    let rate = ((0.002 * 5 / Double(4 + classes)) * 1e6).rounded(.toNearestOrEven) / 1e6
    options.derive(\.optimizer, short ? .adamW : .sgd, rule)
    options.derive(
      \.lr0, short ? rate : 0.01,
      short ? "0.002 * 5 / (4 + \(classes) classes)" : "optimizer=auto with SGD")
    options.derive(\.momentum, 0.9, "optimizer=auto")
    options.derive(\.warmupBiasRate, 0, "optimizer=auto")
    if short && options.setting(\.warmupMomentum).origin == .given {
      options.note("warmup_momentum changes nothing: AdamW's betas are not warmed up")
    }
    return short ? .adamW : .sgd
  }

  private static func scheduleSettings(of options: TrainingOptions) -> Schedule.Settings {
    var settings = Schedule.Settings()
    settings.lr0 = options.lr0
    settings.lrf = options.lrf
    settings.cosine = options.cosine
    settings.fallsByBatch = options.fallsByBatch
    settings.momentum = options.momentum
    settings.warmupEpochs = options.warmupEpochs
    settings.warmupMomentum = options.warmupMomentum
    settings.warmupBiasRate = options.warmupBiasRate
    settings.warmupFloor = options.warmupFloor
    settings.batch = options.batch
    settings.nominalBatch = options.nominalBatch
    settings.capsShortRuns = options.rules.capsShortRuns
    return settings
  }
}
