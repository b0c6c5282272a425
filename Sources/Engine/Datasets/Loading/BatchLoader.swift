public import Geometry
public import Images

/// The images of one training step.
public struct TrainingBatch: Equatable, Sendable {
  /// From 0.
  public let epoch: Int
  /// Which batch of the epoch, from 0.
  public let number: Int
  /// Which images of the data set these are.
  public let indices: [Int]
  /// Square pictures of the image size.
  public let photos: [Photo]
  /// What is in each picture, as fractions of it.
  public let boxes: [[LabeledBox<Normalized>]]
}

/// Hands out the batches of several epochs in their order, made ahead on threads of its own.
///
/// The batches are the same for any number of threads, and the same again after a resume.
public final class BatchLoader: Sendable {
  /// How many batches an epoch has; the last one may be smaller.
  public let batchesPerEpoch: Int
  private let plan: [(epoch: Int, number: Int, indices: [Int])]
  private let prefetcher: Prefetcher<AugmentedSample>
  private let position = Position()

  /// Starts loading.
  ///
  /// - Parameters:
  ///   - pipeline: Makes the training images.
  ///   - epochs: Which epochs to hand out, one after the other.
  ///   - batchSize: Images in a step.
  ///   - firstBatch: How many batches of the first epoch to leave out: those before a resume.
  ///   - threads: How many threads make images.
  ///   - ahead: How many batches may wait or be under way; bounds the memory.
  ///   - mosaic: Whether mosaics may be made in an epoch; see `close_mosaic`.
  public init(
    pipeline: TrainingPipeline, epochs: Range<Int>, batchSize: Int, firstBatch: Int = 0,
    threads: Int = 1, ahead: Int = 2, mosaic: @escaping @Sendable (_ epoch: Int) -> Bool
  ) {
    precondition(batchSize > 0, "a batch of \(batchSize) images cannot be")
    let count = pipeline.samples.count
    batchesPerEpoch = (count + batchSize - 1) / batchSize
    var plan: [(epoch: Int, number: Int, indices: [Int])] = []
    for epoch in epochs {
      let order = EpochOrder(count: count, seed: pipeline.seed, epoch: epoch).images
      for number in (epoch == epochs.first ? firstBatch : 0)..<max(batchesPerEpoch, firstBatch) {
        let range = number * batchSize..<min((number + 1) * batchSize, count)
        if !range.isEmpty { plan.append((epoch, number, Array(order[range]))) }
      }
    }
    self.plan = plan
    let items = plan.map { (epoch: $0.epoch, indices: $0.indices) }
    prefetcher = Prefetcher(counts: items.map(\.indices.count), threads: threads, ahead: ahead) {
      (batch, item) throws(DatasetError) in
      let (epoch, indices) = items[batch]
      return try pipeline.sample(epoch: epoch, index: indices[item], mosaic: mosaic(epoch))
    }
  }

  /// The next batch, as soon as it is there; nil behind the last one or after ``cancel()``.
  ///
  /// To be called from one thread at a time.
  ///
  /// - Throws: ``DatasetError`` where a picture of the batch cannot be decoded.
  public func next() throws(DatasetError) -> TrainingBatch? {
    guard let samples = try prefetcher.next() else { return nil }
    let (epoch, number, indices) = plan[position.advance()]
    return TrainingBatch(
      epoch: epoch, number: number, indices: indices, photos: samples.map(\.photo),
      boxes: samples.map(\.boxes))
  }

  /// Stops loading; dropping the loader does the same.
  public func cancel() { prefetcher.cancel() }
}
