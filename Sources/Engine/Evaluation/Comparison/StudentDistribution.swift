internal import Mathematics

/// Student's t distribution with a whole number of degrees of freedom.
///
/// With t = √ν tan θ the probability of |T| ≤ t is A(θ) / A(π/2), where A is the integral of cos^(ν-1) from
/// 0 to θ, a finite sum (Abramowitz & Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4).
package struct StudentDistribution {
  /// ν, at least 1.
  package let degrees: Int

  /// A distribution by its degrees of freedom.
  package init(degrees: Int) { self.degrees = degrees }

  /// How far from 0 the middle part reaches: the quantile of (1 + level) / 2.
  ///
  /// - Parameter level: The share of the distribution inside, 0..<1.
  /// - Returns: t, to about 12 digits.
  package func halfWidth(level: Double) -> Double {
    precondition(degrees >= 1 && level >= 0 && level < 1, "\(degrees) degrees at level \(level)")
    let whole = integral(to: .pi / 2)
    var low = 0.0, high = Double.pi / 2
    // Each step halves the bracket.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if integral(to: middle) < level * whole { low = middle } else { high = middle }
    }
    return Double(degrees).squareRoot() * ElementaryFunctions.tan((low + high) / 2)
  }

  /// The integral of cos^(ν-1) from 0 to an angle, by ∫cosⁿ = cosⁿ⁻¹ sin / n + (n-1)/n ∫cosⁿ⁻².
  private func integral(to angle: Double) -> Double {
    let sine = ElementaryFunctions.sin(angle), cosine = ElementaryFunctions.cos(angle)
    let power = degrees - 1
    var sum = power.isMultiple(of: 2) ? angle : sine
    var factor = power.isMultiple(of: 2) ? cosine : cosine * cosine
    var n = power.isMultiple(of: 2) ? 2 : 3
    while n <= power {
      sum = factor * sine / Double(n) + Double(n - 1) / Double(n) * sum
      factor *= cosine * cosine
      n += 2
    }
    return sum
  }
}
