/// All detections of a set of images, sorted by class and falling confidence.
package struct Ranking: Sendable {
  /// One class that has objects.
  package struct Class: Sendable {
    /// The class, from 0.
    package let classIndex: Int
    /// Objects of the class.
    package var instances = 0
    /// Images with at least one of them.
    package var images = 0
    /// By falling confidence; equal ones in the order of their images.
    package var rows: [(confidence: Float, isTrue: UInt16, image: Int)] = []
  }

  /// By class index.
  package let classes: [Class]

  /// Sorts the detections of some images.
  package init(_ images: [MatchedImage]) {
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
  /// - Parameter rules: Which version's arithmetic holds.
  /// - Returns: Ten numbers, 0...1.
  package func averagePrecisions(_ rules: EvaluationRules) -> [Double] {
    MatchedImage.thresholds.indices.map { bit in
      guard !rows.isEmpty, instances > 0 else { return 0 }
      return PrecisionRecall(
        rows.lazy.map { $0.isTrue >> UInt16(bit) & 1 == 1 }, objects: instances
      ).average(rules)
    }
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
