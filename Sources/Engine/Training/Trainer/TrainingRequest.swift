public import Datasets
public import Layers
package import Tensors
public import YOLO

/// What is to be trained, on what, and how.
public struct TrainingRequest {
  /// The model to start from; it is not changed.
  public var model: Model
  /// What people call it.
  public var modelName: String
  /// The images.
  public var dataset: Dataset
  /// The settings; `freeze` among them.
  public var options: TrainingOptions
  /// What is kept for the backward pass; changes no result.
  public var memoryMode = MemoryMode.normal
  /// Threads that load images; nil for as many as keep the threads that train supplied.
  public var loaders: Int?
  /// The run folder; nil for a new one by the options `project` and `name`.
  public var folder: RunFolder?
  /// The ranks that share the batches, of which this is number 0; nil where it trains alone.
  package var exchange: (any BatchExchange)?
  /// Whether the interrupted run in ``folder`` goes on from its saved weights alone.
  ///
  /// The model then gives the architecture only; otherwise it must be the one that the run started from.
  public var startsFromState = false
  /// Whether ``folder`` was made for this run by whoever asked for it, so that a new run begins there.
  public var startsInFolder = false

  /// How often the run's state is written; changes no result.
  package var statePace = StatePace()

  /// A request with the engine's defaults.
  public init(model: Model, modelName: String, dataset: Dataset, options: TrainingOptions) {
    (self.model, self.modelName) = (model, modelName)
    (self.dataset, self.options) = (dataset, options)
  }
}

/// A checkpoint that a run wrote, and what it scored.
public struct TrainedWeights: Sendable {
  /// The file.
  public let file: String
  /// The epoch, from 1, after which it was written.
  public let epoch: Int
  /// The validation of this very file; nil where there was none.
  public let validation: ValidationResult?
}

/// What a run left.
public struct TrainingOutcome: Sendable {
  /// The run folder.
  public let folder: RunFolder
  /// The effective settings, each with its origin.
  public let plan: TrainingPlan
  /// One entry an epoch.
  public let results: [EpochResult]
  /// The weights of the best epoch and of the last one.
  public let best, last: TrainedWeights
  /// Why it ended.
  public let stop: StopReason
  /// Weights in all, and those that were trained.
  public let parameters, trainedParameters: Int
  /// The proof that frozen weights stayed; nil where nothing was frozen.
  public let freezingProof: FreezingProof?
  /// Whether it learned by heart.
  public let overfitting: Overfitting
  /// What it took, from this start to this end.
  public let cost: Cost
  /// What was taken over where the model was made for other classes; nil where the classes are the same.
  public let transfer: TransferReport?
}
