internal import Mathematics
internal import Synchronization

/// The order in which an epoch goes through the images: a permutation by seed and epoch.
struct EpochOrder: Sendable {
  /// The image at each position.
  let images: [Int]
  /// The position of each image.
  let positions: [Int]

  init(count: Int, seed: UInt64, epoch: Int) {
    var random = RandomSource(seed: seed, purpose: RandomPurpose.order, epoch: epoch)
    images = random.permutation(of: count)
    var positions = [Int](repeating: 0, count: count)
    for (position, image) in images.enumerated() { positions[image] = position }
    self.positions = positions
  }
}

/// The orders of the last epochs asked for, so that each is made once.
final class EpochOrders: Sendable {
  private let held = Mutex<[(epoch: Int, order: EpochOrder)]>([])

  func order(count: Int, seed: UInt64, epoch: Int) -> EpochOrder {
    held.withLock { held in
      if let known = held.first(where: { $0.epoch == epoch }) { return known.order }
      let order = EpochOrder(count: count, seed: seed, epoch: epoch)
      // Loaders work ahead of the epoch that is handed out, across the ends of short ones.
      held = held.suffix(3) + [(epoch, order)]
      return order
    }
  }
}
