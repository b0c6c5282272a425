internal import Mathematics

/// The loss of one side's distance distribution, which puts its mass on the two bins around the true
/// distance.
///
/// Li et al., "Generalized Focal Loss", NeurIPS 2020. Computed in double precision.
package struct SideDistribution {
  /// The probability of each bin.
  package private(set) var probabilities: [Double]
  private var logPartition = 0.0
  private var logits: [Double]

  /// Room for a distribution of so many bins.
  package init(bins: Int) {
    probabilities = [Double](repeating: 0, count: bins)
    logits = probabilities
  }

  /// Takes the logits of one side.
  package mutating func load(_ logit: (Int) -> Float) {
    var top = -Double.infinity, sum = 0.0
    for i in logits.indices {
      logits[i] = Double(logit(i))
      top = max(top, logits[i])
    }
    for i in logits.indices {
      probabilities[i] = ElementaryFunctions.exp(logits[i] - top)
      sum += probabilities[i]
    }
    for i in logits.indices { probabilities[i] /= sum }
    logPartition = top + ElementaryFunctions.log(sum)
  }

  /// The mean distance, in cells.
  package var expectation: Double {
    probabilities.indices.reduce(0.0) { $0 + Double($1) * probabilities[$1] }
  }

  /// The two bins around a distance and the weight of the second; the distance is first cut to what
  /// the bins can say, 0...bins - 1.01.
  package func target(_ distance: Double) -> (bin: Int, upper: Double) {
    // In single precision, like the reference: the last bin's weight is 1e-2 only to seven digits.
    let limit = Double(Float(Double(probabilities.count - 1) - 0.01))
    let cut = max(0, min(distance, limit))
    let bin = Int(cut)
    return (bin, cut - Double(bin))
  }

  /// The cross-entropy against the two bins around a distance.
  package func loss(_ distance: Double) -> Double {
    let (bin, upper) = target(distance)
    return logPartition - (1 - upper) * logits[bin] - upper * logits[bin + 1]
  }

  /// The derivative by logit i of `lossWeight` times the loss plus `byDistance` times the expectation.
  package func slope(
    _ i: Int, distance: Double, lossWeight: Double, byDistance: Double, expectation: Double
  ) -> Double {
    let (bin, upper) = target(distance)
    let share = i == bin ? 1 - upper : (i == bin + 1 ? upper : 0)
    return lossWeight * (probabilities[i] - share)
      + byDistance * probabilities[i] * (Double(i) - expectation)
  }
}
