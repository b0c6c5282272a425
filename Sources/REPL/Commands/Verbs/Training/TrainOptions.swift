internal import Language
internal import Training
internal import YOLO

extension TrainingOption {
  /// The options that `train` takes: the folder of the runs is a setting of the program, and a run that was
  /// stopped has a command of its own.
  static var offered: [TrainingOption] {
    let table = OptionTable.standard
    let others = [table.resume.name, table.project.name]
    return all.filter { !others.contains($0.name) }
  }

  /// The option as a parameter of the `train` command.
  var parameter: Signature.Parameter {
    let isTitle = name == OptionTable.standard.name.name
    var parameter = Signature.Parameter(
      name, type, isTitle ? "name of the run; by default the variable it is assigned to" : help)
    parameter.unit = unit.isEmpty ? nil : unit
    parameter.defaultValue = isTitle ? nil : Constant(defaultValue)
    switch kind {
    case .integer(let bounds):
      parameter.range = .between(Double(bounds.lowerBound), Double(bounds.upperBound))
    case .count(let bounds):
      parameter.range = .between(Double(bounds.lowerBound), Double(bounds.upperBound))
      parameter.choices = ["auto"]
    case .number(let bounds) where bounds.upperBound < 1e9:
      parameter.range = .between(bounds.lowerBound, bounds.upperBound)
    case .number(let bounds): parameter.range = .atLeast(bounds.lowerBound)
    case .choice(let words): parameter.choices = words
    case .flag, .text, .freezing: break
    }
    return parameter
  }

  private var type: ValueType {
    switch kind {
    case .flag: .bool
    case .integer: .integer
    case .count: .union(of: [.integer, .string])
    case .number: .number
    case .choice, .text: .string
    case .freezing: .union(of: [.integer, .string, .list(.any), .none])
    }
  }
}

extension Constant {
  /// The default of an option.
  init?(_ value: OptionValue) {
    switch value {
    case .none: self = .none
    case .flag(let flag): self = .bool(flag)
    case .integer(let integer): self = .number(Double(integer))
    case .number(let number): self = .number(number)
    case .text(let text): self = .string(text)
    case .list: return nil
    }
  }
}

extension OptionValue {
  /// The value of the language as that of an option.
  init(_ value: Value) {
    switch value.content {
    case .bool(let flag): self = .flag(flag)
    case .number(let number): self = value.asInteger.map { .integer($0) } ?? .number(number)
    case .string(let text): self = .text(text)
    case .list(let items): self = .list(items.map { OptionValue($0) })
    case .none, .object, .pending: self = .none
    }
  }
}
