internal import YOLO

/// One option of training as users see it: its name, kind, unit, default and meaning.
///
/// Options are declared in ``OptionTable``.
public struct TrainingOption: Equatable, Sendable {
  /// Which values an option takes.
  public enum Kind: Equatable, Sendable {
    /// True or false.
    case flag
    /// Whole numbers within bounds.
    case integer(ClosedRange<Int>)
    /// Whole numbers within bounds, or the word "auto".
    case count(ClosedRange<Int>)
    /// Numbers within bounds.
    case number(ClosedRange<Double>)
    /// One of a few words.
    case choice([String])
    /// Any text.
    case text
    /// Nothing, a count of modules, a list of module indices, or a list of names.
    case freezing
  }

  /// What the engine does with a value that was given.
  public enum Support: Equatable, Sendable {
    /// It takes effect.
    case full
    /// It is accepted and changes nothing; the text says why.
    case noted(String)
    /// Only the default is accepted; the text says why and what to do.
    case refused(String)
  }

  /// The name that users type.
  public let name: String
  /// Which values it takes.
  public let kind: Kind
  /// What a number counts, such as "epochs" or "px"; empty for a pure number.
  public let unit: String
  /// The value where none is given, under the rules of 8.4.
  public let defaultValue: OptionValue
  /// The value where none is given, under the rules of 8.0.120.
  public let classicDefault: OptionValue
  /// One line of what it does.
  public let help: String
  /// What the engine does with a value that was given.
  public let support: Support
  /// How it stands to the run's result and to other options.
  public let traits: OptionTraits

  init(
    _ name: String, _ kind: Kind, _ defaultValue: OptionValue, unit: String = "",
    classic: OptionValue? = nil, support: Support = .full, traits: OptionTraits = OptionTraits(),
    _ help: String
  ) {
    (self.name, self.kind, self.unit, self.defaultValue) = (name, kind, unit, defaultValue)
    (classicDefault, self.support, self.traits) = (classic ?? defaultValue, support, traits)
    self.help = help
  }

  /// Every option, in the order of help and `args.yaml`.
  public static var all: [TrainingOption] { OptionTable.standard.all }

  /// The option of a name.
  public static func named(_ name: String) -> TrainingOption? { all.first { $0.name == name } }

  /// Whether another value may give other weights: places, names and ways of working do not.
  public var decidesResult: Bool { support == .full && traits.scope == .result }
  /// Whether another value may leave other files: other weights, or more of them.
  public var decidesFiles: Bool { decidesResult || support == .full && traits.scope == .files }

  /// The value where none is given.
  public func defaultValue(under rules: Compatibility) -> OptionValue {
    rules == .classic ? classicDefault : defaultValue
  }

  /// The allowed values in words, for help and errors.
  public var range: String {
    switch kind {
    case .flag: "true or false"
    case .integer(let bounds):
      Self.words(Double(bounds.lowerBound), Double(bounds.upperBound), "a whole number")
    case .count(let bounds):
      "\"auto\" or "
        + Self.words(Double(bounds.lowerBound), Double(bounds.upperBound), "a whole number")
    case .number(let bounds): Self.words(bounds.lowerBound, bounds.upperBound, "a number")
    case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .text: "text in quotes"
    case .freezing: "none, a number of modules, a list of module indices, or a list of names"
    }
  }

  private static func words(_ lower: Double, _ upper: Double, _ noun: String) -> String {
    let low = lower == lower.rounded() ? "\(Int(lower))" : "\(lower)"
    guard upper < 1e9 else { return "\(noun) of at least \(low)" }
    let high = upper == upper.rounded() ? "\(Int(upper))" : "\(upper)"
    return "\(noun) from \(low) to \(high)"
  }

  /// The value in the option's own kind, or nil where it does not fit the kind or the range.
  func accepted(_ value: OptionValue) -> OptionValue? {
    switch kind {
    case .flag:
      if case .flag = value { return value }
      return nil
    case .integer(let bounds):
      return value.integer.flatMap { bounds.contains($0) ? .integer($0) : nil }
    case .count(let bounds):
      if let automatic = EpochCount(value), automatic == .auto { return .text("auto") }
      return value.integer.flatMap { bounds.contains($0) ? .integer($0) : nil }
    case .number(let bounds):
      return value.number.flatMap { bounds.contains($0) ? .number($0) : nil }
    case .choice(let words):
      guard case .text(let text) = value else { return nil }
      return words.first { $0.lowercased() == text.lowercased() }.map { .text($0) }
    case .text:
      if case .text = value { return value }
      return value == .none ? value : nil
    case .freezing: return Freezing(value) == nil ? nil : value
    }
  }
}
