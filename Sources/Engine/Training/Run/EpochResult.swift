/// The three parts of the loss, weighted by their gains.
public struct Losses: Equatable, Codable, Sendable {
  /// How far the boxes are off.
  public var box: Double
  /// How wrong the classes are.
  public var cls: Double
  /// How wrong the distributions of the box sides are.
  public var dfl: Double

  /// The loss from its parts.
  public init(box: Double, cls: Double, dfl: Double) {
    (self.box, self.cls, self.dfl) = (box, cls, dfl)
  }

  /// The sum of the parts.
  public var total: Double { box + cls + dfl }
}

/// Mean scores over all classes, each in 0...1.
public struct EpochScores: Equatable, Codable, Sendable {
  /// Precision and recall at the confidence threshold with the best mean F1.
  public var precision: Double, recall: Double
  /// Mean average precision at IoU 0.5, and over IoU 0.5 to 0.95.
  public var map50: Double, map50_95: Double

  /// Scores from their numbers.
  public init(precision: Double, recall: Double, map50: Double, map50_95: Double) {
    (self.precision, self.recall) = (precision, recall)
    (self.map50, self.map50_95) = (map50, map50_95)
  }
}

/// One line of `results.csv`.
public struct EpochResult: Equatable, Codable, Sendable {
  /// Counted from 1.
  public var epoch: Int
  /// Wall time since the run began, in seconds; no part of the result.
  public var seconds: Double
  /// Mean losses over the training batches.
  public var train: Losses
  /// Scores on the validation images, where they were scored.
  public var scores: EpochScores?
  /// Mean losses on the validation images, where they were scored.
  public var validation: Losses?
  /// Learning rates of weights, scales and biases in the last batch.
  public var rates: [Double]

  /// One line of `results.csv`.
  public init(
    epoch: Int, seconds: Double, train: Losses, scores: EpochScores?, validation: Losses?,
    rates: [Double]
  ) {
    (self.epoch, self.seconds, self.train) = (epoch, seconds, train)
    (self.scores, self.validation, self.rates) = (scores, validation, rates)
  }
}
