extension Ranking.Class {
  /// Average precision at each IoU threshold where each image counts so many times.
  ///
  /// The numbers are those of ``averagePrecisions(_:)`` on images that are repeated, to the last bit. The
  /// envelope of precision over recall is a step function: right of the recall of one hit it has the
  /// largest precision of any later hit. So the hits alone are kept.
  ///
  /// - Parameters:
  ///   - rules: Which version's arithmetic holds.
  ///   - times: How often each image counts.
  ///   - objects: How many objects there are then, at least 1.
  /// - Returns: Ten numbers, 0...1.
  package func averagePrecisions(
    _ rules: EvaluationRules, times: [Int], objects: Int
  ) -> [Double] {
    let count = MatchedImage.thresholds.count
    var found = [Int](repeating: 0, count: count), all = 0
    var hits = [Hits](repeating: Hits(), count: count)
    for row in rows {
      let weight = times[row.image]
      guard weight > 0 else { continue }
      all += weight
      var bits = row.isTrue
      while bits != 0 {
        let bit = bits.trailingZeroBitCount
        bits &= bits - 1
        found[bit] += weight
        hits[bit].recall.append(Double(found[bit]) / (Double(objects) + 1e-16))
        hits[bit].precision.append(Double(found[bit]) / Double(all))
      }
    }
    guard all > 0 else { return [Double](repeating: 0, count: count) }
    return zip(hits, found).map { hits, found in
      hits.average(rules, end: Double(found) / Double(all))
    }
  }
}

/// Recall and precision at the hits of one class, from the surest on.
private struct Hits {
  var recall: [Double] = [], precision: [Double] = []

  /// The area under the envelope as ``PrecisionRecall/average(_:)`` has it.
  ///
  /// - Parameters:
  ///   - rules: Which version's arithmetic holds.
  ///   - end: The precision of all detections together.
  /// - Returns: A number, 0...1.
  func average(_ rules: EvaluationRules, end: Double) -> Double {
    guard let lastRecall = recall.last else { return 0 }
    var envelope = precision
    for i in envelope.indices.dropLast().reversed() {
      envelope[i] = max(envelope[i], envelope[i + 1])
    }
    var next = 0
    func value(at t: Double) -> Double {
      while next < recall.count, recall[next] <= t { next += 1 }
      if next < recall.count { return envelope[next] }
      // Behind the last hit precision is 0, or falls in a line to 0 at recall 1.
      guard rules == .classic, t < 1 else { return 0 }
      if t == lastRecall { return end }
      return (0 - end) / (1 - lastRecall) * (t - lastRecall) + end
    }
    var area = 0.0, last = value(at: 0)
    for i in 1...100 {
      let t = i == 100 ? 1 : Double(i) * 0.01
      let own = value(at: t)
      area += (t - Double(i - 1) * 0.01) * (own + last) / 2
      last = own
    }
    return area
  }
}
