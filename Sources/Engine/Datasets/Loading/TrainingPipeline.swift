public import Geometry
public import Images
internal import Mathematics

/// One image as the network sees it in training.
public struct AugmentedSample: Equatable, Sendable {
  /// A square image of the image size.
  public var image: Image
  /// What is in it, as fractions of that image; every box lies inside.
  public var boxes: [LabeledBox<Normalized>]
}

/// Turns the images of a dataset into training images.
///
/// What becomes of image i in epoch e depends on the seed, e, i and the options alone: not on the order
/// in which images are asked for, on threads, on the cache, or on where a run was resumed.
public struct TrainingPipeline: Sendable {
  /// The images to learn from.
  public let samples: [Sample]
  /// The side of a training image in pixels.
  public private(set) var imageSize: Int
  /// How the images are varied.
  public let options: AugmentationOptions
  /// What the user chose for the run.
  public let seed: UInt64

  private let images: ImageCache
  private let orders = EpochOrders()

  /// Mosaics take their images from so many positions of the epoch's order, up to the image's own.
  ///
  /// Those were decoded a moment ago. The reference chooses from a buffer in the same way.
  static let window = 128

  /// A pipeline over some images; at least one.
  public init(
    samples: [Sample], imageSize: Int, options: AugmentationOptions = AugmentationOptions(),
    seed: UInt64, cache: CachePolicy = .standard
  ) {
    precondition(imageSize > 0, "an image size of \(imageSize) cannot be")
    precondition(!samples.isEmpty, "there are no training images")
    (self.samples, self.imageSize, self.options, self.seed) = (samples, imageSize, options, seed)
    images = ImageCache(cache)
  }

  /// The same pipeline for images of another side in pixels; both share what they have decoded.
  public func sized(_ side: Int) -> TrainingPipeline {
    precondition(side > 0, "an image size of \(side) cannot be")
    var copy = self
    copy.imageSize = side
    return copy
  }

  /// The order in which an epoch goes through the images: indices into ``samples``.
  public func order(epoch: Int) -> [Int] { epochOrder(epoch).images }

  /// The bytes of decoded images held now.
  public var cachedBytes: Int { images.bytes }

  private func epochOrder(_ epoch: Int) -> EpochOrder {
    orders.order(count: samples.count, seed: seed, epoch: epoch)
  }

  /// The training image that an image becomes in an epoch.
  ///
  /// - Parameters:
  ///   - epoch: From 0.
  ///   - index: Which image, an index into ``samples``.
  ///   - mosaic: Whether mosaics may be made; false in the last epochs (`close_mosaic`).
  /// - Returns: A square image and the boxes in it.
  /// - Throws: ``DatasetError`` where an image cannot be decoded.
  public func sample(
    epoch: Int, index: Int, mosaic: Bool = true
  ) throws(DatasetError) -> AugmentedSample {
    let window = min(samples.count, Self.window)
    var random = RandomSource(
      seed: seed, purpose: RandomPurpose.augmentation, epoch: epoch, index: index)
    let draws = AugmentationDraws(&random, window: window)
    let order = epochOrder(epoch)
    var view = try geometry(of: index, order, draws, mosaic: mosaic)
    if draws.mixup < options.mixup {
      let other = partner(draws.partners[3], before: index, order)
      var random = RandomSource(
        seed: seed, purpose: RandomPurpose.mixedImage, epoch: epoch, index: index)
      let second = try geometry(
        of: other, order, AugmentationDraws(&random, window: window), mosaic: mosaic)
      view.image.mix(second.image, weight: draws.weight)
      view.boxes += second.boxes
    }
    view.image.shift(
      ColorShift(
        hue: draws.colors[0] * options.hsvH, saturation: draws.colors[1] * options.hsvS,
        value: draws.colors[2] * options.hsvV))
    let flips = (ud: draws.flipud < options.flipud, lr: draws.fliplr < options.fliplr)
    if flips.ud { view.image.flipUpDown() }
    if flips.lr { view.image.flipLeftRight() }
    let boxes = view.boxes.map { labeled in
      var box = labeled.box.normalized(width: imageSize, height: imageSize)
      if flips.ud { (box.minY, box.maxY) = (1 - box.maxY, 1 - box.minY) }
      if flips.lr { (box.minX, box.maxX) = (1 - box.maxX, 1 - box.minX) }
      return LabeledBox(box: box, classIndex: labeled.classIndex)
    }
    return AugmentedSample(image: view.image, boxes: boxes)
  }

  /// The image that stands `distance` positions before another in the epoch's order, going round.
  private func partner(_ distance: Int, before index: Int, _ order: EpochOrder) -> Int {
    let count = samples.count
    return order.images[(order.positions[index] - distance + count) % count]
  }

  /// An image and its boxes on the way to a training image.
  private struct View {
    var image: Image
    var boxes: [LabeledBox<InputPixels>]
  }

  /// The image alone or in a mosaic, then moved, scaled and turned into the image size.
  private func geometry(
    of index: Int, _ order: EpochOrder, _ draws: AugmentationDraws, mosaic: Bool
  ) throws(DatasetError) -> View {
    let parameters = AffineParameters(draws.affine, options)
    if mosaic && draws.mosaic < options.mosaic {
      var patches: [Mosaic.Patch] = []
      for other in [index] + draws.partners.prefix(3).map({ partner($0, before: index, order) }) {
        patches.append(Mosaic.Patch(image: try decoded(other), boxes: samples[other].labels))
      }
      // Anywhere in the middle half of the canvas.
      let (y, x) = (draws.centerY + 0.5, draws.centerX + 0.5)
      let canvas = Mosaic(
        patches, size: imageSize, centerX: Int(x * Double(imageSize)),
        centerY: Int(y * Double(imageSize)))
      return moved(View(image: canvas.image, boxes: canvas.boxes), by: parameters)
    }
    let (image, letterbox) = try decoded(index).letterboxed(width: imageSize, height: imageSize)
    let boxes = samples[index].labels.map {
      LabeledBox(box: letterbox.toInput($0.box), classIndex: $0.classIndex)
    }
    return moved(View(image: image, boxes: boxes), by: parameters)
  }

  private func moved(_ view: View, by parameters: AffineParameters) -> View {
    let projection = parameters.projection(
      fromWidth: view.image.width, fromHeight: view.image.height, toWidth: imageSize,
      toHeight: imageSize)
    var output = View(image: view.image, boxes: [])
    if projection != .identity || view.image.width != imageSize {
      output.image = view.image.warped(by: projection, width: imageSize, height: imageSize)
    }
    let (side, scale) = (Float(imageSize), Float(parameters.scale))
    for labeled in view.boxes {
      let box = labeled.box
      let after = projection.hull(of: box).clipped(width: side, height: side)
      let before = Box<InputPixels>(
        minX: box.minX * scale, minY: box.minY * scale, maxX: box.maxX * scale,
        maxY: box.maxY * scale)
      guard isCandidate(before: before, after: after) else { continue }
      output.boxes.append(LabeledBox(box: after, classIndex: labeled.classIndex))
    }
    return output
  }

  /// The image with its longer side at the image size.
  private func decoded(_ index: Int) throws(DatasetError) -> Image {
    try images.image(.init(number: index, side: imageSize)) { () throws(DatasetError) in
      try samples[index].image(longerSide: imageSize)
    }
  }
}
