/// A value that is known without running anything: a default, a literal.
package indirect enum Constant: Hashable, Sendable {
  case number(Double)
  case string(String)
  case bool(Bool)
  case list([Constant])
  case none

  /// The value.
  package var value: Value {
    switch self {
    case .number(let number): .number(number)
    case .string(let string): .string(string)
    case .bool(let bool): .bool(bool)
    case .list(let elements): .list(elements.map(\.value))
    case .none: .none
    }
  }

  /// The constant of a value, or nil if it holds an object or is volatile.
  package init?(_ value: Value) {
    if value.isVolatile { return nil }
    switch value.content {
    case .number(let number): self = .number(number)
    case .string(let string): self = .string(string)
    case .bool(let bool): self = .bool(bool)
    case .none: self = .none
    case .object, .pending: return nil
    case .list(let elements):
      var constants: [Constant] = []
      for element in elements {
        guard let constant = Constant(element) else { return nil }
        constants.append(constant)
      }
      self = .list(constants)
    }
  }
}

extension Constant: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  /// A number.
  package init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A truth value.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list.
  package init(arrayLiteral elements: Constant...) { self = .list(elements) }
}
