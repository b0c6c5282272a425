public import Geometry
public import Mathematics

/// How far a mean average precision may be trusted when the images are few: what it would be on other
/// images drawn from these.
///
/// The percentile bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter
/// 13): images are drawn with replacement, as many as there are, again and again. Samples without
/// any object are drawn anew.
public struct BootstrapInterval: Hashable, Sendable {
  /// Of the mean average precision at IoU 0.5.
  public let mAP50: Interval
  /// Of the mean average precision over the IoU thresholds from 0.5 to 0.95.
  public let mAP50to95: Interval
  /// The share of the samples inside, for example 0.95.
  public let level: Double
  /// How many samples were drawn.
  public let samples: Int

  /// Scores of fewer images are given an interval unasked; those of more differ little between samples.
  public static let usefulBelow = 100

  /// Draws samples; nil where no image has an object.
  ///
  /// - Parameters:
  ///   - results: The images.
  ///   - rules: Which version's arithmetic holds.
  ///   - level: The share of the samples inside, 0...1.
  ///   - samples: How many to draw, at least 1.
  ///   - source: What decides the draws.
  public init?(
    of results: [ImageResult<some CoordinateSpace>], rules: EvaluationRules = .current,
    level: Double = 0.95, samples: Int = 1000, source: inout RandomSource
  ) {
    self.init(
      of: results.map { MatchedImage($0, rules: rules) }, rules: rules, level: level,
      samples: samples, source: &source)
  }

  /// Draws samples of images that were matched before; nil where none has an object.
  ///
  /// - Parameters:
  ///   - matched: The images.
  ///   - rules: Which version's arithmetic holds, in matching as well.
  ///   - level: The share of the samples inside, 0...1.
  ///   - samples: How many to draw, at least 1.
  ///   - source: What decides the draws.
  package init?(
    of matched: [MatchedImage], rules: EvaluationRules = .current, level: Double = 0.95,
    samples: Int = 1000, source: inout RandomSource
  ) {
    precondition(samples >= 1 && level >= 0 && level <= 1, "\(samples) samples at level \(level)")
    guard matched.contains(where: { !$0.truths.isEmpty }) else { return nil }
    let classes = Ranking(matched).classes
    // How many objects of each class every image holds.
    let objects = classes.map { ranked in
      matched.map { image in image.truths.count { $0 == ranked.classIndex } }
    }
    var at50: [Double] = [], over: [Double] = []
    while at50.count < samples {
      var times = [Int](repeating: 0, count: matched.count)
      for _ in matched { times[source.below(matched.count)] += 1 }
      var averages: [[Double]] = []
      for (ranked, counts) in zip(classes, objects) {
        let total = zip(counts, times).reduce(0) { $0 + $1.0 * $1.1 }
        guard total > 0 else { continue }
        averages.append(ranked.averagePrecisions(rules, times: times, objects: total))
      }
      guard !averages.isEmpty else { continue }
      at50.append(averages.map { $0[0] }.mean)
      over.append(averages.map(\.mean).mean)
    }
    (self.level, self.samples) = (level, samples)
    mAP50 = Interval(middleOf: at50, level: level)
    mAP50to95 = Interval(middleOf: over, level: level)
  }
}
