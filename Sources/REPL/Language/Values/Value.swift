/// What a name of a script can stand for.
///
/// Values never change; a command that "changes" a model returns a new one. Numbers are finite.
package struct Value {
  /// The kinds of value.
  package enum Content {
    case number(Double)
    case string(String)
    case bool(Bool)
    case list([Value])
    case none
    /// A dataset, a model, a run, …: something a command made.
    case object(any LanguageObject)
    /// An object that a command makes somewhere else, while the program goes on.
    case pending(any PendingValue)
  }

  /// What it is.
  package let content: Content
  /// Whether it may differ between two runs of the same script: wall time, money, memory, a path.
  ///
  /// Whatever is computed from a volatile value is volatile; reports show it and checks skip it.
  package let isVolatile: Bool

  /// Whether it or anything in it is volatile.
  package let holdsVolatile: Bool
  /// Whether it or anything in it was pending when it was made.
  package let holdsPending: Bool
  /// A measure of its memory, what its elements hold counted each time they appear.
  let size: Int
  /// How many lists stand in one another.
  let depth: Int

  /// Wraps a content.
  package init(_ content: Content, isVolatile: Bool = false) {
    (self.content, self.isVolatile) = (content, isVolatile)
    switch content {
    case .string(let string):
      (size, depth, holdsVolatile, holdsPending) = (string.utf8.count + 8, 0, isVolatile, false)
    case .list(let elements):
      var (size, depth, holds, isPending) = (16, 0, isVolatile, false)
      for element in elements {
        size += element.size
        depth = max(depth, element.depth)
        holds = holds || element.holdsVolatile
        isPending = isPending || element.holdsPending
      }
      (self.size, self.depth, holdsVolatile, holdsPending) = (size, depth + 1, holds, isPending)
    case .pending: (size, depth, holdsVolatile, holdsPending) = (8, 0, isVolatile, true)
    default: (size, depth, holdsVolatile, holdsPending) = (8, 0, isVolatile, false)
    }
  }

  /// A list with one element more, whose measures follow from those of the list before.
  init(_ elements: [Value], appendedTo base: Value) {
    content = .list(elements)
    isVolatile = base.isVolatile
    let last = elements.last ?? .none
    holdsVolatile = base.holdsVolatile || last.holdsVolatile
    holdsPending = base.holdsPending || last.holdsPending
    size = base.size + last.size
    depth = max(base.depth, last.depth + 1)
  }

  init(
    _ content: Content, isVolatile: Bool, holdsVolatile: Bool, holdsPending: Bool, size: Int,
    depth: Int
  ) {
    (self.content, self.isVolatile, self.holdsVolatile) = (content, isVolatile, holdsVolatile)
    self.holdsPending = holdsPending
    (self.size, self.depth) = (size, depth)
  }

  /// A number.
  package static func number(_ number: Double) -> Value { Value(.number(number)) }
  /// A whole number.
  package static func number(_ number: Int) -> Value { Value(.number(Double(number))) }
  /// A text.
  package static func string(_ string: String) -> Value { Value(.string(string)) }
  /// `true` or `false`.
  package static func bool(_ bool: Bool) -> Value { Value(.bool(bool)) }
  /// A list.
  package static func list(_ elements: [Value]) -> Value { Value(.list(elements)) }
  /// What a command made.
  package static func object(_ object: any LanguageObject) -> Value { Value(.object(object)) }
  /// No value.
  package static var none: Value { Value(.none) }

  /// The same value, marked as one that differs between runs.
  package var asVolatile: Value { Value(content, isVolatile: true) }

  /// The same value, volatile if `flag` or if it was so before.
  package func volatile(if flag: Bool) -> Value { flag && !isVolatile ? asVolatile : self }
}

extension Value {
  /// The number, if it is one.
  package var asNumber: Double? {
    if case .number(let number) = content { number } else { nil }
  }

  /// The number as an integer, if it is whole and below 2⁵³.
  package var asInteger: Int? {
    guard let number = asNumber, number.rounded() == number, abs(number) <= 0x1p53 else {
      return nil
    }
    return Int(number)
  }

  /// The text, if it is one.
  package var asString: String? {
    if case .string(let string) = content { string } else { nil }
  }

  /// The truth value, if it is one.
  package var asBool: Bool? {
    if case .bool(let bool) = content { bool } else { nil }
  }

  /// The elements, if it is a list.
  package var asList: [Value]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The object, if it is one of the given type.
  package func asObject<Object>(_ type: Object.Type = Object.self) -> Object? {
    if case .object(let object) = seen.content { object as? Object } else { nil }
  }

  /// Whether it is `none`.
  package var isNone: Bool {
    if case .none = content { true } else { false }
  }

  /// What kind of value it is; a list has the union of its elements' types.
  package var type: ValueType {
    switch content {
    case .number: asInteger == nil ? .number : .integer
    case .string: .string
    case .bool: .bool
    case .none: .none
    case .object(let object): .object(Swift.type(of: object).objectType.name)
    case .pending(let pending): .object(pending.objectType.name)
    case .list(let elements): .list(ValueType.union(of: elements.prefix(64).map(\.type)))
    }
  }

  /// Whether two values are the same: numbers by value, texts byte by byte, lists element by
  /// element, objects by their digests.
  ///
  /// Values of different kinds are never the same.
  package func equals(_ other: Value) -> Bool {
    switch (seen.content, other.seen.content) {
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
  package var text: String {
    switch content {
    case .string(let string): string
    case .object(let object): object.summary
    case .pending(let pending):
      pending.known?.text ?? "\(ValueType.object(pending.objectType.name)) that is not there yet"
    case .list(let elements): "[\(elements.map(\.quotedText).joined(separator: ", "))]"
    default: quotedText
    }
  }

  /// The text that would give the value again in a script; objects by their one-line summary.
  package var quotedText: String {
    switch content {
    case .number(let number): NumberFormat.shortest(number)
    case .string(let string): StringLiteral.quoted(string)
    case .bool(let bool): bool ? "true" : "false"
    case .none: "none"
    case .list, .object, .pending: text
    }
  }

  /// A text that is equal exactly for equal values, for cache keys: like `quotedText`, with the
  /// digest in the place of an object.
  package var canonical: String {
    switch content {
    case .object(let object): "\(Swift.type(of: object).objectType.name):\(object.digest)"
    case .list(let elements): "[\(elements.map(\.canonical).joined(separator: ", "))]"
    default: quotedText
    }
  }
}
