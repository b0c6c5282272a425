/// A function of the language, called as `name(…)`.
package struct Builtin: Sendable {
  /// Its name.
  package let name: String
  /// What it takes; a type that is `optional` may be left out.
  package let parameters: [ValueType]
  /// What it returns.
  package let result: ValueType
  /// One line for help.
  package let summary: String
  let code: @Sendable ([Value]) throws(Diagnostic) -> Value.Content

  private init(
    _ name: String, _ parameters: [ValueType], _ result: ValueType, _ summary: String,
    _ code: @escaping @Sendable ([Value]) throws(Diagnostic) -> Value.Content
  ) {
    (self.name, self.parameters, self.result) = (name, parameters, result)
    (self.summary, self.code) = (summary, code)
  }

  /// Whether it looks at a list and not at what the list holds, so that nothing in it is waited for.
  var takesPending: Bool { ["len", "reversed", "type"].contains(name) }

  /// How many arguments must be given.
  var required: Int { parameters.count { !$0.alternatives.contains(.none) } }

  /// The function of a name.
  package static func named(_ name: String) -> Builtin? { index[name] }

  private static let index = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Calls it with arguments of the right number; the result is volatile if one of them is.
  func call(_ arguments: [Value]) throws(Diagnostic) -> Value {
    for (index, (argument, type)) in zip(arguments, parameters).enumerated()
    where !argument.isOf(type) {
      let place = parameters.count > 1 ? " as argument \(index + 1)" : ""
      throw Diagnostic("'\(name)' expects \(type)\(place), found \(argument.type)")
    }
    let result = Value(try code(arguments))
    return result.volatile(if: arguments.contains { $0.holdsVolatile })
  }

  /// All functions, by name.
  package static let all: [Builtin] = (onNumbers + onLists + onTexts).sorted { $0.name < $1.name }

  private static func rounding(_ name: String, _ summary: String, _ rule: FloatingPointRoundingRule)
    -> Builtin
  {
    Builtin(name, [.number], .integer, summary) { (values) throws(Diagnostic) in
      .number((values[0].asNumber ?? 0).rounded(rule))
    }
  }

  private static let onNumbers: [Builtin] = [
    Builtin("abs", [.number], .number, "the number without its sign") {
      (values) throws(Diagnostic) in .number(abs(values[0].asNumber ?? 0))
    },
    rounding("ceil", "the next whole number above", .up),
    rounding("floor", "the next whole number below", .down),
    Builtin(
      "round", [.number, .integer.optional], .number,
      "rounded to so many decimal places (0), a half to the even digit"
    ) { (values) throws(Diagnostic) in
      let number = values[0].asNumber ?? 0
      let places = values.count > 1 ? values[1].asInteger ?? 0 : 0
      guard (0...100).contains(places) else {
        throw Diagnostic("'round' accepts 0 to 100 decimal places, found \(places)")
      }
      let text = ExactDecimal(abs(number)).fixed(places)
      return .number((Double(text) ?? 0) * (number < 0 ? -1 : 1))
    },
    Builtin("sqrt", [.number], .number, "the square root") { (values) throws(Diagnostic) in
      let number = values[0].asNumber ?? 0
      guard number >= 0 else { throw Diagnostic("a negative number has no square root") }
      return .number(number.squareRoot())
    },
    Builtin(
      "range", [.integer, .integer.optional, .integer.optional], .list(.integer),
      "range(3) is [0, 1, 2], range(1, 4) is [1, 2, 3], range(0, 10, 5) is [0, 5]"
    ) { (values) throws(Diagnostic) in
      let numbers = values.compactMap(\.asInteger)
      let (start, end) = numbers.count > 1 ? (numbers[0], numbers[1]) : (0, numbers.first ?? 0)
      let step = numbers.count > 2 ? numbers[2] : 1
      guard step != 0 else { throw Diagnostic("'range' cannot step by 0") }
      guard (end - start) / step <= Interpreter.Limits.standard.listCount else {
        throw Diagnostic(
          "this list would be longer than \(Interpreter.Limits.standard.listCount) elements")
      }
      return .list(stride(from: start, to: end, by: step).map { .number($0) })
    },
  ]

  private static func onNumbersOfList(
    _ name: String, _ summary: String, _ code: @escaping @Sendable ([Double]) -> Double
  ) -> Builtin {
    Builtin(name, [.list(.number)], .number, summary) { (values) throws(Diagnostic) in
      let numbers = (values[0].asList ?? []).compactMap(\.asNumber)
      guard !numbers.isEmpty || name == "sum" else {
        throw Diagnostic("'\(name)' of an empty list")
      }
      let result = code(numbers)
      guard result.isFinite else { throw Diagnostic("the result of '\(name)' is too large") }
      return .number(result)
    }
  }

  private static let onLists: [Builtin] = [
    Builtin(
      "len", [.union([.list(.any), .string])], .integer, "the number of elements or characters"
    ) {
      (values) throws(Diagnostic) in
      .number(Double(values[0].asList?.count ?? values[0].asString?.count ?? 0))
    },
    onNumbersOfList("min", "the smallest number of a list") { $0.reduce(.infinity, Swift.min) },
    onNumbersOfList("max", "the largest number of a list") { $0.reduce(-.infinity, Swift.max) },
    onNumbersOfList("sum", "the sum of a list, added from the front") { $0.reduce(0, +) },
    onNumbersOfList("mean", "the mean of a list") { $0.reduce(0, +) / Double($0.count) },
    onNumbersOfList("median", "the middle of a list, the mean of both middles if even") {
      let sorted = $0.sorted()
      let half = sorted.count / 2
      return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    },
    Builtin("reversed", [.list(.any)], .list(.any), "the list from its end") {
      (values) throws(Diagnostic) in .list((values[0].asList ?? []).reversed())
    },
    Builtin("sorted", [.list(.any)], .list(.any), "the list, smallest number or string first") {
      (values) throws(Diagnostic) in
      let elements = values[0].asList ?? []
      let areNumbers = elements.allSatisfy { $0.asNumber != nil }
      guard areNumbers || elements.allSatisfy({ $0.asString != nil }) else {
        throw Diagnostic("'sorted' accepts only numbers or only strings")
      }
      return .list(
        elements.sorted {
          areNumbers
            ? ($0.asNumber ?? 0) < ($1.asNumber ?? 0)
            : ($0.asString ?? "").utf8.lexicographicallyPrecedes(($1.asString ?? "").utf8)
        })
    },
  ]

  private static let onTexts: [Builtin] = [
    Builtin("join", [.list(.any), .string.optional], .string, "the texts of a list, joined") {
      (values) throws(Diagnostic) in
      let separator = values.count > 1 ? values[1].asString ?? "" : ""
      let list = values[0].asList ?? []
      let limit = Interpreter.Limits.standard.valueSize
      guard separator.utf8.count * list.count < limit else {
        throw Diagnostic("the result of 'join' is too long")
      }
      return .string(list.map(\.text).joined(separator: separator))
    },
    Builtin("split", [.string, .string], .list(.string), "the parts of a text between separators") {
      (values) throws(Diagnostic) in
      let separator = values[1].asString ?? ""
      guard !separator.isEmpty else { throw Diagnostic("'split' needs a separator") }
      return .list(
        (values[0].asString ?? "").split(
          separator: separator, omittingEmptySubsequences: false
        ).map { .string(String($0)) })
    },
    Builtin("lower", [.string], .string, "the text in lower case") {
      (values) throws(Diagnostic) in .string((values[0].asString ?? "").lowercased())
    },
    Builtin("upper", [.string], .string, "the text in upper case") {
      (values) throws(Diagnostic) in .string((values[0].asString ?? "").uppercased())
    },
    Builtin("text", [.any], .string, "the value as text") {
      (values) throws(Diagnostic) in .string(values[0].text)
    },
    Builtin("number", [.union([.string, .number])], .number, "the number in a text") {
      (values) throws(Diagnostic) in
      if let number = values[0].asNumber { return .number(number) }
      let text = values[0].asString ?? ""
      guard text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }),
        let number = Double(text), number.isFinite
      else { throw Diagnostic("\(StringLiteral.quoted(text)) is not a number") }
      return .number(number)
    },
    Builtin("type", [.any], .string, "the name of the value's type") {
      (values) throws(Diagnostic) in
      switch values[0].seen.content {
      case .number: return .string("number")
      case .string: return .string("string")
      case .bool: return .string("bool")
      case .list: return .string("list")
      case .none: return .string("none")
      case .object(let object): return .string(Swift.type(of: object).objectType.name)
      case .pending(let pending): return .string(pending.objectType.name)
      }
    },
  ]
}
