internal import Datasets
internal import Language
internal import Layers
internal import Text
internal import Training

/// The settings in force: what `set` changes for the steps that follow.
package final class Settings {
  private var values: [String: Value]

  /// The standard settings.
  init() {
    values = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.name, $0.standard.value) })
  }

  /// The value of a setting; nil where no setting has the name.
  subscript(name: String) -> Value? { values[name] }

  /// Changes a setting.
  ///
  /// - Throws: A diagnostic for an unknown name, or a value that does not fit.
  func set(_ name: String, to value: Value) throws(Diagnostic) {
    guard let setting = Setting.all.first(where: { $0.name == name }) else {
      let names = Setting.all.map(\.name)
      throw Diagnostic(
        "unknown setting '\(name)'",
        hint: Suggestion.hint(for: name, among: names)
          ?? "choose from " + names.joined(separator: ", "))
    }
    try setting.check(value)
    values[name] = value
  }

  /// The values for the static checks.
  var constants: [String: Constant] { values.compactMapValues { Constant($0) } }

  // MARK: Typed

  /// Where random numbers start.
  var seed: Int { values[Setting.seed.name]?.asInteger ?? 0 }

  /// Which version's rules hold.
  var rules: Compatibility { Compatibility(rawValue: text(.rules)) ?? .current }

  /// What becomes of damaged labels.
  var labels: LabelPolicy { LabelPolicy(rawValue: text(.labels)) ?? .strict }

  /// What training keeps for its backward pass.
  var memory: MemoryMode { MemoryMode(rawValue: text(.memory)) ?? .normal }

  /// Whether reports file charts as vectors.
  var drawsVectors: Bool { text(.figures) == "svg" }

  /// What an hour costs, where somebody has said so.
  var rate: Cost.Rate? {
    guard let perHour = values[Setting.rate.name]?.asNumber, perHour > 0 else { return nil }
    return Cost.Rate(perHour: perHour, currency: currency)
  }

  /// The currency of prices.
  var currency: String { text(.currency) }

  private func text(_ setting: Setting) -> String { values[setting.name]?.asString ?? "" }
}
