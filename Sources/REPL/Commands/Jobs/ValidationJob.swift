internal import Datasets
internal import Evaluation
internal import Language
internal import Training
internal import YOLO

/// A validation of a model on a split.
struct ValidationJob: Job {
  struct Ingredients: Codable, Equatable, Sendable {
    let model: ModelInput
    let data: DatasetInput
    let split: DatasetSplit
    let options: ValidationOptions
  }

  let ingredients: Ingredients

  /// A validation with options in force.
  init(
    _ source: any ModelSource, on data: DatasetObject, split: DatasetSplit,
    options: ValidationOptions
  ) {
    ingredients = Ingredients(
      model: ModelInput(source), data: DatasetInput(data), split: split, options: options)
  }

  var command: String { "val" }

  var citations: [Citation] { [ingredients.data.citation, ingredients.model.citation] }

  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<MetricsRecord> {
    let source = try inputs.source(ingredients.model), model = try source.model()
    let dataset = try inputs.dataset(ingredients.data).dataset
    let result: ValidationResult
    do throws(TrainingError) {
      result = try Validator(
        Detector(model, on: workplace.compute), options: ingredients.options, on: workplace.compute
      ).run(
        on: dataset[ingredients.split].filter(\.isLabeled), cancellation: workplace.cancellation)
    } catch { throw Diagnostic(error) }
    return JobResult(
      payload: MetricsRecord(
        result, model: ingredients.model.title, dataset: ingredients.data.name,
        split: ingredients.split.rawValue, names: model.classNames, options: ingredients.options))
  }
}

extension MetricsRecord {
  /// A validation as it is kept.
  init(
    _ result: ValidationResult, model: String, dataset: String, split: String, names: [String],
    options: ValidationOptions
  ) {
    let scores = ScoreRecord(result, names: names)
    let count = Double(max(1, result.images.count)) / 1000
    self.init(
      model: model, dataset: dataset, split: split, scores: scores,
      curves: zip(result.metrics.classes, scores.classes).map { row, score in
        Curves(
          name: score.name, classIndex: row.classIndex, precision: row.curves.precision,
          recall: row.curves.recall, f1: row.curves.f1,
          precisionAtRecall: row.curves.precisionAtRecall)
      },
      confusion: (0...names.count).map { predicted in
        (0...names.count).map { result.confusion[predicted: predicted, truth: $0] }
      },
      confusionConfidence: Double(options.confusionConfidence), confusionIoU: options.confusionIoU,
      classNames: names, preprocessMilliseconds: result.loadingSeconds / count,
      inferenceMilliseconds: result.networkSeconds / count,
      postprocessMilliseconds: result.suppressionSeconds / count)
  }
}
