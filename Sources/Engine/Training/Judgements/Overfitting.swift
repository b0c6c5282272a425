/// Whether a run learned its training images by heart, judged from its curves and from false alarms.
///
/// Four signs are looked for; each is absent, slight (1 point) or strong (2 points):
///
/// | sign | slight from | strong from |
/// |---|---|---|
/// | the validation loss at the end lies above its lowest value, while the training loss fell | 10 % | 50 % |
/// | mAP50-95 at the end lies below its best value | 10 % | 30 % |
/// | mAP50-95 on the training images lies above that on the validation images by | 0.15 | 0.35 |
/// | false alarms on each image without objects | 0.5 | 2 |
///
/// "At the end" is the mean of the last tenth of the epochs, at least one and at most ten; the lowest loss
/// and the best score are taken from means over as many neighboring epochs, so that one lucky epoch does
/// not decide; a best score below 0.05 is none to fall from. Points are added up: 0 none, 1 slight, 2 or 3
/// clear, 4 and more severe. A model whose best mAP50 stays below 0.1 has not learned, unless it scores
/// higher on its training images as the table says; where it was not looked at on these, 2 points of
/// other signs count instead. Fewer than five validated epochs decide nothing, unless other signs do.
public struct Overfitting: Equatable, Sendable, CustomStringConvertible {
  /// How much a model overfits.
  public enum Verdict: String, Equatable, Sendable {
    /// Too little to judge by.
    case undecided
    /// The model found next to nothing at any time.
    case notLearned = "not learned"
    /// No sign.
    case none
    /// One slight sign.
    case slight
    /// One strong or several slight signs.
    case clear
    /// Several strong signs.
    case severe
  }

  /// One sign that was found.
  public struct Sign: Equatable, Sendable {
    /// 1 slight, 2 strong.
    public let points: Int
    /// What was seen, with its numbers.
    public let text: String
  }

  /// How much the model overfits.
  public let verdict: Verdict
  /// What it was seen by, strongest first.
  public let signs: [Sign]

  /// Judges a run.
  ///
  /// - Parameters:
  ///   - results: The run's epochs.
  ///   - trainingScore: mAP50-95 of the best weights on the training images, without augmentation.
  ///   - falseAlarms: Detections at confidence 0.25 or more on images without objects, and how many
  ///     such images were looked at.
  public init(
    results: [EpochResult], trainingScore: Double? = nil,
    falseAlarms: (detections: Int, photographs: Int)? = nil
  ) {
    let curves = Curves(results), gap = Self.gapSign(trainingScore, best: curves?.best)
    let signs = [
      curves.flatMap(Self.lossSign), curves.flatMap(Self.scoreSign), gap,
      Self.alarmSign(falseAlarms),
    ].compactMap { $0 }
    self.signs = signs.filter { $0.points == 2 } + signs.filter { $0.points == 1 }
    let points = signs.reduce(0) { $0 + $1.points }
    let bestMAP50 = results.compactMap(\.scores?.map50).max()
    let knowsNothing = trainingScore == nil ? points < 2 : gap == nil
    if let bestMAP50, bestMAP50 < 0.1, curves != nil, knowsNothing {
      verdict = .notLearned
    } else if points == 0 {
      verdict = curves == nil ? .undecided : .none
    } else {
      verdict = points == 1 ? .slight : points < 4 ? .clear : .severe
    }
  }

  /// The verdict and what it was seen by, in one or two sentences.
  public var description: String {
    let seen = signs.map(\.text).joined(separator: "; ")
    return switch verdict {
    case .undecided: "Undecided: fewer than five validated epochs."
    case .notLearned: "Not learned: mAP50 stayed below 0.1" + (seen.isEmpty ? "." : "; \(seen).")
    case .none: "No sign of overfitting."
    case .slight: "Overfits slightly: \(seen)."
    case .clear: "Overfits clearly: \(seen)."
    case .severe: "Overfits severely: \(seen)."
    }
  }

