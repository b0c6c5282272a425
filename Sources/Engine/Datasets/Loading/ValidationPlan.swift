public import Geometry
public import Images

/// Which images are validated together, and at which size.
///
/// Rectangular batches hold images of like shape, sorted by it, and pad them no further than the batch
/// needs; this is the reference's rule, with its extra half stride. Square ones pad all to the image
/// size and keep the dataset's order.
public struct ValidationPlan: Sendable {
  /// One batch.
  public struct Entry: Equatable, Sendable {
    /// Which images, as indices into ``ValidationPlan/samples``.
    public let indices: [Int]
    /// The sides of the network's input in pixels.
    public let width, height: Int
  }

  /// The images.
  public let samples: [Sample]
  /// The longer side of a resized image in pixels.
  public let imageSize: Int
  /// The batches in their order.
  public let entries: [Entry]

  /// Plans the batches.
  ///
  /// - Parameters:
  ///   - samples: The images to validate.
  ///   - imageSize: The longer side of a resized image in pixels.
  ///   - batchSize: Images in a batch; the last one may be smaller.
  ///   - isRectangular: `rect`: whether batches are as narrow as their images allow.
  ///   - stride: What the sides of the network's input are multiples of.
  ///   - padding: In strides; the reference validates with 0.5.
  public init(
    samples: [Sample], imageSize: Int, batchSize: Int, isRectangular: Bool = true, stride: Int = 32,
    padding: Double = 0.5
  ) {
    precondition(imageSize > 0 && batchSize > 0 && stride > 0, "sizes must be positive")
    (self.samples, self.imageSize) = (samples, imageSize)
    let ratios = samples.map { Double($0.height) / Double($0.width) }
    // Equal shapes keep the dataset's order.
    let order =
      isRectangular
      ? samples.indices.sorted { (ratios[$0], $0) < (ratios[$1], $1) } : Array(samples.indices)
    var entries: [Entry] = []
    for start in Swift.stride(from: 0, to: order.count, by: batchSize) {
      let indices = Array(order[start..<min(start + batchSize, order.count)])
      guard isRectangular, let least = indices.first, let most = indices.last else {
        entries.append(Entry(indices: indices, width: imageSize, height: imageSize))
        continue
      }
      // The batch's sides as parts of the image size: its least wide or least tall image decides.
      var (height, width) = (1.0, 1.0)
      if ratios[most] < 1 {
        height = ratios[most]
      } else if ratios[least] > 1 {
        width = 1 / ratios[least]
      }
      func side(_ part: Double) -> Int {
        Int((part * Double(imageSize) / Double(stride) + padding).rounded(.up)) * stride
      }
      entries.append(Entry(indices: indices, width: side(width), height: side(height)))
    }
    self.entries = entries
  }
}

/// One image as the network sees it in validation.
public struct ValidationImage: Equatable, Sendable {
  /// Which image of the plan.
  public let index: Int
  /// The image, resized and padded.
  public let image: Image
  /// How the resized image lies in the input.
  ///
  /// Its image pixels are those of the resized image:
  /// labels go in by fractions, and results come out as fractions by its `imageWidth`, `imageHeight`.
  public let letterbox: Letterbox
}

extension ValidationPlan {
  /// How a resized image lies in the input of its batch; nothing is decoded.
  public func letterbox(_ index: Int, in entry: Entry) -> Letterbox {
    let (width, height) = samples[index].loadedSize(longerSide: imageSize)
    return Letterbox(
      imageWidth: width, imageHeight: height, inputWidth: entry.width, inputHeight: entry.height,
      rules: Letterbox.Rules(enlarges: false))
  }

  /// Reads, resizes and pads one image.
  ///
  /// - Throws: ``DatasetError`` where the image cannot be decoded.
  public func image(_ index: Int, in entry: Entry) throws(DatasetError) -> ValidationImage {
    let image = try samples[index].image(longerSide: imageSize)
    let letterbox = letterbox(index, in: entry)
    return ValidationImage(
      index: index, image: image.letterboxed(letterbox), letterbox: letterbox)
  }
}

/// Hands out the batches of a validation in their order, made ahead on threads of its own.
public final class ValidationLoader: Sendable {
  private let prefetcher: Prefetcher<ValidationImage>

  /// Starts loading.
  ///
  /// - Parameters:
  ///   - plan: The batches.
  ///   - threads: How many threads read images.
  ///   - ahead: How many batches may wait or be under way; bounds the memory.
  public init(plan: ValidationPlan, threads: Int = 1, ahead: Int = 2) {
    prefetcher = Prefetcher(
      batches: plan.entries.count, size: { plan.entries[$0].indices.count }, threads: threads,
      ahead: ahead
    ) { (batch, item) throws(DatasetError) in
      let entry = plan.entries[batch]
      return try plan.image(entry.indices[item], in: entry)
    }
  }

  /// The images of the next batch; nil behind the last one.
  ///
  /// To be called from one thread at a time.
  ///
  /// - Throws: ``DatasetError`` where an image of the batch cannot be decoded.
  public func next() throws(DatasetError) -> [ValidationImage]? { try prefetcher.next() }

  /// Stops loading; dropping the loader does the same.
  public func cancel() { prefetcher.cancel() }
}
