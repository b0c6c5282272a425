internal import Mathematics
public import Tensors

/// EMA: the exponential moving average of the weights, which is validated and saved in their place.
///
/// After its n-th update the average keeps d = 0.9999 (1 - exp(-n / 2000)) of itself and takes 1 - d
/// from the weights. Running statistics are averaged like weights; counters are not.
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

  /// An average that starts at the arrays' present values.
  public init(of sources: [Source], threads: ThreadPool) {
    (self.sources, self.threads) = (sources, threads)
    averages = sources.map { FloatBuffer(count: $0.values.count) }
    pieces = sources.enumerated().flatMap { Piece.pieces(of: $1.values.count, in: $0) }
    for (source, average) in zip(sources, averages) {
      // SAFETY: both buffers hold `count` floats and do not overlap.
      unsafe average.base.update(from: source.values.base, count: average.count)
    }
  }

  /// The share that the average keeps of itself at its n-th update.
  public static func decay(_ update: Int) -> Double {
    0.9999 * (1 - ElementaryFunctions.exp(-Double(update) / 2000))
  }

  /// Moves the average towards the present weights.
  public func update() {
    updates += 1
    let share = Float(1 - Self.decay(updates))
    let sources = self.sources.map(\.values), averages = self.averages, pieces = self.pieces
    threads.run(pieces.count) { index, _ in
      let piece = pieces[index]
      // SAFETY: the piece lies inside both buffers.
      let x = unsafe sources[piece.owner].base, average = unsafe averages[piece.owner].base
      for i in piece.range {
        // In this form a weight that never moves has an average that never moves, to the last bit.
        unsafe average[i] += share * (x[i] - average[i])
      }
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
