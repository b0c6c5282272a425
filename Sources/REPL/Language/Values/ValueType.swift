/// The types that signatures and the checker speak of.
package indirect enum ValueType: Hashable, Sendable, CustomStringConvertible {
  /// Anything; also what is not known before the program runs.
  case any
  case number
  /// A number without a fraction.
  case integer
  case string
  case bool
  case none
  case list(ValueType)
  /// An object of the type of that name.
  case object(String)
  /// One of several; build it with `union(of:)`.
  case union([ValueType])

  /// This type or `none`.
  package var optional: ValueType { .union(of: [self, .none]) }

  /// One of the types; flat, without repetition.
  ///
  /// No types at all give `any`.
  package static func union(of types: [ValueType]) -> ValueType {
    var parts: [ValueType] = []
    for type in types.flatMap(\.alternatives) where !parts.contains(type) { parts.append(type) }
    if parts.contains(.any) || parts.isEmpty { return .any }
    if parts.contains(.number) { parts.removeAll { $0 == .integer } }
    return parts.count == 1 ? parts[0] : .union(parts)
  }

  /// The types of which this is the union; itself if it is none.
  package var alternatives: [ValueType] {
    if case .union(let parts) = self { parts } else { [self] }
  }

  /// As messages name it: "a number", "a list of Run or none".
  package var description: String {
    switch self {
    case .any: "any value"
    case .number: "a number"
    case .integer: "a whole number"
    case .string: "a string"
    case .bool: "true or false"
    case .none: "none"
    case .list(.any): "a list"
    case .list(let element): "a list of \(element.plural)"
    case .object(let name): "AEIOU".contains(name.prefix(1)) ? "an \(name)" : "a \(name)"
    case .union(let parts): Self.enumeration(parts.map(\.description))
    }
  }

  private var plural: String {
    switch self {
    case .any: "values"
    case .number: "numbers"
    case .integer: "whole numbers"
    case .string: "strings"
    case .bool: "truth values"
    case .none: "none"
    case .list: "lists"
    case .object(let name): name.hasSuffix("y") ? "\(name.dropLast())ies" : "\(name)s"
    case .union(let parts): Self.enumeration(parts.map(\.plural))
    }
  }

  /// "a, b or c".
  static func enumeration(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
  }

  /// Whether a value of type `found` may turn out to fit here.
  ///
  /// Unknown types may; a number may turn out to be whole. `serves` says whether an object type
  /// stands in for another.
  func mayAccept(_ found: ValueType, serves: (String, String) -> Bool) -> Bool {
    switch (self, found) {
    case (.any, _), (_, .any): return true
    case (_, .union(let parts)): return parts.contains { mayAccept($0, serves: serves) }
    case (.union(let parts), _): return parts.contains { $0.mayAccept(found, serves: serves) }
    case (.number, .integer), (.integer, .number): return true
    case (.list(let wanted), .list(let element)): return wanted.mayAccept(element, serves: serves)
    case (.object(let wanted), .object(let name)): return wanted == name || serves(name, wanted)
    default: return self == found
    }
  }
}

extension Value {
  /// Whether the value is of a type.
  package func isOf(_ type: ValueType) -> Bool {
    switch (type, content) {
    case (.any, _), (.number, .number), (.string, .string), (.bool, .bool), (.none, .none): true
    case (.integer, .number): asInteger != nil
    case (.list(let wanted), .list(let elements)): elements.allSatisfy { $0.isOf(wanted) }
    case (.object(let name), .object(let object)):
      Swift.type(of: object).objectType.name == name
        || Swift.type(of: object).objectType.servesAs.contains(name)
    case (.object(let name), .pending(let pending)):
      pending.objectType.name == name || pending.objectType.servesAs.contains(name)
    case (.union(let parts), _): parts.contains { isOf($0) }
    default: false
    }
  }
}
