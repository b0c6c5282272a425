internal import Evaluation
internal import Files
internal import Language

/// What several seeds scored, as a value of the language.
struct SpreadObject: LanguageObject {
  let spread: Spread

  static let objectType = ObjectType(
    "Spread", "scores of several seeds and their spread",
    members: [
      .init("mean", .number, "the mean"),
      .init("std", .number, "the standard deviation over the seeds (n - 1)"),
      .init("min", .number, "the lowest"),
      .init("max", .number, "the highest"),
      .init("lower", .number, "lower end of the 95 % interval of the mean (Student's t)"),
      .init("upper", .number, "upper end of that interval"),
      .init("values", .list(.number), "the score of each seed"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "mean": .number(spread.mean)
    case "std": .number(spread.deviation)
    case "min": .number(spread.values.min() ?? 0)
    case "max": .number(spread.values.max() ?? 0)
    case "lower": .number(spread.interval.lower)
    case "upper": .number(spread.interval.upper)
    default: .list(spread.values.map { .number($0) })
    }
  }

  /// As in "0.792 ± 0.015": mean and standard deviation.
  var words: String { "\(Wording.fixed(spread.mean, 3)) ± \(Wording.fixed(spread.deviation, 3))" }

  /// The ends of the confidence interval of the mean; a score lies between 0 and 1, whatever t says.
  var ends: (lower: String, upper: String) {
    let interval = spread.interval
    return (
      Wording.fixed(max(0, interval.lower), 3), Wording.fixed(min(1, interval.upper), 3)
    )
  }

  var summary: String {
    "\(words) over \(Wording.number(spread.values.count, "seed")); the mean lies between "
      + "\(ends.lower) and \(ends.upper) (95 %)"
  }

  var digest: String { Digest(of: "\(spread.values)").description }
}
