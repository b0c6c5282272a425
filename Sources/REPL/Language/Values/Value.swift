/// What a name of a script can stand for.
///
/// Values never change; a command that "changes" a model returns a new one. Numbers are finite.
public struct Value {
  /// The kinds of value.
  public enum Content {
    case number(Double)
    case string(String)
    case bool(Bool)
    case list([Value])
    case none
    /// A dataset, a model, a run, …: something a command made.
    case object(any LanguageObject)
  }

  /// What it is.
  public let content: Content
  /// Whether it may differ between two runs of the same script: wall time, money, memory, a path.
  ///
  /// Whatever is computed from a volatile value is volatile; reports show it and checks skip it.
  public let isVolatile: Bool

  /// Whether it or anything in it is volatile.
  public let holdsVolatile: Bool
  /// A measure of its memory, what its elements hold counted each time they appear.
  let size: Int
  /// How many lists stand in one another.
  let depth: Int

  /// Wraps a content.
  public init(_ content: Content, isVolatile: Bool = false) {
    (self.content, self.isVolatile) = (content, isVolatile)
    switch content {
    case .string(let string): (size, depth, holdsVolatile) = (string.utf8.count + 8, 0, isVolatile)
    case .list(let elements):
      var (size, depth, holds) = (16, 0, isVolatile)
      for element in elements {
        size += element.size
        depth = max(depth, element.depth)
        holds = holds || element.holdsVolatile
      }
      (self.size, self.depth, holdsVolatile) = (size, depth + 1, holds)
    default: (size, depth, holdsVolatile) = (8, 0, isVolatile)
    }
  }

  /// A list with one element more, whose measures follow from those of the list before.
  init(_ elements: [Value], appendedTo base: Value) {
    content = .list(elements)
    isVolatile = base.isVolatile
    let last = elements.last ?? .none
    holdsVolatile = base.holdsVolatile || last.holdsVolatile
    size = base.size + last.size
    depth = max(base.depth, last.depth + 1)
  }

  init(_ content: Content, isVolatile: Bool, holdsVolatile: Bool, size: Int, depth: Int) {
    (self.content, self.isVolatile, self.holdsVolatile) = (content, isVolatile, holdsVolatile)
    (self.size, self.depth) = (size, depth)
  }

  /// A number.
  public static func number(_ number: Double) -> Value { Value(.number(number)) }
  /// A whole number.
  public static func number(_ number: Int) -> Value { Value(.number(Double(number))) }
  /// A text.
  public static func string(_ string: String) -> Value { Value(.string(string)) }
  /// `true` or `false`.
  public static func bool(_ bool: Bool) -> Value { Value(.bool(bool)) }
  /// A list.
  public static func list(_ elements: [Value]) -> Value { Value(.list(elements)) }
  /// What a command made.
  public static func object(_ object: any LanguageObject) -> Value { Value(.object(object)) }
  /// No value.
  public static var none: Value { Value(.none) }

  /// The same value, marked as one that differs between runs.
  public var asVolatile: Value { Value(content, isVolatile: true) }

  /// The same value, volatile if `flag` or if it was so before.
  public func volatile(if flag: Bool) -> Value { flag && !isVolatile ? asVolatile : self }
}

extension Value {
  /// The number, if it is one.
  public var asNumber: Double? {
    if case .number(let number) = content { number } else { nil }
  }

  /// The number as an integer, if it is whole and below 2⁵³.
  public var asInteger: Int? {
    guard let number = asNumber, number.rounded() == number, abs(number) <= 0x1p53 else {
      return nil
    }
    return Int(number)
  }

  /// The text, if it is one.
  public var asString: String? {
    if case .string(let string) = content { string } else { nil }
  }

  /// The truth value, if it is one.
  public var asBool: Bool? {
    if case .bool(let bool) = content { bool } else { nil }
  }

  /// The elements, if it is a list.
  public var asList: [Value]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The object, if it is one of the given type.
  public func asObject<Object>(_ type: Object.Type = Object.self) -> Object? {
    if case .object(let object) = content { object as? Object } else { nil }
  }

  /// Whether it is `none`.
  public var isNone: Bool {
    if case .none = content { true } else { false }
  }

  /// What kind of value it is; a list has the union of its elements' types.
  public var type: ValueType {
    switch content {
    case .number: asInteger == nil ? .number : .integer
    case .string: .string
    case .bool: .bool
    case .none: .none
    case .object(let object): .object(Swift.type(of: object).objectType.name)
    case .list(let elements): .list(ValueType.union(of: elements.prefix(64).map(\.type)))
    }
  }

  /// Whether two values are the same: numbers by value, texts byte by byte, lists element by
  /// element, objects by their digests.
  ///
  /// Values of different kinds are never the same.
  public func equals(_ other: Value) -> Bool {
    switch (content, other.content) {
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bool(let a), .bool(let b)): a == b
    case (.none, .none): true
    case (.list(let a), .list(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.object(let a), .object(let b)):
      Swift.type(of: a).objectType.name == Swift.type(of: b).objectType.name
        && a.digest == b.digest
    default: false
    }
  }

  /// The text that stands for it in prose and in `{…}`: numbers in their shortest exact form, texts
  /// without quotes, objects by their one-line summary.
  public var text: String {
    switch content {
    case .string(let string): string
    case .object(let object): object.summary
    case .list(let elements): "[\(elements.map(\.quotedText).joined(separator: ", "))]"
    default: quotedText
    }
  }

  /// The text that would give the value again in a script; objects by their one-line summary.
  public var quotedText: String {
    switch content {
    case .number(let number): NumberFormat.shortest(number)
    case .string(let string): StringLiteral.quoted(string)
    case .bool(let bool): bool ? "true" : "false"
    case .none: "none"
    case .list, .object: text
    }
  }

  /// A text that is equal exactly for equal values, for cache keys: like `quotedText`, with the
  /// digest in the place of an object.
  public var canonical: String {
    switch content {
    case .object(let object): "\(Swift.type(of: object).objectType.name):\(object.digest)"
    case .list(let elements): "[\(elements.map(\.canonical).joined(separator: ", "))]"
    default: quotedText
    }
  }
}
