public import Datasets
public import Evaluation
internal import Geometry
internal import Images
internal import Layers
public import Tensors
public import YOLO

/// How a validation is made.
///
/// The defaults are those of the reference.
public struct ValidationOptions: Codable, Hashable, Sendable {
  /// The longer side of the network input in pixels, a multiple of 32.
  public var imageSize = 640
  /// Images in a batch; decides which share a rectangular input size.
  public var batch = 16
  /// Detections below this score are not looked at.
  public var confidence: Float = 0.001
  /// Of two boxes of a class that overlap more than this, one is suppressed.
  public var iou: Float = 0.7
  /// Detections kept for one image.
  ///
  /// Under the current rules the default of 300 grows to the objects of the image that holds most.
  public var limit = 300
  /// Whether batches have the shape of their images rather than a square.
  public var isRectangular = true
  /// Whose rules scores follow.
  public var rules = EvaluationRules.current
  /// The thresholds of the confusion matrix.
  public var confusionConfidence: Float = 0.25, confusionIoU = 0.45
  /// Where the bootstrap starts; nil for no interval.
  public var bootstrapSeed: UInt64?

  /// The reference's defaults.
  public init() {}
}

extension ValidationOptions {
  /// How many detections are kept for one of these images.
  func limit(for samples: [Sample]) -> Int {
    limit == 300 && rules == .current ? max(limit, samples.mostObjects) : limit
  }
}

extension [Sample] {
  /// The objects of the image that holds most.
  var mostObjects: Int { map(\.rows.count).max() ?? 0 }
}

/// What a validation found.
public struct ValidationResult: Sendable {
  /// Scores and curves.
  public let metrics: DetectionMetrics
  /// Mean losses of the batches, where they were asked for.
  public let losses: Losses?
  /// Which classes are taken for which.
  public let confusion: ConfusionMatrix
  /// Detections and labels of every image, in the order of the samples.
  public let images: [ValidatedImage]
  /// Bounds of the scores over resampled sets, where they were asked for.
  public let interval: BootstrapInterval?
  /// Seconds spent on loading and waiting, in the network, and on suppression.
  public let loadingSeconds, networkSeconds, suppressionSeconds: Double

  /// Which detections are right, image by image, as the scores have it.
  public var matched: [MatchedImage] {
    images.map { image in
      metrics.rules == .current
        ? MatchedImage(image.inInput, rules: metrics.rules)
        : MatchedImage(image.onImage, rules: metrics.rules)
    }
  }

  /// Detections at `confidence` or more on images without objects, and the number of these.
  public func falseAlarms(confidence: Float = 0.25) -> (detections: Int, photographs: Int) {
    let empty = images.filter(\.labels.isEmpty)
    let found = empty.reduce(0) { sum, image in
      sum + image.detections.filter { $0.confidence >= confidence }.count
    }
    return (found, empty.count)
  }
}

extension ValidationResult {
  /// The first images with what was found in them, to look at.
  ///
  /// - Parameter samples: The images that were validated, in their order.
  /// - Returns: One picture an image.
  public func pictures(of samples: [Sample]) -> [ValidationPicture] {
    zip(samples, images).prefix(ValidationPicture.count).map { sample, image in
      var result = image.onImage
      result.detections.removeAll { $0.confidence < ValidationPicture.confidence }
      return ValidationPicture(file: sample.imagePath, result: result)
    }
  }
}

/// Measures a model on labeled images.
public struct Validator {
  private let detector: Detector
  private let options: ValidationOptions
  private let loaders: Int
  private let isMirrored: Bool
  private let compute: Compute

  /// Prepares a validation.
  ///
  /// - Parameters:
  ///   - detector: The model.
  ///   - options: What decides the scores.
  ///   - loaders: Threads that load images; nil for as many as `compute` can use.
  ///   - isMirrored: Whether the model sees left and right exchanged; what it finds is brought back.
  ///   - compute: Threads and backend.
  public init(
    _ detector: Detector, options: ValidationOptions, loaders: Int? = nil, isMirrored: Bool = false,
    on compute: Compute
  ) {
    (self.detector, self.options, self.isMirrored) = (detector, options, isMirrored)
    (self.loaders, self.compute) = (loaders ?? compute.pool.loaders, compute)
  }

