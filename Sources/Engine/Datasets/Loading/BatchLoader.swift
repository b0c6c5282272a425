public import Geometry
public import Images

/// The images of one training step, or those of them that a rank has.
public struct TrainingBatch: Equatable, Sendable {
  /// From 0.
  public let epoch: Int
  /// Which batch of the epoch, from 0.
  public let number: Int
  /// Images of the whole batch.
  public let size: Int
  /// Which images of the dataset these are.
  public let indices: [Int]
  /// Square images of the epoch's image size.
  public let images: [Image]
  /// What is in each image, as fractions of it.
  public let boxes: [[LabeledBox<Normalized>]]
}

/// Hands out the batches of several epochs in their order, made ahead on threads of its own.
///
/// The batches are the same for any number of threads, and the same again after a resume.
public final class BatchLoader: Sendable {
  /// How many batches an epoch has; the last one may be smaller.
  public let batchesPerEpoch: Int
  private let pipeline: TrainingPipeline
  private let places: Places
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
  ///   - imageSize: The side of an epoch's images in pixels; nil for the pipeline's.
  ///   - part: Which images of a batch of so many are made; all of them by default.
  ///   - mosaic: Whether mosaics may be made in an epoch; see `close_mosaic`.
  public init(
    pipeline: TrainingPipeline, epochs: Range<Int>, batchSize: Int, firstBatch: Int = 0,
    threads: Int = 1, ahead: Int = 2, imageSize: (@Sendable (_ epoch: Int) -> Int)? = nil,
    part: @escaping @Sendable (_ size: Int) -> Range<Int> = { 0..<$0 },
    mosaic: @escaping @Sendable (_ epoch: Int) -> Bool
  ) {
    precondition(batchSize > 0, "a batch of \(batchSize) images cannot be")
    let places = Places(
      epochs: epochs, images: pipeline.samples.count, batchSize: batchSize,
      firstBatch: firstBatch, part: part)
    (self.pipeline, self.places) = (pipeline, places)
    batchesPerEpoch = places.batchesPerEpoch
    prefetcher = Prefetcher(
      batches: places.count, size: { places[$0].range.count }, threads: threads, ahead: ahead
    ) { (batch, item) throws(DatasetError) in
      let (epoch, _, _, range) = places[batch]
      let index = pipeline.order(epoch: epoch)[range.lowerBound + item]
      let sized = imageSize.map { pipeline.sized($0(epoch)) } ?? pipeline
      return try sized.sample(epoch: epoch, index: index, mosaic: mosaic(epoch))
    }
  }

  /// The next batch, as soon as it is there; nil behind the last one or after ``cancel()``.
  ///
  /// To be called from one thread at a time.
  ///
  /// - Throws: ``DatasetError`` where an image of the batch cannot be decoded.
  public func next() throws(DatasetError) -> TrainingBatch? {
    guard let samples = try prefetcher.next() else { return nil }
    let (epoch, number, size, range) = places[position.advance()]
    return TrainingBatch(
      epoch: epoch, number: number, size: size, indices: Array(pipeline.order(epoch: epoch)[range]),
      images: samples.map(\.image), boxes: samples.map(\.boxes))
  }

  /// Stops loading; dropping the loader does the same.
  public func cancel() { prefetcher.cancel() }
}

/// Where each batch of several epochs stands, worked out when it is asked for.
private struct Places: Sendable {
  let epochs: Range<Int>
  let images: Int, batchSize: Int
  /// Batches of the first epoch that are left out.
  let skipped: Int
  let part: @Sendable (_ size: Int) -> Range<Int>

  init(
    epochs: Range<Int>, images: Int, batchSize: Int, firstBatch: Int,
    part: @escaping @Sendable (_ size: Int) -> Range<Int>
  ) {
    (self.epochs, self.images, self.batchSize) = (epochs, images, batchSize)
    self.part = part
    skipped = epochs.isEmpty ? 0 : min(firstBatch, (images + batchSize - 1) / batchSize)
  }

  var batchesPerEpoch: Int { (images + batchSize - 1) / batchSize }
  var count: Int { epochs.count * batchesPerEpoch - skipped }

  /// The epoch, the batch in it, its size, and the positions in the epoch's order that are taken.
  subscript(batch: Int) -> (epoch: Int, number: Int, size: Int, range: Range<Int>) {
    let (epoch, number) = (batch + skipped).quotientAndRemainder(dividingBy: batchesPerEpoch)
    let start = number * batchSize
    let size = min(start + batchSize, images) - start, part = part(size)
    return (
      epochs.lowerBound + epoch, number, size, start + part.lowerBound..<start + part.upperBound
    )
  }
}
