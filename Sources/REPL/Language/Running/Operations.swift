/// What the operators do with values.
enum Operations {
  static func apply(_ symbol: UnaryOperator, _ operand: Value) throws(Diagnostic) -> Value {
    switch (symbol, operand.content) {
    case (.minus, .number(let number)):
      return Value(.number(-number), isVolatile: operand.isVolatile)
    case (.not, .bool(let bool)): return Value(.bool(!bool), isVolatile: operand.isVolatile)
    case (.minus, _): throw Diagnostic("'-' needs a number, found \(operand.type)")
    case (.not, _): throw Diagnostic("'not' needs true or false, found \(operand.type)")
    }
  }

  /// Both operands are evaluated already; `and` and `or` are decided before that.
  static func apply(_ symbol: BinaryOperator, _ left: Value, _ right: Value)
    throws(Diagnostic) -> Value
  {
    let content: Value.Content
    switch symbol {
    case .equal: content = .bool(left.equals(right))
    case .unequal: content = .bool(!left.equals(right))
    case .isIn: content = .bool(try contains(right, left))
    case .isNotIn: content = .bool(!(try contains(right, left)))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      content = .bool(try compare(symbol, left, right))
    default: content = try arithmetic(symbol, left, right)
    }
    return Value(content, isVolatile: left.holdsVolatile || right.holdsVolatile)
  }

  private static func contains(_ whole: Value, _ part: Value) throws(Diagnostic) -> Bool {
    switch (whole.content, part.content) {
    case (.list(let elements), _): return elements.contains { $0.equals(part) }
    case (.string(let text), .string(let word)):
      return word.isEmpty || text.firstRange(of: word) != nil
    default:
      throw Diagnostic("'in' searches a list or a string, found \(whole.type)")
    }
  }

  private static func compare(_ symbol: BinaryOperator, _ left: Value, _ right: Value)
    throws(Diagnostic) -> Bool
  {
    let (isLess, isEqual): (Bool, Bool)
    switch (left.content, right.content) {
    case (.number(let a), .number(let b)): (isLess, isEqual) = (a < b, a == b)
    case (.string(let a), .string(let b)):
      (isLess, isEqual) = (a.utf8.lexicographicallyPrecedes(b.utf8), left.equals(right))
    default:
      throw Diagnostic(
        "'\(symbol.rawValue)' compares two numbers or two strings, found \(left.type) and \(right.type)"
      )
    }
    return switch symbol {
    case .less: isLess
    case .lessOrEqual: isLess || isEqual
    case .greater: !isLess && !isEqual
    default: !isLess
    }
  }

  private static func arithmetic(_ symbol: BinaryOperator, _ left: Value, _ right: Value)
    throws(Diagnostic) -> Value.Content
  {
    switch (symbol, left.content, right.content) {
    case (.plus, .string(let a), .string(let b)): return .string(a + b)
    case (.plus, .list(let a), .list(let b)): return .list(a + b)
    case (_, .number(let a), .number(let b)):
      let result = try compute(symbol, a, b)
      guard result.isFinite else {
        throw Diagnostic("the result of '\(symbol.rawValue)' is too large")
      }
      return .number(result)
    case (.plus, .string, _), (.plus, _, .string):
      throw Diagnostic(
        "'+' joins a string only with a string, found \(left.type) and \(right.type)",
        hint: "put values into a string with braces: \"{value}\"")
    case (.plus, .list, _):
      throw Diagnostic(
        "'+' joins a list only with a list, found \(right.type)",
        hint: "'list += element' appends one element")
    default:
      throw Diagnostic(
        "'\(symbol.rawValue)' needs two numbers, found \(left.type) and \(right.type)")
    }
  }

  private static func compute(_ symbol: BinaryOperator, _ a: Double, _ b: Double)
    throws(Diagnostic) -> Double
  {
    switch symbol {
    case .plus: return a + b
    case .minus: return a - b
    case .times: return a * b
    case .divided:
      guard b != 0 else { throw Diagnostic("division by zero") }
      return a / b
    case .modulo:
      guard b != 0 else { throw Diagnostic("division by zero") }
      let rest = a.truncatingRemainder(dividingBy: b)
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    default: return try power(a, b)
    }
  }

  /// Whole exponents only, by repeated squaring: the same bits on every machine.
  private static func power(_ base: Double, _ exponent: Double) throws(Diagnostic) -> Double {
    guard exponent.rounded() == exponent, abs(exponent) <= 1024 else {
      throw Diagnostic(
        "'**' needs a whole exponent between -1024 and 1024",
        hint: exponent == 0.5 ? "write sqrt(…)" : nil)
    }
    guard base != 0 || exponent >= 0 else { throw Diagnostic("division by zero") }
    var (result, square, rest) = (1.0, base, Int(abs(exponent)))
    while rest > 0 {
      if rest % 2 == 1 { result *= square }
      square *= square
      rest /= 2
    }
    return exponent < 0 ? 1 / result : result
  }

  /// The element at a place counted from 0, or from the end where it is negative.
  static func element(of base: Value, at index: Value) throws(Diagnostic) -> Value {
    guard let list = base.asList else {
      throw Diagnostic("only lists have elements, found \(base.type)")
    }
    guard let place = index.asInteger else {
      throw Diagnostic("an index is a whole number, found \(index.quotedText)")
    }
    guard list.indices.contains(place < 0 ? place + list.count : place) else {
      let range =
        list.isEmpty ? "the list is empty" : "it has \(list.count), the last is \(list.count - 1)"
      throw Diagnostic("there is no element \(place): \(range)")
    }
    return list[place < 0 ? place + list.count : place].volatile(
      if: base.isVolatile || index.isVolatile)
  }
}
