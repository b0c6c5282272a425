internal import Datasets
internal import Language
internal import Layers
internal import Training

/// Something that holds for all steps that follow: `set seed=1`.
struct Setting: Sendable {
  let name: String
  let type: ValueType
  let standard: Constant
  /// The only texts allowed; empty for any.
  var choices: [String] = []
  /// Whether other values give other results.
  var decidesResults = true
  let summary: String

  /// All settings in the order in which help lists them.
  static let all = [seed, rules, labels, memory, figures, rate, currency]

  static let seed = Setting(
    name: "seed", type: .integer, standard: 0,
    summary: "random seed of all commands without an explicit seed")
  static let rules = Setting(
    name: "compat", type: .string, standard: "8.4", choices: Compatibility.allCases.map(\.rawValue),
    summary: "which version's rules training and validation follow")
  static let labels = Setting(
    name: "labels", type: .string, standard: "strict",
    choices: LabelPolicy.allCases.map(\.rawValue),
    summary: "whether damaged labels are errors, or repaired and counted")
  static let memory = Setting(
    name: "memory", type: .string, standard: "normal", choices: MemoryMode.allCases.map(\.rawValue),
    decidesResults: false,
    summary: "whether training saves memory by recomputing; results do not change")
  static let figures = Setting(
    name: "figures", type: .string, standard: "png", choices: ["png", "svg"],
    decidesResults: false,
    summary: "chart format in reports: pixels (PNG) or vectors (SVG); images with boxes are JPEGs")
  static let rate = Setting(
    name: "rate", type: .number, standard: 0, decidesResults: false,
    summary: "price of an hour of this machine; 0 shows no prices")
  static let currency = Setting(
    name: "currency", type: .string, standard: "EUR", decidesResults: false,
    summary: "the currency of `rate`")

  /// Refuses values of the wrong kind.
  func check(_ value: Value) throws(Diagnostic) {
    guard value.isOf(type) else {
      throw Diagnostic("'\(name)' must be \(type), found \(value.type)")
    }
    if let text = value.asString, !choices.isEmpty, !choices.contains(text) {
      throw Diagnostic(
        "'\(name)' cannot be \"\(text)\"",
        hint: "it is " + choices.map { "\"\($0)\"" }.joined(separator: " or "))
    }
    if let number = value.asNumber, number < 0 {
      throw Diagnostic("'\(name)' cannot be negative")
    }
  }
}
