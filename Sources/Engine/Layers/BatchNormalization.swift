internal import CKernels
public import Tensors

/// Batch normalization over the channels of a feature map, followed by SiLU.
///
/// Ioffe & Szegedy, 2015, <https://arxiv.org/abs/1502.03167>. In training the batch is normalized by
/// its own mean and biased variance, while the running variance takes the unbiased one.
public final class BatchNormalization {
  /// Added to the variance; the reference's value for detectors, not the usual 1e-5.
  public static let epsilon = 1e-3
  /// The share of the batch's statistics in the new running ones where nobody chooses another.
  public static let standardMomentum = 0.03

  /// γ, one number a channel.
  public let scale: Parameter
  /// β, one number a channel.
  public let shift: Parameter
  /// The average of the batches' means.
  public let runningMean: FloatBuffer
  /// The average of the batches' unbiased variances.
  public let runningVariance: FloatBuffer
  /// How many batches the running statistics have seen.
  public var batchesTracked: Int64 = 0
  /// The share of the batch's statistics in the new running ones, 0...1.
  public var momentum = BatchNormalization.standardMomentum
  /// Whether training normalizes by the batch's own statistics and moves the running ones.
  public var usesBatchStatistics = true
  /// The checkpoint's name, for example "model.0.bn".
  public let name: String

  // What the last forward pass normalized by, for the backward pass.
  let affineScale, affineShift, mean: FloatBuffer
  private let a, b, k: FloatBuffer
  private var inverseDeviation: [Double]
  private var normalizedByBatch = false
  /// What was summed up of the batch at hand, until the statistics are finished.
  private var partial: PartialSums?

  /// A fresh normalization: γ = 1, β = 0, running mean 0 and variance 1.
  public init(_ name: String, channels: Int) {
    self.name = name
    scale = Parameter(name + ".weight", shape: [channels], role: .scale)
    shift = Parameter(name + ".bias", shape: [channels], role: .bias)
    runningMean = FloatBuffer(count: channels)
    runningVariance = FloatBuffer(count: channels)
    affineScale = FloatBuffer(count: channels)
    affineShift = FloatBuffer(count: channels)
    mean = FloatBuffer(count: channels)
    a = FloatBuffer(count: channels)
    b = FloatBuffer(count: channels)
    k = FloatBuffer(count: channels)
    inverseDeviation = [Double](repeating: 1, count: channels)
    for channel in 0..<channels {
      unsafe scale.value.base[channel] = 1
      unsafe runningVariance.base[channel] = 1
    }
  }

  /// The number of channels.
  public var channels: Int { scale.count }

  /// What normalization by the running statistics does to one channel: y = scale * x + shift.
  public func folded(_ channel: Int) -> (scale: Double, shift: Double) {
    let deviation = (Double(unsafe runningVariance.base[channel]) + Self.epsilon).squareRoot()
    let factor = Double(unsafe scale.value.base[channel]) / deviation
    let mean = Double(unsafe runningMean.base[channel])
    return (factor, Double(unsafe shift.value.base[channel]) - mean * factor)
  }

  /// Sums up some images of the batch `z`, one range after the other from the first image to the last.
  package func sumStatistics(
    of z: FeatureMap, images: Range<Int>, shards: BatchShards, on pool: ThreadPool
  ) {
    guard usesBatchStatistics else { return }
    let partial = opened(over: z, images, shards)
    Elementwise.overRuns(of: z, images: images, on: pool) { run, first, count in
      // SAFETY: each task owns a row of the partial sums.
      unsafe yolos_moments(
        z.base + first * z.pixel, z.pixel, Int32(z.channels), count,
        partial.row(run, column: 0), partial.row(run, column: 1))
    }
  }

  /// Chooses the mean and variance to normalize by, and moves the running statistics where the batch's
  /// own are used.
  ///
  /// Nothing changes where the exchange with other ranks has failed.
  package func finishStatistics(over exchange: (any BatchExchange)? = nil) {
    normalizedByBatch = usesBatchStatistics
    if usesBatchStatistics {
      guard let moments = closed().moments(over: exchange) else { return }
      updateRunningStatistics(moments)
    }
    for channel in 0..<channels {
      if !usesBatchStatistics {
        unsafe mean.base[channel] = unsafe runningMean.base[channel]
        let variance = Double(unsafe runningVariance.base[channel])
        inverseDeviation[channel] = 1 / (variance + Self.epsilon).squareRoot()
      }
      let factor = Double(unsafe scale.value.base[channel]) * inverseDeviation[channel]
      unsafe affineScale.base[channel] = Float(factor)
      unsafe affineShift.base[channel] = Float(
        Double(unsafe shift.value.base[channel]) - Double(unsafe mean.base[channel]) * factor)
    }
  }

