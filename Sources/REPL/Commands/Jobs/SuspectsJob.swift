internal import Datasets
internal import Evaluation
internal import Geometry
internal import Language
internal import Training
internal import YOLO

/// Which labels of some splits a model contradicts.
struct SuspectsJob: Job {
  struct Ingredients: Codable, Equatable, Sendable {
    let model: ModelInput
    let data: DatasetInput
    let splits: [DatasetSplit]
    let options: ValidationOptions
    /// What a detection needs to contradict a label.
    let confidence: Double
    /// How often each image is looked at.
    var looks = 4
  }

  let ingredients: Ingredients

  /// An examination with options in force.
  init(
    _ source: any ModelSource, on data: DatasetObject, splits: [DatasetSplit],
    options: ValidationOptions, confidence: Double
  ) {
    ingredients = Ingredients(
      model: ModelInput(source), data: DatasetInput(data), splits: splits, options: options,
      confidence: confidence)
  }

  var command: String { "suspects" }

  var citations: [Citation] { [ingredients.data.citation, ingredients.model.citation] }

  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<SuspectsRecord> {
    let model = try inputs.source(ingredients.model).model()
    let dataset = try inputs.dataset(ingredients.data).dataset
    let detector = Detector(model, on: workplace.compute)
    var found: [SuspectsRecord.Suspect] = []
    var imageCount = 0, labels = 0
    for split in ingredients.splits {
      let samples = dataset[split].filter(\.isLabeled)
      guard !samples.isEmpty else { continue }
      let looks = try Self.looks(options: ingredients.options).map { (look) throws(Diagnostic) in
        try self.look(at: samples, with: detector, look.options, look.isMirrored, workplace)
      }
      imageCount += samples.count
      labels += samples.reduce(0) { $0 + $1.rows.count }
      for (index, sample) in samples.enumerated() {
        let views = looks.map { $0[index] }
        found += SuspectsRecord.suspects(
          LabelSuspicion.agreed(views), in: sample, split: split, views.map(\.result),
          classCount: model.classNames.count)
      }
    }
    let ranked = found.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }.map(\.element)
    return JobResult(
      payload: SuspectsRecord(
        model: ingredients.model.title, dataset: ingredients.data.name,
        classNames: model.classNames, images: imageCount, labels: labels,
        suspects: Array(ranked.prefix(SuspectsRecord.kept))))
  }
}

extension SuspectsJob {
  /// A set is looked at four times: at the size that is asked for and at one that is a tenth larger, and
  /// both with left and right exchanged.
  ///
  /// The same object falls on other pixels each time, and what the model sees by chance is seldom seen
  /// again; `scripts/check-suspects` counts what that finds. Looks by models that did not train on the image find less
  /// where images are few: five folds of 100 drawn toys found 11 of 20 spoiled labels among the first 30, one model
  /// of all images 15 (seed 0), because a model of fewer images confuses more.
  private static func looks(
    options: ValidationOptions
  ) -> [(options: ValidationOptions, isMirrored: Bool)] {
    let size = options.imageSize, larger = (size * 110 / 100 + 31) / 32 * 32
    var second = options
    second.imageSize = larger <= 4096 ? larger : size * 85 / 100
    return [false, true].flatMap { [(options, $0), (second, $0)] }
  }

  /// What one look at each sample gives.
  private func look(
    at samples: [Sample], with detector: Detector, _ options: ValidationOptions, _ isMirrored: Bool,
    _ workplace: Workplace
  ) throws(Diagnostic) -> [(result: ImageResult<ImagePixels>, suspicions: [LabelSuspicion])] {
    let result: ValidationResult
    do throws(TrainingError) {
      result = try Validator(
        detector, options: options, isMirrored: isMirrored, on: workplace.compute
      ).run(on: samples, cancellation: workplace.cancellation)
    } catch { throw Diagnostic(error) }
    let images = result.images.map(\.onImage)
    let confidence = Float(ingredients.confidence)
    let recall = LikelyRecall(of: images, confidence: confidence)
    return images.map {
      ($0, LabelSuspicion.of($0, confidence: confidence, recall: recall))
    }
  }
}

/// The labels that a model contradicts, as they are kept on disk.
struct SuspectsRecord: Codable, Equatable, Sendable {
  /// One of them.
  struct Suspect: Codable, Equatable, Sendable {
    let kind: LabelSuspicion.Kind
    let split: DatasetSplit
    let image: String
    /// The file of the labels, and the line from 1; nil where there is none.
    let file: String?
    let line: Int?
    /// The label's class and box; nil where it is missing.
    let labelClass: Int?
    let labelBox: [Float]?
    /// The contradicting class, box and confidence; of a doubled label the other label's.
    let otherClass: Int?
    let otherBox: [Float]?
    let confidence: Double?
    /// How much speaks for it, 0...1.
    let score: Double
  }

  let model, dataset: String
  let classNames: [String]
  /// How many images and labels were looked at.
  let images, labels: Int
  /// The most suspicious first.
  let suspects: [Suspect]

  /// How many are kept.
  static let kept = 1000

  /// The suspects of one image, which was looked at several times.
  static func suspects(
    _ agreed: [LabelSuspicion.Agreed], in sample: Sample, split: DatasetSplit,
    _ looks: [ImageResult<ImagePixels>], classCount: Int
  ) -> [Suspect] {
    guard !agreed.isEmpty else { return [] }
    let lines = LabelLines.lines(
      of: sample.rows, in: sample.labelPath ?? "", classCount: classCount)
    return agreed.map { one in
      let suspicion = one.suspicion, result = looks[one.look]
      let label = suspicion.label.map { result.truths[$0] }
      let detection = suspicion.detection.map { result.detections[$0] }
      let other = suspicion.other.map { result.truths[$0] }
      return Suspect(
        kind: suspicion.kind, split: split, image: sample.imagePath, file: sample.labelPath,
        line: suspicion.label.flatMap { lines[$0] }, labelClass: label?.classIndex,
        labelBox: label?.box.corners, otherClass: detection?.classIndex ?? other?.classIndex,
        otherBox: detection?.box.corners ?? other?.box.corners,
        confidence: detection.map { Double($0.confidence) }, score: suspicion.score)
    }
  }
}