  /// Looks at all images and compares what is found with the labels.
  ///
  /// - Parameters:
  ///   - samples: The images and their labels.
  ///   - loss: The loss to be evaluated along the way, of images that are not mirrored; nil for none.
  ///   - cancellation: Looked at between batches and, where the end is asked for at once, within them.
  ///   - tolerated: The most urgent request that does not end the validation: a run that is to end
  ///     gently still scores its last epoch.
  /// - Returns: Scores, curves, confusion and speeds.
  /// - Throws: ``TrainingError`` where an image cannot be read, or the work is cancelled.
  public func run(
    on samples: [Sample], loss: DetectionLoss? = nil, cancellation: Cancellation? = nil,
    despite tolerated: Cancellation.Level = .none
  ) throws(TrainingError) -> ValidationResult {
    precondition(loss == nil || !isMirrored, "the labels of a loss are not mirrored")
    let plan = ValidationPlan(
      samples: samples, imageSize: options.imageSize, batchSize: options.batch,
      isRectangular: options.isRectangular, padding: options.isRectangular ? 0.5 : 0)
    let loader = ValidationLoader(plan: plan, threads: loaders)
    defer { loader.cancel() }
    var pass = ValidationPass(count: samples.count)
    let suppression = NonMaximumSuppression(
      confidence: options.confidence, iou: options.iou, limit: options.limit(for: samples),
      isMultiLabel: true)
    let clock = ContinuousClock()
    detector.isAbandoned = { cancellation?.level == .atOnce }
    defer { detector.isAbandoned = { false } }
    for _ in plan.entries {
      if let level = cancellation?.level, level > tolerated { throw TrainingError(.cancelled) }
      let start = clock.now
      let images: [ValidationImage]
      do throws(DatasetError) {
        guard let next = try loader.next() else { break }
        images = next
      } catch { throw TrainingError(.data(error.description)) }
      pass.loading += start.duration(to: clock.now).inSeconds
      try work(on: images, of: samples, loss: loss, suppression, &pass)
    }
    return result(pass)
  }

  private func work(
    on images: [ValidationImage], of samples: [Sample], loss: DetectionLoss?,
    _ suppression: NonMaximumSuppression, _ pass: inout ValidationPass
  ) throws(TrainingError) {
    let clock = ContinuousClock(), start = clock.now
    let output: HeadOutput
    do throws(NetworkError) {
      output = try detector.output(
        for: images.map { isMirrored ? $0.image.mirrored : $0.image })
    } catch { throw TrainingError(.network(error.description)) }
    if detector.isAbandoned() { throw TrainingError(.cancelled) }
    let computed = clock.now
    pass.network += start.duration(to: computed).inSeconds
    if let loss, let first = images.first {
      let targets = images.map { image in
        samples[image.index].labels.map { label in
          let box = image.letterbox.toInput(label.box)
          return LabeledBox<Normalized>(
            box: box.normalized(width: first.image.width, height: first.image.height),
            classIndex: label.classIndex)
        }
      }
      pass.add(
        loss.evaluate(
          output, targets: targets, imageSize: (first.image.height, first.image.width),
          on: compute.pool))
    }
    let looked = clock.now
    let found = suppression.run(on: output, compute.pool)
    for (image, detections) in zip(images, found) {
      let width = Float(image.image.width)
      pass.images[image.index] = ValidatedImage(
        isMirrored ? detections.map { $0.mirrored(in: width) } : detections,
        on: samples[image.index], placedBy: image.letterbox)
    }
    pass.suppression += looked.duration(to: clock.now).inSeconds
  }

  private func result(_ pass: ValidationPass) -> ValidationResult {
    let images = pass.images.compactMap { $0 }
    precondition(images.count == pass.images.count, "every image is in a batch")
    let scores = ValidationScores(
      of: images, classes: detector.model.classNames.count, options: options)
    return ValidationResult(
      metrics: scores.metrics, losses: pass.losses, confusion: scores.confusion, images: images,
      interval: scores.interval, loadingSeconds: pass.loading, networkSeconds: pass.network,
      suppressionSeconds: pass.suppression)
  }
}

extension Image {
  /// The image with left and right exchanged.
  fileprivate var mirrored: Image {
    var image = self
    image.flipLeftRight()
    return image
  }
}

extension Detection<InputPixels> {
  /// The detection where it lies when left and right of the input are exchanged.
  fileprivate func mirrored(in width: Float) -> Self {
    var other = self
    (other.box.minX, other.box.maxX) = (width - box.maxX, width - box.minX)
    return other
  }
}

/// What a validation has gathered so far.
private struct ValidationPass {
  var images: [ValidatedImage?]
  var loading = 0.0, network = 0.0, suppression = 0.0
  private var box = 0.0, cls = 0.0, dfl = 0.0
  private var batches = 0

  init(count: Int) {
    images = [ValidatedImage?](repeating: nil, count: count)
  }

  mutating func add(_ loss: LossComponents) {
    (box, cls, dfl) = (box + loss.box, cls + loss.cls, dfl + loss.dfl)
    batches += 1
  }

  var losses: Losses? {
    guard batches > 0 else { return nil }
    let count = Double(batches)
    return Losses(box: box / count, cls: cls / count, dfl: dfl / count)
  }
}