  /// y = SiLU(normalized z) + residual, by the statistics that were prepared last.
  ///
  /// `y` may be `z`.
  package func apply(
    to z: FeatureMap, residual: FeatureMap?, y: FeatureMap, on pool: ThreadPool
  ) {
    Elementwise.overPixels(of: z, on: pool) { [affineScale, affineShift] _, first, count in
      // SAFETY: the tasks own disjoint runs of y.
      unsafe yolos_normalize(
        z.base + first * z.pixel, z.pixel, affineScale.base, affineShift.base, 1,
        residual.map { unsafe UnsafePointer($0.base + first * $0.pixel) }, residual?.pixel ?? 0,
        y.base + first * y.pixel, y.pixel, Int32(z.channels), count)
    }
  }

  /// Sums up ∂L/∂u and its product with z - μ, where u = γ (z - μ)/σ + β, over some images of the
  /// batch, one range after the other from the first image to the last; writes ∂L/∂u over `dy`.
  package func sumGradient(
    z: FeatureMap, dy: FeatureMap, images: Range<Int>, shards: BatchShards, on pool: ThreadPool
  ) {
    guard needsSums else { return }
    let partial = opened(over: z, images, shards)
    Elementwise.overRuns(of: z, images: images, on: pool) {
      [affineScale, affineShift, mean] run, first, count in
      // SAFETY: each task owns a row of the partial sums.
      unsafe yolos_normalize_sums(
        z.base + first * z.pixel, z.pixel, dy.base + first * dy.pixel, dy.pixel, affineScale.base,
        affineShift.base, mean.base, 1, Int32(z.channels), count, partial.row(run, column: 0),
        partial.row(run, column: 1))
    }
  }

  /// Adds ∂L/∂γ and ∂L/∂β where they are trained, and gets ready to compute ∂L/∂z.
  package func finishGradient(over exchange: (any BatchExchange)? = nil) {
    let partial = needsSums ? closed() : nil
    let count = Double(partial?.pixels ?? 1)
    let sums = partial?.total(over: exchange)
    // The exchange has failed, and nobody goes on.
    if partial != nil && sums == nil { return }
    for channel in 0..<channels {
      let sum = sums?[channel] ?? 0, sumZ = sums?[channels + channel] ?? 0
      let inverse = inverseDeviation[channel]
      if !scale.isFrozen { unsafe scale.gradient.base[channel] += Float(sumZ * inverse) }
      if !shift.isFrozen { unsafe shift.gradient.base[channel] += Float(sum) }
      // dz = γ/σ (du - mean(du) - x̂ mean(du x̂)) with x̂ = (z - μ)/σ; running statistics are constants.
      let factor = Double(unsafe scale.value.base[channel]) * inverse
      unsafe a.base[channel] = Float(factor)
      unsafe b.base[channel] =
        normalizedByBatch ? Float(-factor * inverse * inverse * sumZ / count) : 0
      unsafe k.base[channel] = normalizedByBatch ? Float(-factor * sum / count) : 0
    }
  }

  /// Writes ∂L/∂z over z, for some images of the batch whose gradients were finished last; `dy` is as
  /// ``sumGradient(z:dy:images:shards:on:)`` left it.
  package func applyGradient(z: FeatureMap, dy: FeatureMap, on pool: ThreadPool) {
    Elementwise.overPixels(of: z, on: pool) {
      [affineScale, affineShift, mean, a, b, k, isSummed = needsSums] _, first, count in
      // SAFETY: the tasks own disjoint runs of z.
      unsafe yolos_normalize_gradient(
        z.base + first * z.pixel, z.pixel, dy.base + first * dy.pixel, dy.pixel, affineScale.base,
        affineShift.base, mean.base, a.base, b.base, k.base, isSummed ? 0 : 1, Int32(z.channels),
        count)
    }
  }

  /// Whether the sums over the batch have a part in the gradients.
  private var needsSums: Bool { normalizedByBatch || !scale.isFrozen || !shift.isFrozen }

  /// The sums of the batch at hand; new ones at its first image.
  private func opened(
    over z: FeatureMap, _ images: Range<Int>, _ shards: BatchShards
  ) -> PartialSums {
    if images.lowerBound > 0, let partial { return partial }
    precondition(images.lowerBound == 0, "'\(name)' has not seen the first images of the batch")
    let fresh = PartialSums(over: z, columns: 2, shards: shards)
    partial = fresh
    return fresh
  }

  /// The sums of a batch all of whose images were seen.
  private func closed() -> PartialSums {
    guard let partial else { preconditionFailure("'\(name)' has not seen a batch") }
    self.partial = nil
    return partial
  }

  private func updateRunningStatistics(_ moments: ChannelMoments) {
    let count = moments.count
    for channel in 0..<channels {
      let average = moments.means[channel], squares = moments.squares[channel]
      let biased = squares / count
      // One value a channel has no unbiased variance; like the reference, nothing finite follows.
      let unbiased = squares / (count - 1)
      unsafe mean.base[channel] = Float(average)
      inverseDeviation[channel] = 1 / (biased + Self.epsilon).squareRoot()
      let keep = 1 - momentum
      unsafe runningMean.base[channel] = Float(
        keep * Double(unsafe runningMean.base[channel]) + momentum * average)
      unsafe runningVariance.base[channel] = Float(
        keep * Double(unsafe runningVariance.base[channel]) + momentum * unbiased)
    }
    batchesTracked += 1
  }
}
