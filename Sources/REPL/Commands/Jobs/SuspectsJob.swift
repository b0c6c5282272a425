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
    var found: [SuspectsRecord.Suspect] = []
    var imageCount = 0, labels = 0
    for split in ingredients.splits {
      let samples = dataset[split].filter(\.isLabeled)
      guard !samples.isEmpty else { continue }
      let result: ValidationResult
      do throws(TrainingError) {
        result = try Validator(
          Detector(model, on: workplace.compute), options: ingredients.options,
          on: workplace.compute
        ).run(on: samples, cancellation: workplace.cancellation)
      } catch { throw Diagnostic(error) }
      imageCount += samples.count
      labels += samples.reduce(0) { $0 + $1.rows.count }
      let images = result.images.map(\.onImage)
      let confidence = Float(ingredients.confidence)
      let recall = LikelyRecall(of: images, confidence: confidence)
      for (sample, image) in zip(samples, images) {
        let suspicions = LabelSuspicion.of(image, confidence: confidence, recall: recall)
        found += SuspectsRecord.suspects(
          suspicions, in: sample, split: split, image, classCount: model.classNames.count)
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

  /// The suspects of one image.
  static func suspects(
    _ suspicions: [LabelSuspicion], in sample: Sample, split: DatasetSplit,
    _ result: ImageResult<ImagePixels>, classCount: Int
  ) -> [Suspect] {
    guard !suspicions.isEmpty else { return [] }
    let lines = LabelLines.lines(
      of: sample.rows, in: sample.labelPath ?? "", classCount: classCount)
    return suspicions.map { suspicion in
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
