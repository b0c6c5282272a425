/// A value of JSON (RFC 8259) in which nothing is lost: members keep their order, numbers their digits.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as it is written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// A whole number.
  package static func number(_ number: Int) -> JSONValue { .number(String(number)) }

  /// A list of texts.
  package static func strings(_ texts: [String]) -> JSONValue {
    .array(texts.map(JSONValue.string))
  }

  /// An object without members.
  package static var emptyObject: JSONValue { .object(JSONObject()) }
}

extension JSONValue {
  /// The text, if it is one.
  package var asString: String? { if case .string(let text) = self { text } else { nil } }

  /// The whole number, if it is one that fits.
  package var asInt: Int? { if case .number(let text) = self { Int(text) } else { nil } }

  /// The truth value, if it is one.
  package var asBool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  /// The elements, if it is an array.
  package var asArray: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The object, if it is one.
  package var asObject: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The member of an object; nil where it is none or has no such member.
  package subscript(_ key: String) -> JSONValue? { asObject?[key] }

  /// The text that an array of texts makes together, or the text itself; nil for anything else.
  package var joinedText: String? {
    if let text = asString { return text }
    guard let parts = asArray else { return nil }
    var text = ""
    for part in parts {
      guard let piece = part.asString else { return nil }
      text += piece
    }
    return text
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A truth value.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  package init(integerLiteral value: Int) { self = .number(value) }
  /// An array.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
  }
}

/// The members of an object in their order.
package struct JSONObject: Equatable, Sendable {
  /// One member.
  package struct Member: Equatable, Sendable {
    /// Its name.
    package var key: String
    /// Its value.
    package var value: JSONValue

    /// One member.
    package init(key: String, value: JSONValue) { (self.key, self.value) = (key, value) }
  }

  /// The members as they stand; of several with one name the last counts.
  package private(set) var members: [Member]

  /// An object of members.
  package init(_ members: [Member] = []) { self.members = members }

  /// The value of a member; setting nil removes it.
  package subscript(_ key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        return
      }
      if let place = members.lastIndex(where: { $0.key == key }) {
        members[place].value = newValue
      } else {
        members.append(Member(key: key, value: newValue))
      }
    }
  }

  /// Whether it has no member.
  package var isEmpty: Bool { members.isEmpty }

  /// The members in the order of their names' code points, each name once.
  package var sorted: [Member] {
    var values: [String: JSONValue] = [:]
    for member in members { values[member.key] = member.value }
    return values.map { Member(key: $0.key, value: $0.value) }
      .sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
  }

  /// Equal members, in whatever order.
  package static func == (a: JSONObject, b: JSONObject) -> Bool {
    let (left, right) = (a.sorted, b.sorted)
    return left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
  }
}
