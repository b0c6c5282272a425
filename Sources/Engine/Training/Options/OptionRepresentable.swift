public import YOLO

/// A type that the value of a training option is read as.
public protocol OptionRepresentable: Equatable, Sendable {
  /// The value as an option holds it; nil where that is a value of another kind.
  init?(_ value: OptionValue)
  /// The value as a script or a settings file writes it.
  var optionValue: OptionValue { get }
}

extension Bool: OptionRepresentable {
  /// The truth value of a flag.
  public init?(_ value: OptionValue) {
    guard case .flag(let flag) = value else { return nil }
    self = flag
  }

  /// A flag.
  public var optionValue: OptionValue { .flag(self) }
}

extension Int: OptionRepresentable {
  /// The whole number; 3.0 is one.
  public init?(_ value: OptionValue) {
    guard let integer = value.integer else { return nil }
    self = integer
  }

  /// A whole number.
  public var optionValue: OptionValue { .integer(self) }
}

/// How many epochs a run has, or that a recipe chooses.
public enum EpochCount: OptionRepresentable {
  /// The recipe chooses.
  case auto
  /// So many.
  case count(Int)

  /// A whole number, or the word "auto" however its letters are written.
  public init?(_ value: OptionValue) {
    if case .text(let text) = value, text.lowercased() == "auto" {
      self = .auto
    } else if let integer = value.integer {
      self = .count(integer)
    } else {
      return nil
    }
  }

  /// The number or the word.
  public var optionValue: OptionValue {
    switch self {
    case .auto: .text("auto")
    case .count(let count): .integer(count)
    }
  }

  /// The number; nil where it is left to the recipe.
  public var number: Int? {
    if case .count(let count) = self { count } else { nil }
  }
}

extension UInt64: OptionRepresentable {
  /// The whole number, where it is not negative.
  public init?(_ value: OptionValue) {
    guard let integer = value.integer, integer >= 0 else { return nil }
    self = UInt64(integer)
  }

  /// A whole number.
  public var optionValue: OptionValue { .integer(Int(self)) }
}

extension Double: OptionRepresentable {
  /// The number.
  public init?(_ value: OptionValue) {
    guard let number = value.number else { return nil }
    self = number
  }

  /// A number.
  public var optionValue: OptionValue { .number(self) }
}

extension String: OptionRepresentable {
  /// The text.
  public init?(_ value: OptionValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }

  /// Text.
  public var optionValue: OptionValue { .text(self) }
}

extension Freezing: OptionRepresentable {
  /// None, a count of modules, a list of indices, or a list of names.
  public var optionValue: OptionValue {
    switch self {
    case .none: .none
    case .first(let count): .integer(count)
    case .modules(let modules): .list(modules.map { .integer($0) })
    case .names(let names): .list(names.map { .text($0) })
    }
  }
}

/// An option whose value is one of a few words: the raw values, in the order of help.
public protocol OptionChoice: OptionRepresentable, CaseIterable, RawRepresentable
where RawValue == String {}

extension OptionChoice {
  /// The case of a word, however its letters are written.
  public init?(_ value: OptionValue) {
    guard case .text(let text) = value,
      let word = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
    else { return nil }
    self = word
  }

  /// The word.
  public var optionValue: OptionValue { .text(rawValue) }
}

/// The choices of `optimizer=`.
public enum OptimizerChoice: String, OptionChoice {
  /// AdamW for short runs, SGD for long ones; see ``TrainingPlan``.
  case auto
  /// Stochastic gradient descent with Nesterov momentum.
  case sgd = "SGD"
  /// Adam.
  case adam = "Adam"
  /// AdamW.
  case adamW = "AdamW"
}

/// The choices of `cache=`.
public enum ImageCacheChoice: String, OptionChoice {
  /// The loader keeps a bounded number of decoded images.
  case none
  /// The loader keeps all decoded images in memory.
  case ram
}

/// The choices of `log=`: which other programs can read a run while it trains.
public enum LogChoice: String, OptionChoice {
  /// None but those that read the run folder.
  case none
  /// TensorBoard, by event files in the run folder.
  case tensorBoard = "tensorboard"
  /// MLflow, by a store beside the folder of the runs.
  case mlflow
  /// Both.
  case both = "tensorboard,mlflow"
}
