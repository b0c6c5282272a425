/// What an axis shows, and in which unit.
public struct AxisTitle: Hashable, Sendable {
  /// The quantity: "epoch", "box loss".
  public let quantity: String
  /// Its unit, such as "min"; nil for pure numbers.
  public let unit: String?

  /// A title for an axis.
  public init(_ quantity: String, unit: String? = nil) {
    (self.quantity, self.unit) = (quantity, unit)
  }

  /// "time (min)".
  var text: String { unit.map { "\(quantity) (\($0))" } ?? quantity }
}

/// A linear axis whose ends and ticks are round numbers.
package struct Axis: Hashable, Sendable {
  package struct Tick: Hashable, Sendable {
    package let value: Double
    package let label: String
  }

  package let lower, upper: Double
  package let ticks: [Tick]
  /// Labels are to be multiplied by ten to this power.
  package let exponent: Int

  /// An axis that covers `values`.
  ///
  /// - Parameters:
  ///   - values: What must lie on it; what is not finite is left out.
  ///   - count: About how many intervals between ticks.
  ///   - wholeNumbers: Never put a tick between two whole numbers.
  ///   - zero: Start at zero where all values are positive.
  package init(
    covering values: [Double], count: Int, wholeNumbers: Bool = false, zero: Bool = false
  ) {
    let finite = values.filter(\.isFinite)
    var lower = finite.min() ?? 0, upper = finite.max() ?? 1
    if zero { (lower, upper) = (min(lower, 0), max(upper, 0)) }
    if lower == upper {
      // A flat curve gets room on both sides, and zero where it is near.
      let room = wholeNumbers ? 1 : lower == 0 ? 1 : lower.magnitude * 0.1
      (lower, upper) = (zero && lower == 0 ? 0 : lower - room, upper + room)
    }
    let step = Step(covering: (upper - lower) / Double(max(1, count)), wholeNumbers: wholeNumbers)
    // A value within a thousandth of a step of a tick lies on it.
    let first = Int((lower / step.size + 1e-3).rounded(.down))
    let last = max(first + 1, Int((upper / step.size - 1e-3).rounded(.up)))
    self.init(step: step, from: first, to: last)
  }

  /// An axis with fixed ends, such as 0...1 for a precision.
  package init(from lower: Double, to upper: Double, count: Int, wholeNumbers: Bool = false) {
    let step = Step(
      covering: (upper - lower) / Double(max(1, count)), wholeNumbers: wholeNumbers)
    let first = Int((lower / step.size - 1e-3).rounded(.up))
    let last = Int((upper / step.size + 1e-3).rounded(.down))
    let round = Axis(step: step, from: first, to: max(first, last))
    (self.lower, self.upper) = (lower, upper)
    (ticks, exponent) = (round.ticks, round.exponent)
  }

  private init(step: Step, from first: Int, to last: Int) {
    (lower, upper) = (step.value(first), step.value(last))
    let size = max(step.value(first).magnitude, step.value(last).magnitude)
    // Very small and very large labels share a power of ten, written once.
    var exponent = 0
    if size < 0.01 || size >= 1e5 {
      var power = 1.0
      while size * power < 1 { (power, exponent) = (power * 10, exponent - 1) }
      while size * power >= 10 { (power, exponent) = (power / 10, exponent + 1) }
    }
    self.exponent = exponent
    ticks = (first...last).map { index in
      Tick(
        value: step.value(index),
        label: NumberText.exact(
          mantissa: index * step.mantissa, exponent: step.exponent - exponent))
    }
  }

  /// "×10⁻³", or nothing.
  package var multiplier: String { exponent == 0 ? "" : "×10" + NumberText.superscript(exponent) }

  /// Where a value lies: 0 at the lower end, 1 at the upper.
  func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// A step of 1, 2, 2.5 or 5 times a power of ten, kept as whole numbers so that labels are exact.
  private struct Step {
    let mantissa, exponent: Int

    init(covering rough: Double, wholeNumbers: Bool) {
      var exponent = 0, power = 1.0
      let rough = wholeNumbers ? max(1, rough) : rough
      while rough.isFinite, power > rough, exponent > -300 {
        (power, exponent) = (power / 10, exponent - 1)
      }
      while rough.isFinite, power * 10 <= rough { (power, exponent) = (power * 10, exponent + 1) }
      let ratio = rough / power
      // The slack forgives the rounding of the division.
      switch ratio {
      case ...1.0001: (mantissa, self.exponent) = (1, exponent)
      case ...2.0001: (mantissa, self.exponent) = (2, exponent)
      case ...2.5001 where !(wholeNumbers && exponent == 0):
        (mantissa, self.exponent) = (25, exponent - 1)
      case ...5.0001: (mantissa, self.exponent) = (5, exponent)
      default: (mantissa, self.exponent) = (1, exponent + 1)
      }
    }

    var size: Double { value(1) }

    func value(_ index: Int) -> Double {
      let whole = Double(index * mantissa)
      let power = (0..<exponent.magnitude).reduce(1.0) { power, _ in power * 10 }
      return exponent < 0 ? whole / power : whole * power
    }
  }
}
