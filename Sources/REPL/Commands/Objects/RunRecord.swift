internal import Training

/// A checkpoint on disk and its scores.
struct CheckpointRecord: Codable, Equatable, Sendable {
  /// The file; relative to the working directory.
  var file: String
  /// The SHA-256 digest of the file.
  var digest: String
  /// The epoch, from 1, after which it was written.
  var epoch: Int
  /// The scores of this very file.
  var scores: ScoreRecord?
  /// Of the best epoch, which detections are right: what a comparison of runs needs.
  var matches: MatchesRecord?
}

/// A finished or stopped training as it is kept on disk.
struct RunRecord: Codable, Equatable, Sendable {
  /// What it is called in tables and charts.
  var name: String
  /// The run folder; relative to the working directory.
  var folder: String
  /// What the model was called that it started from, and its size.
  var model: String
  /// The name and the digest of the dataset.
  var dataset: String
  /// Epochs asked for.
  var epochs: Int
  /// One entry an epoch.
  var results: [EpochResult]
  var best: CheckpointRecord
  var last: CheckpointRecord
  /// Weights in all, and those that were trained.
  var parameters: Int
  var trainedParameters: Int
  /// The effective options as words, each with its origin.
  var options: [String]
  /// Why it ended.
  var stop: StopReason
  /// The overfitting verdict, and in words.
  var verdict: String
  var verdictWords: String
  /// What the digests of the frozen weights prove; empty where nothing was frozen.
  var freezing: String
  /// What it took.
  var cost: Cost
  /// The dataset's name without its digest.
  var datasetName: String { dataset.split(separator: " ").dropLast().joined(separator: " ") }
  /// Whether all of it is there; a cancelled run is not.
  var isComplete: Bool { stop != .cancelled }
}
