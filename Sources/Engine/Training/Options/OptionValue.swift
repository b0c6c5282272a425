/// The value of a training option, as a script or a settings file can write it.
public enum OptionValue: Codable, Equatable, Sendable, CustomStringConvertible {
  /// Nothing chosen.
  case none
  /// True or false.
  case flag(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// Text.
  case text(String)
  /// Several values.
  case list([OptionValue])

  /// The value as YAML writes it on one line.
  public var description: String {
    switch self {
    case .none: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): "\(number)"
    case .text(let text): text
    case .list(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
    }
  }

  /// The value as a number, where it is one.
  public var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  /// The value as a whole number, where it is one; 3.0 is.
  public var integer: Int? {
    switch self {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }
}
