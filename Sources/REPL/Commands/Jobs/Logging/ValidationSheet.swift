internal import Charts
internal import Checkpoints
internal import Datasets
internal import Evaluation
internal import Files
package import Foundation
internal import Geometry
internal import Images
internal import Tensors
internal import Training
internal import YOLO

/// The first images of a validation, side by side.
struct ValidationSheet: Sendable {
  let pictures: [ValidationPicture]
  /// The classes' names.
  let names: [String]

  private static let columns = 4

  /// What is labeled.
  var labels: Chart {
    get throws {
      try chart("Labels of the first validation images") { result in
        result.truths.map { BoxOverlay.Item($0) }
      }
    }
  }

  /// What an epoch's weights find.
  func predictions(of epoch: Int) throws -> Chart {
    try chart("Predictions after epoch \(epoch)") { $0.detections.map { BoxOverlay.Item($0) } }
  }

  private func chart(
    _ title: String, _ boxes: (ImageResult<ImagePixels>) -> [BoxOverlay.Item]
  ) throws -> Chart {
    let cells = try pictures.map { picture in
      ImageGrid.Cell(
        caption: PathText.name(of: picture.file), image: try Image(contentsOf: picture.file),
        boxes: boxes(picture.result))
    }
    return ImageGrid(
      title: title, names: names, cells: cells, columns: min(Self.columns, cells.count)
    ).chart
  }
}

/// What the validation of an epoch found: a picture that nobody has drawn yet.
package struct ValidationView: Sendable {
  /// The folder of the run.
  package let run: String
  /// The epoch, from 1.
  package let epoch: Int
  private let sheet: ValidationSheet

  init(run: String, epoch: Int, sheet: ValidationSheet) {
    (self.run, self.epoch, self.sheet) = (run, epoch, sheet)
  }

  /// The picture as a JPEG file; nil where an image is gone.
  ///
  /// - Complexity: A part of a second.
  package func picture() -> Data? {
    try? sheet.predictions(of: epoch).file(provenance: "").content
  }
}

extension Image {
  /// The image at half its size: a chart has two pixels where a log needs one.
  var halved: Image { resized(width: max(1, width / 2), height: max(1, height / 2)) }
}

extension ValidationPicture {
  /// What weights find in the first validation images of a dataset.
  ///
  /// - Throws: Where weights or images cannot be read.
  static func found(
    by weights: CheckpointRecord, in dataset: Dataset, _ options: TrainingOptions,
    on compute: Compute
  ) throws -> [ValidationPicture] {
    let samples = Array(dataset.val.prefix(count))
    guard !samples.isEmpty else { return [] }
    let model = try Model.read(weights.file)
    let result = try Validator(
      Detector(model, on: compute), options: options.validation, on: compute
    ).run(on: samples)
    return result.pictures(of: samples).map { picture in
      var picture = picture
      if options.singleClass {
        picture.result.truths = picture.result.truths.map {
          LabeledBox(box: $0.box, classIndex: 0)
        }
      }
      return picture
    }
  }
}