  private static func points(_ value: Double, _ slight: Double, _ strong: Double) -> Int? {
    value >= strong ? 2 : value >= slight ? 1 : nil
  }

  private static func lossSign(_ curves: Curves) -> Sign? {
    let rise = curves.lastValidation / curves.lowestValidation - 1
    let fall = 1 - curves.lastTraining / curves.trainingAtLowest
    guard fall > 0 || !rise.isFinite, let points = points(rise.isFinite ? rise : 1, 0.1, 0.5) else {
      return nil
    }
    return Sign(
      points: points,
      text: """
        the validation loss rose by \(percent(rise)) from its lowest in epoch \
        \(curves.lowestEpoch), while the training loss fell by \(percent(fall))
        """)
  }

  private static func scoreSign(_ curves: Curves) -> Sign? {
    guard curves.best >= 0.05, let points = points(1 - curves.lastScore / curves.best, 0.1, 0.3)
    else { return nil }
    return Sign(
      points: points,
      text: """
        mAP50-95 fell from \(thousandths(curves.best)) around epoch \(curves.bestEpoch) to \
        \(thousandths(curves.lastScore)) at the end
        """)
  }

  private static func gapSign(_ training: Double?, best: Double?) -> Sign? {
    guard let training, let best, let points = points(training - best, 0.15, 0.35) else {
      return nil
    }
    return Sign(
      points: points,
      text: """
        mAP50-95 is \(thousandths(training)) on the training images but \
        \(thousandths(best)) on the validation images
        """)
  }

  private static func alarmSign(_ alarms: (detections: Int, photographs: Int)?) -> Sign? {
    guard let alarms, alarms.photographs > 0,
      let points = points(Double(alarms.detections) / Double(alarms.photographs), 0.5, 2)
    else { return nil }
    return Sign(
      points: points,
      text: """
        \(alarms.detections) false \(alarms.detections == 1 ? "positive" : "positives") on \
        \(alarms.photographs) \(alarms.photographs == 1 ? "image" : "images") \
        without objects
        """)
  }
}

/// What of a run's curves the rules look at.
private struct Curves {
  let lastTraining: Double, trainingAtLowest: Double
  let lastValidation: Double, lowestValidation: Double, lowestEpoch: Int
  let lastScore: Double, best: Double, bestEpoch: Int

  /// Nil where fewer than five epochs were validated.
  init?(_ results: [EpochResult]) {
    let validated = results.filter { $0.scores != nil && $0.validation != nil }
    guard validated.count >= 5 else { return nil }
    let width = min(10, max(1, validated.count / 10))
    let training = means(validated.map(\.train.total), width)
    let losses = means(validated.map { $0.validation?.total ?? 0 }, width)
    let scores = means(validated.map { $0.scores?.map50_95 ?? 0 }, width)
    func middle(_ i: Int) -> Int { validated[i + width / 2].epoch }
    let lowest = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    let top = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    (lastTraining, trainingAtLowest) = (training[training.count - 1], training[lowest])
    (lastValidation, lowestValidation) = (losses[losses.count - 1], losses[lowest])
    (lowestEpoch, bestEpoch) = (middle(lowest), middle(top))
    (lastScore, best) = (scores[scores.count - 1], scores[top])
  }
}

/// Means over `width` neighbors; one number fewer for each neighbor.
private func means(_ values: [Double], _ width: Int) -> [Double] {
  (0...(values.count - width)).map { start in
    values[start..<start + width].reduce(0, +) / Double(width)
  }
}

/// A share as a whole percentage.
func percent(_ share: Double) -> String {
  share.isFinite ? "\(Int((share * 100).rounded())) %" : "without limit"
}

/// A score with three digits behind the point.
func thousandths(_ value: Double) -> String {
  let whole = Int((abs(value) * 1000).rounded())
  let digits = String(whole % 1000)
  return (value < 0 && whole > 0 ? "-" : "") + "\(whole / 1000)."
    + String(repeating: "0", count: 3 - digits.count) + digits
}
