// Options travel with a training to wherever it runs, and each keeps its origin.
extension TrainingOptions: Codable {
  private struct Stored: Codable {
    let value: OptionValue
    let origin: Origin
  }

  private enum CodingKeys: CodingKey { case rules, settings, notes }

  /// Reads what another process wrote.
  ///
  /// - Throws: `DecodingError` where an option is missing, unknown or out of its range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let stored = try container.decode([String: Stored].self, forKey: .settings)
    func corrupt(_ text: String) -> DecodingError {
      .dataCorruptedError(forKey: .settings, in: container, debugDescription: text)
    }
    let rules = try container.decode(Compatibility.self, forKey: .rules)
    var settings: [Setting] = []
    for option in TrainingOption.all {
      guard let one = stored[option.name] else { throw corrupt("no option '\(option.name)'") }
      // The default of an option that is never used may lie outside its range.
      let isDefault = one.value == option.defaultValue(under: rules)
      guard isDefault || option.accepted(one.value) == one.value else {
        throw corrupt("\(option.name)=\(one.value): expected \(option.range)")
      }
      settings.append(Setting(option: option, value: one.value, origin: one.origin))
    }
    guard stored.count == settings.count else { throw corrupt("an option that does not exist") }
    self.init(
      settings, rules: rules, notes: try container.decode([String].self, forKey: .notes))
  }

  /// Writes values, origins and notes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rules, forKey: .rules)
    try container.encode(notes, forKey: .notes)
    let stored = settings.map { ($0.option.name, Stored(value: $0.value, origin: $0.origin)) }
    try container.encode(
      Dictionary(uniqueKeysWithValues: stored), forKey: .settings)
  }
}

extension TrainingOptions {
  /// Every option that decides what a run leaves, with its value in the one form that all spellings of
  /// the value share: 1 and 1.0 are one number.
  ///
  /// A recipe keeps what was given and chooses the rest, so there `0 (given)` is not `0`.
  public var decisive: [String: String] {
    var values: [String: String] = [:]
    let recipe: RecipeChoice = self.recipe
    for setting in settings where setting.option.decidesFiles {
      var value = setting.value
      if case .number = setting.option.kind, let number = value.number { value = .number(number) }
      if case .freezing = setting.option.kind { value = self.freezing.optionValue }
      let isKept = recipe != .field && setting.origin.isGiven
      values[setting.option.name] = isKept ? "\(value) (given)" : "\(value)"
    }
    return values
  }
}
