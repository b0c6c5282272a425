internal import Datasets
internal import Files
internal import Foundation
internal import YOLO

extension Trainer {
  /// The photographs to learn from: a share of the training split, in its order.
  static func training(_ dataset: Dataset, _ options: TrainingOptions) -> [Sample] {
    let all = merged(dataset.train, options), share = options.number("fraction")
    guard share < 1 else { return all }
    return Array(all.prefix(max(1, Int((Double(all.count) * share).rounded()))))
  }

  /// The samples with all classes taken as one, where that was asked for.
  static func merged(_ samples: [Sample], _ options: TrainingOptions) -> [Sample] {
    guard options.flag("single_cls") else { return samples }
    return samples.map { sample in
      Sample(
        imagePath: sample.imagePath, labelPath: sample.labelPath, width: sample.width,
        height: sample.height,
        rows: sample.rows.map { row in
          var row = row
          row.classIndex = 0
          return row
        })
    }
  }

  /// The run folder: the one to go on with, or a new one.
  static func folder(_ request: TrainingRequest) throws(TrainingError) -> RunFolder {
    if let folder = request.folder { return folder }
    let options = request.options
    do throws(FileError) {
      return try RunFolder.create(
        project: options.text("project"), name: options.text("name"),
        reuse: options.flag("exist_ok"))
    } catch { throw TrainingError(.file(error.description)) }
  }

  /// A text that is the same for two runs exactly where one may go on with the other's state.
  static func identity(_ plan: TrainingPlan, _ model: Model, _ dataset: Dataset) -> String {
    // Names of folders decide nothing.
    let names: Set<String> = ["project", "name", "exist_ok", "resume", "save_period", "workers"]
    let settings = plan.options.settings.filter { !names.contains($0.option.name) }
      .map { "\($0.option.name)=\($0.value)" }
    let text =
      settings + ["rules=\(plan.options.rules)", "data=\(dataset.digest)"]
      + ["classes=\(model.classNames)", "rows=\(model.architecture.rows)"]
    return Digest(of: text.joined(separator: "\n")).description
  }
}
