internal import Tensors

/// Sums of doubles per channel over a batch: a row for each run of pixels, which are added in order for
/// each shard; then the shards are added as ``BatchShards`` says.
@safe struct PartialSums: Sendable {
  private let buffer: DoubleBuffer
  private let channels, columns: Int
  /// Pixels of an image, and of a run but perhaps its last.
  private let image, grain: Int
  /// Runs of an image.
  private let runs: Int
  /// Whose images were summed up.
  let shards: BatchShards

  init(over map: FeatureMap, columns: Int, shards: BatchShards) {
    precondition(
      map.count == shards.heldImages.count,
      "\(map.count) images are not those of shards \(shards.held)")
    image = map.height * map.width
    grain = Elementwise.pixelsPerTask(channels: map.channels)
    runs = (image + grain - 1) / grain
    channels = map.channels
    self.columns = columns
    self.shards = shards
    buffer = DoubleBuffer(count: map.count * runs * columns * channels)
  }

  /// Pixels of the whole batch.
  var pixels: Int { shards.images * image }

  /// Where run `run` has its sums.
  @unsafe func row(_ run: Int, column: Int) -> UnsafeMutablePointer<Double> {
    unsafe buffer.base + (run * columns + column) * channels
  }

  /// The sums of a tree of shards at hand: for each column its channels.
  func sums(of tree: Range<Int>) -> [Double] {
    BatchShards.sum(of: tree, shard: shardSums) { a, b in zip(a, b).map(+) }
  }

  private func shardSums(_ shard: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: columns * channels)
    for run in runs(of: shard) {
      // SAFETY: a run's columns lie next to each other.
      let row = unsafe row(run, column: 0)
      for index in 0..<sums.count { unsafe sums[index] += row[index] }
    }
    return sums
  }

  /// The sums over the whole batch; nil where the exchange with other ranks has failed.
  func total(over exchange: (any BatchExchange)?) -> [Double]? {
    shards.total(over: exchange, size: columns * channels) { sums(of: $0) }
  }

  /// The moments of the whole batch; nil where the exchange with other ranks has failed.
  func moments(over exchange: (any BatchExchange)?) -> ChannelMoments? {
    guard exchange != nil else { return moments(of: 0..<shards.count) }
    let known = shards.gathered(over: exchange, size: 2 * channels) { moments(of: $0).values }
    return known.map { known in
      BatchShards.sum(
        of: 0..<shards.count,
        known: { tree in
          known[tree].map { values in
            let images = tree.reduce(0) { $0 + shards.images(of: $1).count }
            return ChannelMoments(count: Double(images * image), values: values)
          }
        }
      ) { $0.joined(with: $1) }
    }
  }

  /// The moments of a tree of shards at hand, whose first column are means and whose second the sums of
  /// squared deviations from them.
  func moments(of tree: Range<Int>) -> ChannelMoments {
    BatchShards.sum(of: tree, shard: shardMoments) { $0.joined(with: $1) }
  }

  private func shardMoments(_ shard: Int) -> ChannelMoments {
    var moments = ChannelMoments(channels: channels)
    for run in runs(of: shard) {
      let count = min(grain, image - run % runs * grain)
      // SAFETY: both columns have a double for each channel.
      unsafe moments.add(
        count: Double(count), means: row(run, column: 0), squares: row(run, column: 1))
    }
    return moments
  }

  private func runs(of shard: Int) -> Range<Int> {
    let images = shards.localImages(of: shard)
    return images.lowerBound * runs..<images.upperBound * runs
  }
}

/// Mean and sum of squared deviations of each channel, merged by the update of Chan, Golub & LeVeque
/// (1979).
struct ChannelMoments: Sendable {
  /// How many values each channel had.
  private(set) var count = 0.0
  /// The mean of each channel.
  private(set) var means: [Double]
  /// The sum of squared deviations from it.
  private(set) var squares: [Double]

  init(channels: Int) {
    means = [Double](repeating: 0, count: channels)
    squares = means
  }

  /// Moments from `count` values a channel: the means of all channels, then the squares.
  init(count: Double, values: [Double]) {
    self.count = count
    means = Array(values[..<(values.count / 2)])
    squares = Array(values[(values.count / 2)...])
  }

  /// The means of all channels, then the squares.
  var values: [Double] { means + squares }

  /// Takes in further values.
  @unsafe mutating func add(
    count more: Double, means other: UnsafePointer<Double>, squares others: UnsafePointer<Double>
  ) {
    // SAFETY: the caller's numbers are one for each channel.
    add(count: more) { unsafe (other[$0], others[$0]) }
  }

  /// The moments of these values and those.
  func joined(with other: ChannelMoments) -> ChannelMoments {
    var joined = self
    joined.add(count: other.count) { (other.means[$0], other.squares[$0]) }
    return joined
  }

  @inline(__always)
  private mutating func add(
    count more: Double, _ moments: (_ channel: Int) -> (mean: Double, squares: Double)
  ) {
    let total = count + more, share = more / total, weight = count * more / total
    for channel in 0..<means.count {
      let (mean, squares) = moments(channel), delta = mean - means[channel]
      means[channel] += delta * share
      self.squares[channel] += squares + delta * delta * weight
    }
    count = total
  }
}

/// Memory for doubles; freed with the last reference.
@safe final class DoubleBuffer: @unchecked Sendable {
  // `@unchecked`: it hands out addresses; who writes where is its user's business.
  @unsafe let base: UnsafeMutablePointer<Double>

  init(count: Int) {
    unsafe base = .allocate(capacity: max(count, 1))
    unsafe base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { unsafe base.deallocate() }
}
