internal import Files
internal import Foundation
internal import Geometry
internal import Language
internal import Training
internal import YOLO

/// A look at images with one model or several.
struct PredictionJob: Job {
  /// An image by its content.
  struct ImageInput: Codable, Equatable, Sendable {
    /// The file's name without its folder; stands in results.
    let name: String
    /// The digest of the file.
    let digest: String
  }

  struct Ingredients: Codable, Equatable, Sendable {
    let models: [ModelInput]
    let images: [ImageInput]
    let options: PredictionOptions
  }

  let ingredients: Ingredients
  /// Where the images lie, in the same order.
  let files: [String]

  /// A look at some files.
  ///
  /// - Throws: ``FileError`` where one cannot be read.
  init(
    _ sources: [any ModelSource], on files: [String], options: PredictionOptions
  ) throws(FileError) {
    var images: [ImageInput] = []
    for file in files {
      let digest = Digest(of: try AtomicFile.read(file)).description
      images.append(ImageInput(name: PathText.name(of: file), digest: digest))
    }
    self.files = files
    ingredients = Ingredients(
      models: sources.map(ModelInput.init), images: images, options: options)
  }

  var command: String { ingredients.options.mergesModels ? "ensemble" : "predict" }

  var citations: [Citation] { ingredients.models.map(\.citation) }

  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<PredictionsRecord> {
    var models: [(name: String, model: Model)] = []
    for input in ingredients.models {
      models.append((input.title, try inputs.source(input).model()))
    }
    let found: [Predictions]
    do throws(TrainingError) {
      found = try Predictor(models, options: ingredients.options, on: workplace.compute)
        .run(on: PredictionSource(files), cancellation: workplace.cancellation)
    } catch { throw Diagnostic(error) }
    return JobResult(payload: record(of: found))
  }

  private func record(of found: [Predictions]) -> PredictionsRecord {
    let options = ingredients.options
    let confidence = options.thresholds?.map(\.overall).min() ?? options.confidence
    return PredictionsRecord(
      parts: found.map { part in
        PredictionsRecord.Part(
          model: part.model, classNames: part.classNames,
          images: zip(part.images, ingredients.images).map { image, input in
            PredictionsRecord.Image(
              file: image.file, digest: input.digest, width: image.width, height: image.height,
              findings: image.detections.map(PredictionsRecord.Finding.init))
          })
      },
      // 0.25 in single precision is to read as 0.25 in double precision, too.
      confidence: Double("\(confidence)") ?? Double(confidence), thresholds: options.thresholds)
  }
}

extension PredictionsRecord.Finding {
  /// A detection as it is kept.
  fileprivate init(_ detection: Detection<ImagePixels>) {
    let box = detection.box
    self.init(
      classIndex: detection.classIndex, confidence: detection.confidence,
      box: [box.minX, box.minY, box.maxX, box.maxY])
  }
}
