internal import Layers
package import Tensors
internal import YOLO

/// How a replay compares with what was recorded: one line for every step and every recorded state.
///
/// Three steps in single precision on a batch of two drift apart, because batch normalization over eight
/// values amplifies rounding; the recording implementation measured its own deviation from double
/// precision. From there come the tolerances: losses 1e-4 at the first step and 0.5 % later; weights
/// 5e-6 after the first step and 5e-4 later. AdamW divides by the gradient's size, so that elements
/// almost without a gradient may go either way: 99.5 % of the elements within 1e-5 a step, all within
/// two learning rates a step.
package struct ReplayComparison: Sendable {
  /// One comparison.
  package struct Line: Sendable {
    /// What was compared: "loss before step 1", "weights after step 3".
    package let what: String
    /// How many numbers were.
    package let count: Int
    /// The largest difference.
    package let largest: Double
    /// The largest difference that is allowed.
    package let tolerance: Double
    /// Whether it is allowed, and so is what else the rule asks.
    package let agrees: Bool
  }

  /// The run's name.
  package let run: String
  /// All comparisons, in the order of the steps.
  package private(set) var lines: [Line] = []

  /// Whether everything agrees.
  package var agrees: Bool { !lines.isEmpty && lines.allSatisfy(\.agrees) }

  /// Replays a run and compares it.
  ///
  /// - Throws: ``TrainingError`` where the record is damaged.
  package init(of run: String, in record: RecordedTraining, on compute: Compute) throws {
    self.run = run
    guard let recorded = record.runs[run] else {
      throw TrainingError(.data("\(record.folder): there is no run '\(run)' in it"))
    }
    try record.replay(run, on: compute) { moment in
      compare(moment.outcome, with: recorded.history[moment.step - 1], step: moment.step)
      for (what, state, isEMA) in [
        ("weights", moment.weights, false), ("average", moment.ema, true),
      ] {
        let wanted = try record.state(of: run, step: moment.step, isEMA: isEMA)
        guard let wanted else { continue }
        try compare(
          state, with: wanted, what: "\(what) after step \(moment.step)", step: moment.step,
          rule: recorded)
      }
    }
  }

  private mutating func compare(
    _ outcome: TrainingStep.Outcome, with wanted: RecordedTraining.Run.Step, step: Int
  ) {
    let pairs = [
      (outcome.loss.box, wanted.boxLoss), (outcome.loss.cls, wanted.clsLoss),
      (outcome.loss.dfl, wanted.dflLoss),
    ]
    let largest = Self.largest(pairs.map { abs($0 - $1) })
    let greatest = pairs.reduce(0) { max($0, abs($1.1)) }
    let tolerance = step == 1 ? 1e-4 : 5e-3 * greatest
    lines.append(
      Line(
        what: "losses of step \(step)", count: pairs.count, largest: largest,
        tolerance: tolerance, agrees: largest <= tolerance))
    let norm = abs((outcome.gradientNorm ?? .nan) - wanted.gradNorm) / wanted.gradNorm
    let allowed = step == 1 ? 1e-3 : 0.01
    lines.append(
      Line(
        what: "gradient norm of step \(step), relative", count: 1, largest: norm,
        tolerance: allowed, agrees: norm <= allowed))
  }

  private mutating func compare(
    _ state: StateDictionary, with wanted: StateDictionary, what: String, step: Int,
    rule: RecordedTraining.Run
  ) throws {
    var count = 0, beyond = 0, largest = 0.0
    for name in wanted.names {
      guard let theirs = wanted.tensor(name) else { continue }
      guard let ours = state.tensor(name), ours.shape == theirs.shape else {
        throw TrainingError(.weights("\(what): '\(name)' \(theirs.shape) is not in our model"))
      }
      let differences = zip(ours.scalars, theirs.scalars).map {
        // Running statistics of large values round more; the tolerance grows with them.
        Double(abs($0 - $1)) / max(1, Double(abs($1)))
      }
      count += differences.count
      beyond += differences.count { !($0 <= 1e-5 * Double(step)) }
      largest = max(largest, Self.largest(differences))
    }
    let isAdam = rule.name != .sgd
    let tolerance = isAdam ? 2 * rule.lr * Double(step) : step == 1 ? 5e-6 : 5e-4
    let fewBeyond = !isAdam || Double(beyond) <= 0.005 * Double(count)
    lines.append(
      Line(
        what: what, count: count, largest: largest, tolerance: tolerance,
        agrees: count > 0 && largest <= tolerance && fewBeyond))
  }

  /// The largest, where what is no number counts as infinite.
  private static func largest(_ values: [Double]) -> Double {
    values.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
  }
}
