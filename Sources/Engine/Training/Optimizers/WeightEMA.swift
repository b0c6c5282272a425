internal import CKernels
internal import Mathematics
public import Tensors

/// EMA: the exponential moving average of the weights, which is validated and saved in their place.
///
/// After its n-th update the average keeps d = D (1 - exp(-n / τ)) of itself and takes 1 - d from the
/// weights; D is 0.9999 and τ 2000 updates where no option says otherwise. Running statistics are averaged like weights; counters are not.
public final class WeightEMA {
  /// An array that is averaged.
  public struct Source {
    /// The checkpoint's name.
    public let name: String
    /// The array as training sees it.
    public let values: FloatBuffer

    /// Names an array that is to be averaged.
    public init(name: String, values: FloatBuffer) {
      (self.name, self.values) = (name, values)
    }
  }

  /// Updates so far.
  public private(set) var updates = 0
  /// The arrays that are averaged.
  let sources: [Source]
  /// Their averages in the same order.
  package let averages: [FloatBuffer]
  private let pieces: [Piece]
  private let threads: ThreadPool
  private let limit, rise: Double

  /// An average that starts at the arrays' present values.
  ///
  /// - Parameters:
  ///   - sources: What is averaged.
  ///   - limit: The share that it keeps of itself in the long run, below 1.
  ///   - rise: After so many updates 63 % of that share is reached.
  ///   - threads: Who works.
  public init(
    of sources: [Source], limit: Double = 0.9999, rise: Double = 2000, threads: ThreadPool
  ) {
    (self.sources, self.threads) = (sources, threads)
    (self.limit, self.rise) = (limit, rise)
    averages = sources.map { FloatBuffer(count: $0.values.count) }
    pieces = sources.enumerated().flatMap { Piece.pieces(of: $1.values.count, in: $0) }
    for (source, average) in zip(sources, averages) {
      // SAFETY: both buffers hold `count` floats and do not overlap.
      unsafe average.base.update(from: source.values.base, count: average.count)
    }
  }

  /// The share that the average keeps of itself at its n-th update.
  public static func decay(_ update: Int, limit: Double = 0.9999, rise: Double = 2000) -> Double {
    limit * (1 - ElementaryFunctions.exp(-Double(update) / rise))
  }

  /// Moves the average towards the present weights.
  public func update() {
    updates += 1
    let share = Float(1 - Self.decay(updates, limit: limit, rise: rise))
    let sources = self.sources.map(\.values), averages = self.averages, pieces = self.pieces
    threads.run(pieces.count) { index, _ in
      let piece = pieces[index]
      let start = piece.range.lowerBound
      // SAFETY: the piece lies inside both buffers.
      unsafe yolos_average(
        averages[piece.owner].base + start, sources[piece.owner].base + start, share,
        piece.range.count)
    }
  }

  /// Exchanges the weights and their averages in place; a second call brings the weights back.
  ///
  /// Whoever keeps other forms of the weights must make them anew after each call.
  public func exchange() {
    for (source, average) in zip(sources, averages) {
      // SAFETY: both buffers hold `count` floats and do not overlap.
      let a = unsafe source.values.base, b = unsafe average.base
      for i in 0..<average.count {
        let value = unsafe a[i]
        unsafe a[i] = b[i]
        unsafe b[i] = value
      }
    }
  }

  /// Takes back the number of updates when a run is resumed; see ``RunState``.
  func restore(updates: Int) { self.updates = updates }
}
