internal import Datasets
internal import Evaluation
internal import Geometry
internal import Language
internal import Training
internal import YOLO

/// What a model does wrong on a split, and which labels it contradicts.
struct ErrorsJob: Job {
  struct Ingredients: Codable, Equatable, Sendable {
    let model: ModelInput
    let data: DatasetInput
    let split: DatasetSplit
    let options: ValidationOptions
    /// Detections below do not count as errors; nil for the confidence of the best F1.
    let confidence: Double?
  }

  let ingredients: Ingredients

  /// An examination with options in force.
  init(
    _ source: any ModelSource, on data: DatasetObject, split: DatasetSplit,
    options: ValidationOptions, confidence: Double?
  ) {
    ingredients = Ingredients(
      model: ModelInput(source), data: DatasetInput(data), split: split, options: options,
      confidence: confidence)
  }

  var command: String { "errors" }

  var citations: [Citation] { [ingredients.data.citation, ingredients.model.citation] }

  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<ErrorsRecord> {
    let source = try inputs.source(ingredients.model), model = try source.model()
    let dataset = try inputs.dataset(ingredients.data).dataset
    let samples = dataset[ingredients.split].filter(\.isLabeled)
    let result: ValidationResult
    do throws(TrainingError) {
      result = try Validator(
        Detector(model, on: workplace.compute), options: ingredients.options, on: workplace.compute
      ).run(on: samples, cancellation: workplace.cancellation)
    } catch { throw Diagnostic(error) }
    return JobResult(
      payload: ErrorsRecord(
        result, samples: samples, of: ingredients, names: model.classNames))
  }
}

/// The errors of a model on a split, as they are kept on disk.
struct ErrorsRecord: Codable, Equatable, Sendable {
  /// One kind of error.
  struct Kind: Codable, Equatable, Sendable {
    let kind: DetectionErrorKind
    /// How many there are at the confidence.
    let count: Int
    /// The mAP50 that they cost, counted at every confidence.
    let lost: Double
    /// The AP50 that they cost each class.
    let lostByClass: [Double]
  }

  /// Found and not found of one group of objects.
  struct Group: Codable, Equatable, Sendable {
    let name: String
    let objects, missed: Int
  }

  /// One class taken for another.
  struct Confusion: Codable, Equatable, Sendable {
    let truth, predicted: String
    let count: Int
  }

  /// One detection that counts.
  struct Finding: Codable, Equatable, Sendable {
    let classIndex: Int
    let confidence: Double
    /// Left, top, right and bottom in pixels of the image.
    let box: [Float]
    /// Why it is wrong; nil for a hit.
    let kind: DetectionErrorKind?
  }

  /// One image on which something is wrong.
  struct WrongImage: Codable, Equatable, Sendable {
    let file: String
    let findings: [Finding]
    /// The labels, as class, left, top, right and bottom.
    let labels: [Label]
    /// Which labels are missed, by index.
    let missed: [Int]
    /// Errors of all kinds.
    var errors: Int { missed.count + findings.count { $0.kind != nil } }
  }

  /// One label.
  struct Label: Codable, Equatable, Sendable {
    let classIndex: Int
    let box: [Float]
  }

  let model, dataset, split: String
  let classNames: [String]
  let images, instances: Int
  /// Below this confidence nothing counts as an error of an image.
  let confidence: Double
  let map50: Double
  let hits: Int
  let kinds: [Kind]
  let lostByFalsePositives, lostByFalseNegatives: Double
  let bySize, byCrowding, byClass: [Group]
  let confusions: [Confusion]
  let emptyImages, emptyImagesWithDetections, detectionsOnEmptyImages: Int
  /// The images with most errors first.
  let worst: [WrongImage]

  /// How many images are kept.
  private static let keptImages = 200

  init(
    _ result: ValidationResult, samples: [Sample], of ingredients: ErrorsJob.Ingredients,
    names: [String]
  ) {
    let options = ingredients.options
    let breakdown =
      options.rules == .current
      ? ErrorBreakdown(of: result.images.map(\.inInput), rules: options.rules)
      : ErrorBreakdown(of: result.images.map(\.onImage), rules: options.rules)
    let confidence = ingredients.confidence ?? result.metrics.bestConfidence
    func counting<Space>(_ result: ImageResult<Space>) -> ImageResult<Space> {
      var result = result
      result.detections.removeAll { Double($0.confidence) < confidence }
      return result
    }
    let shown = result.images.map { counting($0.onImage) }
    // Judged where it is scored; the order of the detections is the same.
    let judged =
      options.rules == .current
      ? result.images.map { JudgedImage(counting($0.inInput), rules: options.rules) }
      : shown.map { JudgedImage($0, rules: options.rules) }
    let summary = MistakeSummary(of: shown, judged: judged)
    (model, dataset) = (ingredients.model.title, ingredients.data.name)
    (split, classNames) = (ingredients.split.rawValue, names)
    (images, instances) = (samples.count, samples.reduce(0) { $0 + $1.rows.count })
    (self.confidence, map50, hits) = (confidence, breakdown.map50, summary.hits)
    kinds = breakdown.shares.map { share in
      Kind(
        kind: share.kind, count: summary.counts[share.kind] ?? 0, lost: share.lost,
        lostByClass: names.indices.map { share.lostByClass[$0] ?? 0 })
    }
    lostByFalsePositives = breakdown.lostByFalsePositives
    lostByFalseNegatives = breakdown.lostByFalseNegatives
    func group(_ name: String, _ recall: MistakeSummary.Recall?) -> Group {
      Group(name: name, objects: recall?.objects ?? 0, missed: recall?.missed ?? 0)
    }
    bySize = MistakeSummary.Size.allCases.map { group($0.rawValue, summary.bySize[$0]) }
    byCrowding = MistakeSummary.Crowding.allCases.map { group($0.rawValue, summary.byCrowding[$0]) }
    byClass = names.indices.map { group(names[$0], summary.byClass[$0]) }
    confusions = summary.confusions.map {
      Confusion(truth: names[$0.truth], predicted: names[$0.predicted], count: $0.count)
    }
    emptyImages = summary.emptyImages
    emptyImagesWithDetections = summary.emptyImagesWithDetections
    detectionsOnEmptyImages = summary.detectionsOnEmptyImages
    let wrong = zip(samples, zip(shown, judged)).map { sample, pair in
      WrongImage(file: sample.imagePath, pair.0, judged: pair.1)
    }.filter { $0.errors > 0 }
    worst = Array(
      wrong.enumerated().sorted { ($1.element.errors, $0.offset) < ($0.element.errors, $1.offset) }
        .map(\.element).prefix(Self.keptImages))
  }
}

extension ErrorsRecord.WrongImage {
  init(file: String, _ result: ImageResult<ImagePixels>, judged: JudgedImage) {
    self.file = file
    findings = judged.judgements.map { judgement in
      let detection = result.detections[judgement.detection]
      var kind: DetectionErrorKind?
      if case .error(let error, _) = judgement.verdict { kind = error }
      return ErrorsRecord.Finding(
        classIndex: detection.classIndex, confidence: Double(detection.confidence),
        box: detection.box.corners, kind: kind)
    }
    labels = result.truths.map {
      ErrorsRecord.Label(classIndex: $0.classIndex, box: $0.box.corners)
    }
    missed = judged.missed
  }
}

extension Box {
  /// Left, top, right and bottom.
  var corners: [Float] { [minX, minY, maxX, maxY] }
}
