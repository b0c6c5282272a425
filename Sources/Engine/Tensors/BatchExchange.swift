/// What ranks tell each other that train one model together, each on its shards of every batch.
///
/// Every rank calls the same functions in the same order. What comes back is the same on all of them, bit
/// for bit, so that they stay alike without sending weights. Once the exchange has failed, nothing comes
/// back any more and ``failure`` says why.
public protocol BatchExchange: AnyObject, Sendable {
  /// Which rank this is, from 0.
  var rank: Int { get }
  /// How many ranks there are.
  var ranks: Int { get }
  /// Why the exchange ended early; nil while all is well.
  var failure: String? { get }

  /// Tells all ranks the numbers of each.
  ///
  /// - Parameters:
  ///   - numbers: Those of this rank.
  ///   - counts: How many each rank has, which all of them know.
  /// - Returns: The numbers in the order of ranks; nil where the exchange has failed.
  func gather(_ numbers: [Double], counts: [Int]) -> [[Double]]?

  /// Tells all ranks some bytes that rank 0 has.
  ///
  /// - Parameter bytes: On rank 0 what the others get; ignored elsewhere.
  /// - Returns: The bytes; nil where the exchange has failed.
  func broadcast(_ bytes: [UInt8]) -> [UInt8]?

  /// Starts to add up a gradient over all ranks; ``finish()`` adds the sum to `target`.
  ///
  /// - Parameters:
  ///   - count: Floats of the gradient.
  ///   - shards: How the batch is cut, and what of it this rank has.
  ///   - target: Takes the sum.
  ///   - compute: Writes the sums of the trees at hand, one after the other; not called where there are
  ///     none.
  func add(
    count: Int, shards: BatchShards, to target: FloatBuffer,
    _ compute: (UnsafeMutablePointer<Float>) -> Void)

  /// Waits until all gradients are added up; false where the exchange has failed.
  func finish() -> Bool

  /// Tells the others that this rank goes no further.
  func end(because reason: String)
}

extension BatchShards {
  /// The shards of a rank of an exchange, or all where there is none.
  public init(images: Int, in exchange: (any BatchExchange)?) {
    if let exchange {
      self.init(images: images, rank: exchange.rank, of: exchange.ranks)
    } else {
      self.init(images: images)
    }
  }

  /// The numbers of all trees that ranks hold; nil where the exchange has failed.
  ///
  /// - Parameters:
  ///   - exchange: Who shares the batch; nil where all of it is at hand.
  ///   - size: How many numbers a tree has.
  ///   - numbers: The numbers of a tree at hand.
  /// - Returns: The numbers by tree.
  package func gathered(
    over exchange: (any BatchExchange)?, size: Int, _ numbers: (Range<Int>) -> [Double]
  ) -> [Range<Int>: [Double]]? {
    guard let exchange else { return [0..<count: numbers(0..<count)] }
    let trees = (0..<exchange.ranks).map {
      BatchShards(images: images, rank: $0, of: exchange.ranks).trees
    }
    let all = exchange.gather(
      self.trees.flatMap(numbers), counts: trees.map { $0.count * size })
    guard let all else { return nil }
    var known: [Range<Int>: [Double]] = [:]
    for (trees, numbers) in zip(trees, all) {
      for (index, tree) in trees.enumerated() {
        known[tree] = Array(numbers[index * size..<(index + 1) * size])
      }
    }
    return known
  }

  /// The sums over the whole batch; nil where the exchange has failed.
  package func total(
    over exchange: (any BatchExchange)?, size: Int, _ numbers: (Range<Int>) -> [Double]
  ) -> [Double]? {
    gathered(over: exchange, size: size, numbers).map { known in
      Self.sum(of: 0..<count, known: { known[$0] }) { a, b in zip(a, b).map(+) }
    }
  }
}
