public import Geometry

/// How well one class is found.
public struct ClassMetrics: Hashable, Sendable {
  /// The class, from 0.
  public let classIndex: Int
  /// Objects of the class.
  public let instances: Int
  /// Images with at least one of them.
  public let images: Int
  /// At ``DetectionMetrics/bestConfidence`` and IoU 0.5, 0...1.
  public let precision: Double
  /// At ``DetectionMetrics/bestConfidence`` and IoU 0.5, 0...1.
  public let recall: Double
  /// At ``DetectionMetrics/bestConfidence`` and IoU 0.5, 0...1.
  public let f1: Double
  /// Where the smoothed F1 of this class alone is largest.
  public let best: OperatingPoint
  /// Average precision at the ten IoU thresholds from 0.5 to 0.95.
  public let averagePrecisions: [Double]
  /// The 1000-point curves of the class.
  public let curves: Curves

  /// Curves over ``DetectionMetrics/abscissae``, at IoU 0.5.
  public struct Curves: Hashable, Sendable {
    /// By confidence.
    public let precision: [Double]
    /// By confidence.
    public let recall: [Double]
    /// By confidence.
    public let f1: [Double]
    /// By recall.
    public let precisionAtRecall: [Double]
  }

  /// Average precision at IoU 0.5.
  public var ap50: Double { averagePrecisions[0] }
  /// Average precision at IoU 0.75.
  public var ap75: Double { averagePrecisions[5] }
  /// Mean of the average precisions from IoU 0.5 to 0.95.
  public var ap50to95: Double { averagePrecisions.mean }
}

/// What one image contributed, at IoU 0.5 and over all detections handed in.
public struct ImageCounts: Hashable, Sendable {
  /// Detections that are there.
  public let truePositives: Int
  /// Detections that are not.
  public let falsePositives: Int
  /// Objects not found.
  public let falseNegatives: Int

  /// The share of detections that are there; 0 without any, unless there is nothing to find.
  public var precision: Double { share(truePositives, falsePositives) }
  /// The share of objects found; 0 without any, unless nothing was found either.
  public var recall: Double { share(truePositives, falseNegatives) }
  /// The harmonic mean of precision and recall; 0 where both are.
  public var f1: Double { share(2 * truePositives, falsePositives + falseNegatives) }

  /// An image without objects on which nothing is found is a perfect answer, as in the reference.
  private var isPerfectlyEmpty: Bool { truePositives + falsePositives + falseNegatives == 0 }

  private func share(_ part: Int, _ rest: Int) -> Double {
    if isPerfectlyEmpty { return 1 }
    return part + rest == 0 ? 0 : Double(part) / Double(part + rest)
  }
}

/// How well a set of images is detected: the field's usual figures, in double precision.
///
/// Classes without any object do not take part. Means are plain means over the classes.
public struct DetectionMetrics: Hashable, Sendable {
  /// Which version's arithmetic made these figures.
  public let rules: EvaluationRules
  /// The classes that have objects, by index.
  public let classes: [ClassMetrics]
  /// The images in their order.
  public let images: [ImageCounts]
  /// The confidence at which the smoothed mean F1 is largest; precision, recall and F1 hold there.
  public let bestConfidence: Double

  /// The abscissae of all curves: 1000 numbers from 0 to 1.
  public static var abscissae: [Double] { curveAbscissae }

  /// Evaluates a set of images.
  public init(of results: [ImageResult<some CoordinateSpace>], rules: EvaluationRules = .current) {
    self.init(of: results.map { MatchedImage($0, rules: rules) }, rules: rules)
  }

  /// Evaluates images that were matched before, such as those of several validations.
  ///
  /// - Parameters:
  ///   - matched: The images; their confidences are ranked together.
  ///   - rules: Which version's arithmetic holds, in matching as well.
  package init(of matched: [MatchedImage], rules: EvaluationRules = .current) {
    let ranking = Ranking(matched)
    let curves = ranking.classes.map { $0.curves(rules) }
    let best = DetectionMetrics.bestIndex(curves.map(\.f1))
    self.rules = rules
    classes = zip(ranking.classes, curves).map { ranked, curves in
      ClassMetrics(
        classIndex: ranked.classIndex, instances: ranked.instances, images: ranked.images,
        precision: curves.precision[best], recall: curves.recall[best], f1: curves.f1[best],
        best: OperatingPoint(of: curves, at: DetectionMetrics.bestIndex([curves.f1])),
        averagePrecisions: ranked.averagePrecisions(rules), curves: curves)
    }
    images = matched.map { image in
      let found = image.rows.count { $0.isTrue & 1 == 1 }
      return ImageCounts(
        truePositives: found, falsePositives: image.rows.count - found,
        falseNegatives: image.truths.count - found)
    }
    bestConfidence = curveAbscissae[best]
  }

  /// Where the smoothed mean of F1 curves is largest; the lowest of equal ones.
  private static func bestIndex(_ curves: [[Double]]) -> Int {
    let mean = curveAbscissae.indices.map { i in curves.map { $0[i] }.mean }
    let smooth = smoothed(mean)
    var best = 0
    for i in smooth.indices where smooth[i] > smooth[best] { best = i }
    return best
  }

  /// Mean over the classes, at ``bestConfidence``.
  public var precision: Double { classes.map(\.precision).mean }
  /// Mean over the classes, at ``bestConfidence``.
  public var recall: Double { classes.map(\.recall).mean }
  /// Mean over the classes, at ``bestConfidence``.
  public var f1: Double { classes.map(\.f1).mean }
  /// ``bestConfidence`` with the mean precision, recall and F1 there.
  public var best: OperatingPoint {
    OperatingPoint(confidence: bestConfidence, precision: precision, recall: recall, f1: f1)
  }
  /// Mean average precision at IoU 0.5.
  public var mAP50: Double { classes.map(\.ap50).mean }
  /// Mean average precision at IoU 0.75.
  public var mAP75: Double { classes.map(\.ap75).mean }
  /// Mean average precision over the IoU thresholds from 0.5 to 0.95.
  public var mAP50to95: Double { classes.map(\.ap50to95).mean }
  /// Objects of all classes.
  public var instances: Int { classes.reduce(0) { $0 + $1.instances } }

  /// The one number by which checkpoints are compared.
  public var fitness: Double {
    rules == .current ? mAP50to95 : 0.1 * mAP50 + 0.9 * mAP50to95
  }
}

extension [Double] {
  /// The arithmetic mean; 0 of nothing.
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
