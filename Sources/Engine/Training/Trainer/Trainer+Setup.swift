internal import Datasets
internal import Files
internal import Foundation
internal import Tensors
internal import YOLO

extension Trainer {
  /// The run folder, and whether there is an interrupted run in it to go on with.
  ///
  /// `resume` without a folder means the one of `project` and `name`. A new run that takes over a folder
  /// (`exist_ok`) begins by removing what an older one left there.
  static func folder(
    _ request: TrainingRequest
  ) throws(TrainingError) -> (RunFolder, isOld: Bool) {
    let options = request.options
    let project = options.project, name = options.name
    if let folder = request.folder, !request.startsInFolder { return (folder, true) }
    if options.resume { return (RunFolder.named(name, in: project), true) }
    do throws(FileError) {
      let folder: RunFolder
      if let made = request.folder {
        folder = made
      } else {
        folder = try RunFolder.create(
          project: project, name: name, reuse: options.reusesFolder)
      }
      try folder.removeResults()
      return (folder, false)
    } catch { throw TrainingError(.file(error.description)) }
  }

  /// A text that is the same for two runs exactly where one may go on with the other's state: options
  /// that decide something, data and architecture.
  static func identity(_ plan: TrainingPlan, _ model: Model, _ dataset: Dataset) -> String {
    let settings = plan.options.settings.filter(\.option.decidesResult)
      .map { "\($0.option.name)=\($0.value)" }
    let text =
      settings + ["rules=\(plan.options.rules)", "data=\(dataset.digest)"]
      + ["classes=\(model.classNames)", "rows=\(model.architecture.rows)"]
    return Digest(of: text.joined(separator: "\n")).description
  }
}

extension Trainer {
  /// Tells the other ranks what is trained, from where on.
  func shareRun() throws(TrainingError) {
    guard let exchange = request.exchange else { return }
    guard compute.backend.computesImagesApart else {
      throw TrainingError(
        .ranks(
          """
          the backend '\(compute.backend.name)' gives other bits for a part of a batch than for all \
          of it; use native
          """))
    }
    let state = RunState.bytes(
      progress, parameters: model.parameters, optimizer: optimizer, ema: ema,
      pending: hasPendingGradients)
    let run = SharedRun(
      options: chosen, facts: facts, architecture: model.architecture, classNames: model.classNames,
      images: samples.map(SharedRun.Image.init), memoryMode: request.memoryMode,
      backend: compute.backend.name)
    guard exchange.broadcast(RankTask.run(run, state: state).bytes) != nil else {
      throw TrainingError(.ranks(exchange.failure ?? "the others are gone"))
    }
  }
}
