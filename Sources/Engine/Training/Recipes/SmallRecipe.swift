internal import YOLO

/// The options of `recipe="small"`: what serves a few dozen to a few thousand images.
///
/// The field's defaults gather gradients over 64 images, which is one step an epoch where there are two
/// dozen. This recipe asks for enough steps instead, with as many images each as that leaves, and fits
/// everything that is counted in steps to their number. Rules, reasons and figures stand in
/// `docs/recipe.md`. Every choice depends on the facts and on options that were given, on no clock and
/// no machine.
struct SmallRecipe {
  /// What it chooses by.
  let facts: TrainingFacts

  /// Chooses every option that was not given.
  func fill(_ options: inout TrainingOptions) {
    chooseEpochs(&options)
    chooseSteps(&options)
    let steps = Steps(options, images: facts.images)
    chooseRates(&options, steps)
    chooseAverages(&options, steps)
    chooseImages(&options)
    chooseFreezing(&options)
  }

  // MARK: Steps

  /// Steps of the optimizer.
  private struct Steps {
    /// In an epoch and in the whole run, at least 1.
    let epoch, run: Int

    init(_ options: TrainingOptions, images: Int) {
      let batches = (images + options.batch - 1) / options.batch
      let gathered = max(1, options.nominalBatch / options.batch)
      (epoch, run) = (max(1, batches / gathered), max(1, batches * options.epochs / gathered))
    }
  }

  /// Images that a run with `epochs="auto"` sees: some to learn the classes, and some of each image.
  private func chooseEpochs(_ options: inout TrainingOptions) {
    guard options.epochCount == .auto else { return }
    let (base, each) = facts.isPretrained ? (150, 10) : (3000, 20)
    let epochs = (base + facts.images - 1) / facts.images + each
    options.derive(
      \.epochCount, .count(epochs), "\(facts.imageWords): \(base) images and each \(each) times")
    options.choose(\.patience, max(3, epochs / 3), "a third of the epochs")
  }

  /// Images of a step: one is too few for the statistics of batch normalization, and more than 16
  /// bring no better gradient than they cost.
  private func chooseSteps(_ options: inout TrainingOptions) {
    let wanted = facts.isPretrained ? 600 : 1500
    let seen = facts.images * options.epochs
    var batch = 16
    while batch > 2 && seen / batch < wanted { batch /= 2 }
    options.choose(
      \.batch, min(batch, facts.images),
      "\(facts.imageWords), \(options.epochs) epochs: \(wanted) steps or more, of 2 to 16 images")
    options.choose(\.nominalBatch, options.batch, "one step per batch")
  }

  // MARK: Rates

  private func chooseRates(_ options: inout TrainingOptions, _ steps: Steps) {
    let gathered = max(options.batch, options.nominalBatch)
    options.choose(\.optimizer, .adamW, "AdamW needs the fewest steps")
    if options.optimizer == .adamW || options.optimizer == .adam {
      // Larger networks stand smaller steps. What a step sees makes its gradient surer by the root.
      let size = (Double(facts.parameters) / 3_000_000).squareRoot()
      let rate = 0.0008 / size * (Double(gathered) / 2).squareRoot()
      let rounded = (min(rate, 0.002) * 1e6).rounded(.toNearestOrEven) / 1e6
      options.choose(
        \.lr0, rounded,
        "0.0008 for 3 million weights and steps of 2 images, by the roots of \(facts.parameterWords) and \(gathered)"
      )
      options.choose(\.momentum, 0.9, "the usual beta1 of AdamW")
      options.choose(\.warmupBiasRate, 0, "biases warm up like weights")
      if facts.isPretrained && facts.hasNewClasses {
        options.choose(\.classFactor, 6, "classes are new to a model that knows objects")
      }
    }
    options.choose(\.fallsByBatch, true, "few epochs: the rate falls smoothly")
    let warmup = min(1, Double(max(6, steps.run / 20)) / Double(steps.epoch))
    options.choose(
      \.warmupEpochs, (warmup * 1000).rounded(.toNearestOrEven) / 1000,
      "6 steps, or a twentieth of \(steps.run)")
    options.choose(\.warmupFloor, 0, "the warm-up is counted in steps of this run")
  }

  private func chooseAverages(_ options: inout TrainingOptions, _ steps: Steps) {
    // The average looks back over a tenth of the run, and no further than the reference's does.
    let window = min(2000, max(5, steps.run / 20))
    let decay = ((1 - 1 / Double(2 * window)) * 10_000).rounded(.toNearestOrEven) / 10_000
    options.choose(\.averageDecay, decay, "averages over a tenth of \(steps.run) steps")
    options.choose(\.averageRise, Double(window), "a twentieth of \(steps.run) steps")
    let momentum = steps.run < 100 ? 0.1 : steps.run < 1000 ? 0.05 : 0.03
    options.choose(
      \.statisticsMomentum, momentum, "\(steps.run) steps for the statistics to follow")
  }

  // MARK: Images and modules

  private func chooseImages(_ options: inout TrainingOptions) {
    options.choose(
      \.closeMosaic, max(1, options.epochs / 3), "the last third of \(options.epochs) epochs")
  }

  /// A large pretrained model keeps its backbone in a short run: that is half of the time, and what a
  /// few hundred images would teach it is not yet worth it.
  private func chooseFreezing(_ options: inout TrainingOptions) {
    let seen = facts.images * options.epochs
    guard facts.isPretrained, facts.parameters > 5_000_000, seen < 1000, facts.modules > 10 else {
      return
    }
    options.choose(
      \.freezing, .first(10),
      "the backbone of a large pretrained model, which \(seen) images can hardly improve")
  }
}

extension TrainingFacts {
  /// "23 images".
  fileprivate var imageWords: String { images == 1 ? "1 image" : "\(images) images" }

  /// "11.1 million weights".
  fileprivate var parameterWords: String {
    let tenths = (parameters + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) million"
  }
}
