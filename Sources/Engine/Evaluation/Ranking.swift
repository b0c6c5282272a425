/// All detections of a set of images, sorted by class and falling confidence.
struct Ranking: Sendable {
  /// One class that has objects.
  struct Class: Sendable {
    let classIndex: Int
    var instances = 0
    var images = 0
    /// By falling confidence; equal ones in the order of their images.
    var rows: [(confidence: Float, isTrue: UInt16, image: Int)] = []
  }

  /// By class index.
  let classes: [Class]

  init(_ images: [MatchedImage]) {
    let found = Set(images.flatMap(\.truths)).sorted()
    var classes = found.map { Class(classIndex: $0) }
    let places = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1, $0) })
    for (index, image) in images.enumerated() {
      for truth in image.truths { if let place = places[truth] { classes[place].instances += 1 } }
      for truth in Set(image.truths) { if let place = places[truth] { classes[place].images += 1 } }
      for row in image.rows {
        guard let place = places[row.classIndex] else { continue }
        classes[place].rows.append((row.confidence, row.isTrue, index))
      }
    }
    for place in classes.indices {
      let rows = classes[place].rows
      classes[place].rows = rows.indices.sorted {
        let (p, q) = (rows[$0].confidence, rows[$1].confidence)
        return p == q ? $0 < $1 : p > q
      }.map { rows[$0] }
    }
    self.classes = classes
  }
}

extension Ranking.Class {
  /// Average precision at each IoU threshold.
  ///
  /// - Parameters:
  ///   - rules: Which version's arithmetic holds.
  ///   - times: How often each image counts; nil for once.
  ///   - objects: How many objects there are then; nil for all.
  /// - Returns: Ten numbers, 0...1.
  func averagePrecisions(
    _ rules: EvaluationRules, times: [Int]? = nil, objects: Int? = nil
  ) -> [Double] {
    let thresholds = MatchedImage.thresholds.indices
    guard let times else {
      let once = rows.map(\.isTrue)
      return thresholds.map { average(once, $0, instances, rules) }
    }
    let repeated = rows.flatMap { [UInt16](repeating: $0.isTrue, count: times[$0.image]) }
    return thresholds.map { average(repeated, $0, objects ?? instances, rules) }
  }

  private func average(
    _ isTrue: [UInt16], _ bit: Int, _ objects: Int, _ rules: EvaluationRules
  ) -> Double {
    guard !isTrue.isEmpty, objects > 0 else { return 0 }
    return PrecisionRecall(isTrue.lazy.map { $0 >> UInt16(bit) & 1 == 1 }, objects: objects)
      .average(rules)
  }

  /// The curves at IoU 0.5.
  func curves(_ rules: EvaluationRules) -> ClassMetrics.Curves {
    guard !rows.isEmpty else {
      let zeros = [Double](repeating: 0, count: curveAbscissae.count)
      return ClassMetrics.Curves(
        precision: zeros, recall: zeros, f1: zeros, precisionAtRecall: zeros)
    }
    let counted = PrecisionRecall(rows.lazy.map { $0.isTrue & 1 == 1 }, objects: instances)
    // Confidence falls along the rows, so both axes are negated.
    let doubt = rows.map { -Double($0.confidence) }
    let byRecall = counted.envelope(rules)
    let precisionAt = Interpolation(x: doubt, y: counted.precision, left: 1)
    let recallAt = Interpolation(x: doubt, y: counted.recall, left: 0)
    let precision = curveAbscissae.map { precisionAt(-$0) }
    let recall = curveAbscissae.map { recallAt(-$0) }
    return ClassMetrics.Curves(
      precision: precision, recall: recall,
      f1: zip(precision, recall).map { 2 * $0 * $1 / ($0 + $1 + 1e-16) },
      precisionAtRecall: curveAbscissae.map { byRecall($0) })
  }
}
