public import Mathematics

/// How much better one training is than another on the same images, and whether that is more than luck.
///
/// Each side is one run or several that differ in their seed alone. A paired bootstrap asks how the difference
/// of the mean mAP50-95 would scatter over other images and other seeds: images are drawn with
/// replacement, the same for all runs, so what makes an image hard for both sides cancels out; then seeds are
/// drawn. The interval is that of the middle 95 % (Efron & Tibshirani, "An Introduction to the
/// Bootstrap", 1993, chapter 13). A handful of seeds scatters less than all seeds do, so their part is
/// widened by √(n / (n - 1)) · t / z, as in the expanded percentile interval of Hesterberg ("What Teachers
/// Should Know About the Bootstrap", 2015).
public struct ScoreDifference: Codable, Hashable, Sendable {
  /// The mean mAP50-95 of this side minus that of the other.
  public let value: Double
  /// Where the difference lies over other images and seeds, at ``Spread/level``.
  public let interval: Interval
  /// The images that both sides were scored on.
  public let images: Int
  /// The runs of this side, and of the other.
  public let runs, others: Int

  /// Whether all of the interval lies on one side of 0.
  public var isSignificant: Bool { interval.lower > 0 || interval.upper < 0 }

  /// The quantile of the normal distribution that belongs to ``Spread/level``.
  private static var normalHalfWidth: Double { 1.959_963_984_540_054 }

  /// Compares two sides; nil where the runs were not scored on the same objects, or there are none.
  ///
  /// - Parameters:
  ///   - runs: For each run of this side its images, all in the same order.
  ///   - others: The same for the other side.
  ///   - sharesSeeds: Whether run i of both sides has the same seed; then seeds are drawn in pairs.
  ///   - rules: Which version's arithmetic holds.
  ///   - samples: How many samples are drawn, at least 1.
  ///   - source: What decides the draws.
  public init?(
    of runs: [[MatchedImage]], against others: [[MatchedImage]], sharesSeeds: Bool,
    rules: EvaluationRules = .current, samples: Int = 1000, source: inout RandomSource
  ) {
    precondition(samples >= 1 && !runs.isEmpty && !others.isEmpty, "a comparison needs two sides")
    precondition(!sharesSeeds || runs.count == others.count, "shared seeds pair runs")
    let truths = runs[0].map(\.truths)
    guard (runs + others).allSatisfy({ $0.map(\.truths) == truths }),
      truths.contains(where: { !$0.isEmpty })
    else { return nil }
    let sides = [runs, others].map { $0.map { ResampledRun($0, rules: rules) } }
    let once = [Int](repeating: 1, count: truths.count)
    let means = sides.map { side in side.compactMap { $0.score(times: once) }.mean }
    value = means[0] - means[1]
    var differences: [Double] = []
    while differences.count < samples {
      var times = [Int](repeating: 0, count: truths.count)
      for _ in truths { times[source.below(truths.count)] += 1 }
      let scores = sides.map { side in side.compactMap { $0.score(times: times) } }
      // Samples without any object are drawn anew.
      guard !scores[0].isEmpty else { continue }
      let draws = Self.seeds(scores.map(\.count), sharesSeeds, &source)
      let parts = zip(scores, draws).map { scores, draw in
        scores.mean
          + (draw.map { scores[$0] }.mean - scores.mean) * Self.widening(runs: scores.count)
      }
      differences.append(parts[0] - parts[1])
    }
    interval = Interval(middleOf: differences, level: Spread.level)
    (images, self.runs, self.others) = (truths.count, runs.count, others.count)
  }

  /// Which runs of each side stand in a sample.
  private static func seeds(
    _ counts: [Int], _ sharesSeeds: Bool, _ source: inout RandomSource
  ) -> [[Int]] {
    func draw(_ count: Int) -> [Int] { (0..<count).map { _ in source.below(count) } }
    let first = draw(counts[0])
    return [first, sharesSeeds ? first : draw(counts[1])]
  }

  /// What makes the scatter of so many runs that of all; a single one scatters not at all.
  private static func widening(runs count: Int) -> Double {
    guard count > 1 else { return 1 }
    let half = StudentDistribution(degrees: count - 1).halfWidth(level: Spread.level)
    return (Double(count) / Double(count - 1)).squareRoot() * half / normalHalfWidth
  }
}

/// A run's detections, ready to be scored on samples of its images.
private struct ResampledRun {
  private let classes: [(ranked: Ranking.Class, objects: [Int])]
  private let rules: EvaluationRules

  init(_ images: [MatchedImage], rules: EvaluationRules) {
    self.rules = rules
    classes = Ranking(images).classes.map { ranked in
      (ranked, images.map { image in image.truths.count { $0 == ranked.classIndex } })
    }
  }

  /// mAP50-95 where each image counts so many times; nil where there is no object then.
  func score(times: [Int]) -> Double? {
    var scores: [Double] = []
    for (ranked, objects) in classes {
      let total = zip(objects, times).reduce(0) { $0 + $1.0 * $1.1 }
      guard total > 0 else { continue }
      scores.append(ranked.averagePrecisions(rules, times: times, objects: total).mean)
    }
    return scores.isEmpty ? nil : scores.mean
  }
}
