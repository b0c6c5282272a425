internal import Datasets
internal import Geometry
internal import Images
internal import Layers
public import Tensors
public import YOLO

/// Looks at images with one model or several.
///
/// Each image is letterboxed for itself: at `imgsz` 640 one of 1024 x 768 becomes 640 x 480. So what
/// is found on it does not depend on the others.
public struct Predictor {
  private let models: [(name: String, model: Model)]
  private let options: PredictionOptions
  private let loaders: Int
  private let compute: Compute

  /// Prepares a prediction.
  ///
  /// - Parameters:
  ///   - models: At least one, each with what people call it.
  ///   - options: How they look.
  ///   - loaders: Threads that read images; nil for as many as `compute` can use.
  ///   - compute: Threads and backend.
  public init(
    _ models: [(name: String, model: Model)], options: PredictionOptions = PredictionOptions(),
    loaders: Int? = nil, on compute: Compute
  ) {
    precondition(!models.isEmpty, "a prediction needs a model")
    precondition(
      options.thresholds.map { $0.count == models.count } ?? true, "thresholds for each model")
    (self.models, self.options) = (models, options)
    (self.loaders, self.compute) = (loaders ?? compute.pool.loaders, compute)
  }

  /// Finds what the models know on every image of a source.
  ///
  /// - Parameters:
  ///   - source: The images.
  ///   - cancellation: Looked at between images and, where the end is asked for at once, within
  ///     them.
  ///   - report: Told how many of how many images are done.
  /// - Returns: One entry a model, or a single one where they are merged.
  /// - Throws: ``TrainingError`` where an image cannot be read, no model has a class that was asked
  ///   for, or somebody ends the work.
  public func run(
    on source: PredictionSource, cancellation: Cancellation? = nil,
    report: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws(TrainingError) -> [Predictions] {
    let detectors = try self.detectors { cancellation?.level == .atOnce }
    let files = source.files, options = self.options
    let loader = Prefetcher(
      batches: files.count, size: { _ in 1 }, threads: loaders,
      ahead: 4 * loaders
    ) { (file, _) throws(DatasetError) in try LetterboxedImage(files[file], options) }
    defer { loader.cancel() }
    var found = [[PredictedImage]](repeating: [], count: models.count)
    for (index, file) in files.enumerated() {
      if let level = cancellation?.level, level != .none { throw TrainingError(.cancelled) }
      let image: LetterboxedImage
      do throws(DatasetError) {
        guard let next = try loader.next()?.first else { break }
        image = next
      } catch { throw TrainingError(.data(error.description)) }
      for (model, detector) in detectors.enumerated() {
        found[model].append(
          PredictedImage(
            file: file, width: image.placing.imageWidth, height: image.placing.imageHeight,
            detections: try detector.look(at: image)))
      }
      report(index + 1, files.count)
    }
    return gathered(found)
  }

  /// Finds what the models know on the images that some words name; see
  /// ``PredictionSource/init(_:)-([String])``.
  ///
  /// - Throws: ``TrainingError`` as ``run(on:cancellation:report:)-(PredictionSource,_,_)`` does, and
  ///   where a word names no image.
  public func run(on words: [String]) throws(TrainingError) -> [Predictions] {
    try run(on: PredictionSource(words))
  }

  /// A detector for each model, with the classes it is to look for.
  private func detectors(
    unless isAbandoned: @escaping () -> Bool
  ) throws(TrainingError) -> [ModelDetector] {
    if let classes = options.classes {
      let known = models.flatMap(\.model.classNames)
      if let unknown = classes.sorted().first(where: { !known.contains($0) }) {
        var seen: Set<String> = []
        let all = known.filter { seen.insert($0).inserted }
        let names =
          all.prefix(8).joined(separator: ", ")
          + (all.count > 8 ? ", … (\(all.count) in all)" : "")
        throw TrainingError(.data("classes: no model knows '\(unknown)'; they know \(names)"))
      }
    }
    let arena = Arena()
    return models.indices.map { index in
      let model = models[index].model
      var suppression = NonMaximumSuppression(
        confidence: options.confidence, iou: options.iou, limit: options.limit,
        isAgnostic: options.isAgnostic)
      if let own = options.thresholds?[index] {
        suppression.classConfidences = model.classNames.map { own.classes[$0] ?? own.overall }
      }
      if let classes = options.classes {
        suppression.classes = Set(
          model.classNames.indices.filter { classes.contains(model.classNames[$0]) })
      }
      let detector = Detector(model, in: arena, on: compute)
      detector.isAbandoned = isAbandoned
      return ModelDetector(detector: detector, suppression: suppression)
    }
  }

  private func gathered(_ found: [[PredictedImage]]) -> [Predictions] {
    guard options.mergesModels && models.count > 1 else {
      return zip(models, found).map { model, images in
        Predictions(model: model.name, classNames: model.model.classNames, images: images)
      }
    }
    let ensemble = Ensemble(models.map(\.model.classNames))
    let images = (found.first ?? []).indices.map { index in
      let first = found[0][index]
      return PredictedImage(
        file: first.file, width: first.width, height: first.height,
        detections: ensemble.merged(found.map { $0[index].detections }, options: options))
    }
    return [
      Predictions(
        model: models.map(\.name).joined(separator: " + "), classNames: ensemble.classNames,
        images: images)
    ]
  }
}

/// An image as the network sees it.
private struct LetterboxedImage: Sendable {
  let image: Image
  let placing: Letterbox

  init(_ file: String, _ options: PredictionOptions) throws(DatasetError) {
    let image: Image
    do { image = try Image(contentsOf: file) } catch {
      throw DatasetError(
        file: file,
        problem: .image(reason: String(error.description.trimmingPrefix(file + ": "))))
    }
    let side = (options.imageSize + 31) / 32 * 32
    (self.image, placing) = image.letterboxed(
      width: side, height: side,
      rules: Letterbox.Rules(stride: options.isRectangular ? 32 : nil))
  }
}

/// A model with what it is to look for.
private struct ModelDetector {
  let detector: Detector
  let suppression: NonMaximumSuppression

  /// What the model finds on an image, in its pixels.
  func look(at image: LetterboxedImage) throws(TrainingError) -> [Detection<ImagePixels>] {
    let found: [[Detection<InputPixels>]]
    do throws(NetworkError) {
      found = try detector.detections(on: [image.image], suppression)
    } catch { throw TrainingError(.network(error.description)) }
    if detector.isAbandoned() { throw TrainingError(.cancelled) }
    return found[0].map(image.placing.toImage)
  }
}
