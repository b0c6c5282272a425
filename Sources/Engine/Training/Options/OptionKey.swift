internal import YOLO

/// An option together with the Swift type of its value.
///
/// Keys stand in ``OptionTable`` alone. `options.epochs` looks the key `epochs` up there, so a name that
/// does not exist, or a value taken for another type, does not compile.
public struct OptionKey<Value: OptionRepresentable>: Sendable {
  /// The option as users see it.
  public let option: TrainingOption
  /// Where it stands in ``OptionTable/all``.
  let position: Int

  /// The name that users type.
  public var name: String { option.name }
}

/// Gathers the options of a table in the order of their declaration.
struct OptionList {
  private(set) var options: [TrainingOption] = []

  /// Declares an option that the engine reads as a `Value`.
  private mutating func key<Value>(
    _ option: TrainingOption, of _: Value.Type = Value.self
  ) -> OptionKey<Value> {
    precondition(
      !options.contains { $0.name == option.name }, "the option '\(option.name)' exists twice")
    options.append(option)
    return OptionKey(option: option, position: options.count - 1)
  }

  /// A whole number within bounds, read as any type of whole numbers.
  mutating func integer<Value: OptionRepresentable & FixedWidthInteger>(
    _ name: String, _ bounds: ClosedRange<Int>, _ value: Int, classic: Int? = nil,
    unit: String = "", traits: OptionTraits = OptionTraits(), _ help: String
  ) -> OptionKey<Value> {
    key(
      TrainingOption(
        name, .integer(bounds), .integer(value), unit: unit, classic: classic.map { .integer($0) },
        traits: traits, help))
  }

  /// A whole number within bounds, or the word "auto".
  mutating func count(
    _ name: String, _ bounds: ClosedRange<Int>, _ value: Int, unit: String = "", _ help: String
  ) -> OptionKey<EpochCount> {
    key(TrainingOption(name, .count(bounds), .integer(value), unit: unit, help))
  }

  /// A number within bounds.
  mutating func number(
    _ name: String, _ bounds: ClosedRange<Double>, _ value: OptionValue, unit: String = "",
    traits: OptionTraits = OptionTraits(), _ help: String
  ) -> OptionKey<Double> {
    key(TrainingOption(name, .number(bounds), value, unit: unit, traits: traits, help))
  }

  /// True or false.
  mutating func flag(
    _ name: String, _ value: Bool, classic: Bool? = nil, traits: OptionTraits = OptionTraits(),
    _ help: String
  ) -> OptionKey<Bool> {
    key(
      TrainingOption(
        name, .flag, .flag(value), classic: classic.map { .flag($0) }, traits: traits, help))
  }

  /// One of a few words.
  mutating func choice<Value: OptionChoice>(
    _ name: String, _ value: Value, traits: OptionTraits = OptionTraits(), _ help: String
  ) -> OptionKey<Value> {
    key(
      TrainingOption(
        name, .choice(Value.allCases.map(\.rawValue)), value.optionValue, traits: traits, help))
  }

  /// Any text.
  mutating func text(
    _ name: String, _ value: String, traits: OptionTraits = OptionTraits(), _ help: String
  ) -> OptionKey<String> {
    key(TrainingOption(name, .text, .text(value), traits: traits, help))
  }

  /// The modules that keep their weights.
  mutating func freezing(_ name: String, unit: String, _ help: String) -> OptionKey<Freezing> {
    key(TrainingOption(name, .freezing, .none, unit: unit, help))
  }

  /// An option that is known, so that its refusal can say why; no code reads it.
  mutating func refused(
    _ name: String, _ kind: TrainingOption.Kind, _ value: OptionValue, unit: String = "",
    because reason: String, _ help: String
  ) {
    options.append(
      TrainingOption(
        name, kind, value, unit: unit, support: .refused(reason), help))
  }

  /// An option that users pass by habit and that changes nothing; no code reads it.
  mutating func familiar(
    _ name: String, _ kind: TrainingOption.Kind, _ value: OptionValue, _ why: String
  ) {
    options.append(
      TrainingOption(name, kind, value, support: .noted(why), "accepted but ignored: \(why)"))
  }
}
