public import Datasets
public import Evaluation
public import Geometry
internal import Mathematics

/// What a model found in one image of a validation, and what is there.
///
/// Two coordinate spaces show the same objects: ``inInput`` is what version 8.4 scores, ``onImage`` what
/// people look at and what version 8.0.120 scored.
public struct ValidatedImage: Sendable {
  /// What was found, in pixels of the network's input.
  public let detections: [Detection<InputPixels>]
  /// What is there according to the labels, as fractions of the image.
  public let labels: [LabeledBox<Normalized>]
  private let letterbox: Letterbox
  private let width, height: Int

  /// The result of one image.
  ///
  /// - Parameters:
  ///   - detections: What was found, as suppression left it.
  ///   - sample: The image and its labels.
  ///   - letterbox: How the image lay in the input; see ``ValidationPlan``.
  public init(
    _ detections: [Detection<InputPixels>], on sample: Sample, placedBy letterbox: Letterbox
  ) {
    (self.detections, labels, self.letterbox) = (detections, sample.labels, letterbox)
    (width, height) = (sample.width, sample.height)
  }

  /// Both in pixels of the network's input; a detection that reaches beyond the image stays as it is.
  public var inInput: ImageResult<InputPixels> {
    ImageResult(
      detections: detections,
      truths: labels.map {
        LabeledBox(box: letterbox.toInput($0.box), classIndex: $0.classIndex)
      })
  }

  /// Both in pixels of the image as it lies on disk, detections clipped to it.
  public var onImage: ImageResult<ImagePixels> {
    // The loader may have resized the image before it was letterboxed.
    let x = Float(width) / Float(letterbox.imageWidth)
    let y = Float(height) / Float(letterbox.imageHeight)
    return ImageResult(
      detections: detections.map {
        var found = letterbox.toImage($0)
        found.box = Box(
          minX: found.box.minX * x, minY: found.box.minY * y, maxX: found.box.maxX * x,
          maxY: found.box.maxY * y)
        return found
      },
      truths: labels.map {
        LabeledBox(box: $0.box.pixels(width: width, height: height), classIndex: $0.classIndex)
      })
  }
}

/// The figures of a validation, under the rules of its options.
package struct ValidationScores: Sendable {
  /// Scores and curves.
  package let metrics: DetectionMetrics
  /// Which classes are taken for which.
  package let confusion: ConfusionMatrix
  /// Bounds of the scores over resampled sets, where a seed was given.
  package let interval: BootstrapInterval?

  /// Scores images.
  ///
  /// Version 8.4 compares boxes in the network's input, as suppression leaves them. Version 8.0.120
  /// brought them back to the image first and clipped them to it: of a box that reaches beyond the
  /// border, the part outside then does not count, and the overlap with a label at the border grows.
  package init(of images: [ValidatedImage], classes: Int, options: ValidationOptions) {
    switch options.rules {
    case .current: self.init(comparing: images.map(\.inInput), classes: classes, options: options)
    case .classic: self.init(comparing: images.map(\.onImage), classes: classes, options: options)
    }
  }

  private init(
    comparing results: [ImageResult<some CoordinateSpace>], classes: Int,
    options: ValidationOptions
  ) {
    metrics = DetectionMetrics(of: results, rules: options.rules)
    confusion = ConfusionMatrix(
      of: results, classes: classes, confidence: options.confusionConfidence,
      iou: options.confusionIoU)
    interval = options.bootstrapSeed.flatMap { seed in
      var source = RandomSource(seed: seed, purpose: 200)
      return BootstrapInterval(of: results, rules: options.rules, source: &source)
    }
  }
}
