package import CKernels

/// How a batch is cut so that sums over its images do not depend on who computes them.
///
/// A batch is at most ``most`` shards of whole images that follow each other, as equal as can be, cut
/// by the number of images alone. Whatever is added up over a batch is added up for each shard as if
/// that were alone; then the shards' sums are added as a balanced tree: the sum of the first half and
/// that of the second, where of an odd number the first half has one less. Whoever holds some shards
/// in a row adds up the whole trees among them, and the rest of the tree can be added by anyone.
public struct BatchShards: Hashable, Sendable {
  /// The most shards of a batch.
  public static let most = Int(YOLOS_SHARDS)

  /// Images of the whole batch.
  public let images: Int
  /// Shards of the whole batch.
  public let count: Int
  /// The shards at hand, whose images lie in the maps one after the other.
  public let held: Range<Int>

  /// A batch all of whose shards are at hand.
  public init(images: Int) {
    precondition(images >= 1, "a batch of \(images) images cannot be cut")
    self.images = images
    count = min(images, Self.most)
    held = 0..<count
  }

  /// The shards of one of several ranks, which share them as equally as can be.
  ///
  /// - Parameters:
  ///   - images: Images of the whole batch.
  ///   - rank: Which of them, from 0.
  ///   - ranks: How many share the batch; where they are more than shards, some hold none.
  public init(images: Int, rank: Int, of ranks: Int) {
    precondition(images >= 1, "a batch of \(images) images cannot be cut")
    precondition(rank >= 0 && rank < ranks, "there is no rank \(rank) of \(ranks)")
    self.images = images
    count = min(images, Self.most)
    held = count * rank / ranks..<count * (rank + 1) / ranks
  }

  /// The same batch with fewer shards at hand.
  ///
  /// - Parameter shards: Some of those at hand.
  /// - Returns: The batch of which nothing else is at hand.
  package func holding(_ shards: Range<Int>) -> BatchShards {
    precondition(
      shards.clamped(to: held) == shards, "shards \(shards) are not among \(held)")
    return BatchShards(images: images, count: count, held: shards)
  }

  private init(images: Int, count: Int, held: Range<Int>) {
    (self.images, self.count, self.held) = (images, count, held)
  }

  /// The images of a shard, counted in the whole batch.
  public func images(of shard: Int) -> Range<Int> {
    images * shard / count..<images * (shard + 1) / count
  }

  /// The images of the shards at hand, counted in the whole batch.
  public var heldImages: Range<Int> {
    images * held.lowerBound / count..<images * held.upperBound / count
  }

  /// The images of a shard at hand, counted in the maps.
  public func localImages(of shard: Int) -> Range<Int> {
    let images = images(of: shard), first = heldImages.lowerBound
    return images.lowerBound - first..<images.upperBound - first
  }

  /// Whether all of the batch is at hand.
  public var isWhole: Bool { held.count == count }

  /// The largest whole trees among the shards at hand, in order.
  public var trees: [Range<Int>] {
    var found: [Range<Int>] = []
    func look(in tree: Range<Int>) {
      guard tree.overlaps(held) else { return }
      if held.lowerBound <= tree.lowerBound && tree.upperBound <= held.upperBound {
        found.append(tree)
      } else {
        let (first, second) = Self.halves(tree)
        look(in: first)
        look(in: second)
      }
    }
    look(in: 0..<count)
    return found
  }

  /// The two parts of a tree of at least two shards.
  public static func halves(_ tree: Range<Int>) -> (first: Range<Int>, second: Range<Int>) {
    let middle = tree.lowerBound + tree.count / 2
    return (tree.lowerBound..<middle, middle..<tree.upperBound)
  }

  /// The sum of a tree.
  ///
  /// - Parameters:
  ///   - tree: The shards.
  ///   - known: The sum of a tree that is known; asked from the root down, and for single shards it
  ///     must have an answer.
  ///   - add: The sum of a first and a second half.
  /// - Returns: The sum.
  public static func sum<Value>(
    of tree: Range<Int>, known: (Range<Int>) -> Value?, _ add: (Value, Value) -> Value
  ) -> Value {
    if let value = known(tree) { return value }
    precondition(tree.count > 1, "the sum of shard \(tree.lowerBound) is not known")
    let (first, second) = halves(tree)
    return add(sum(of: first, known: known, add), sum(of: second, known: known, add))
  }

  /// The sum of a tree, shard by shard.
  public static func sum<Value>(
    of tree: Range<Int>, shard: (Int) -> Value, _ add: (Value, Value) -> Value
  ) -> Value {
    sum(of: tree, known: { $0.count == 1 ? shard($0.lowerBound) : nil }, add)
  }

  /// The sum of a tree of shards at hand, each of which adds up its images in order.
  ///
  /// - Parameters:
  ///   - tree: The shards.
  ///   - images: A value for each image at hand.
  ///   - zero: What a shard's sum begins with.
  ///   - add: The sum of two values.
  /// - Returns: The sum.
  public func sum<Value>(
    of tree: Range<Int>, images: [Value], from zero: Value, _ add: (Value, Value) -> Value
  ) -> Value {
    Self.sum(of: tree, shard: { images[localImages(of: $0)].reduce(zero, add) }, add)
  }

  /// The same shards as the kernels see them.
  package var raw: yolos_shards {
    yolos_shards(
      images: Int32(images), count: Int32(count), first: Int32(held.lowerBound),
      held: Int32(held.count))
  }
}
