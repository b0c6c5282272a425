internal import Checkpoints
public import Datasets
internal import YOLO

extension TrainingRequest {
  /// A request that adds epochs to a finished run.
  ///
  /// The rule: an extension is a run of its own, in a folder of its own, whose epochs are counted from 1.
  /// It starts from the weights in the old run's last checkpoint (averaged, half precision) with a fresh
  /// optimizer and average, and its whole schedule, warm-up and mosaic closing included, is laid over the
  /// added epochs. The old run stays as it is. So extending by n is not the same as having asked for n
  /// epochs more at the start, where the learning rate would have fallen more slowly.
  ///
  /// - Parameters:
  ///   - run: The finished run.
  ///   - epochs: How many are added, at least 1.
  ///   - dataset: The images.
  ///   - options: The settings; `epochs` among them is replaced.
  /// - Throws: ``TrainingError`` where the run is unfinished or its last checkpoint cannot be used.
  public init(
    extending run: RunFolder, by epochs: Int, dataset: Dataset, options: TrainingOptions
  ) throws(TrainingError) {
    precondition(epochs >= 1, "an extension of \(epochs) epochs cannot be")
    guard !run.isUnfinished else {
      throw TrainingError(
        .file("\(run.path): the run is unfinished; resume it first, then extend it"))
    }
    let model: Model
    do {
      let checkpoint = try Checkpoint.read(run.last)
      model = Model(try Architecture(of: checkpoint.state), classNames: checkpoint.names)
      try model.load(checkpoint.state)
    } catch { throw TrainingError(.weights("\(error)")) }
    var options = options
    options.derive(\.epochCount, .count(epochs), "added to '\(run.path)'")
    options.note(
      """
      extends '\(run.path)' from its last weights: optimizer and schedule start over, for \
      \(epochs) \(epochs == 1 ? "epoch" : "epochs")
      """)
    self.init(model: model, modelName: run.last, dataset: dataset, options: options)
  }
}
