/// What keeps a text from being JSON.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Bytes before the place.
  package let offset: Int
  /// What is wrong there.
  package let problem: String

  /// A problem in its place.
  package init(offset: Int, problem: String) { (self.offset, self.problem) = (offset, problem) }

  /// Place and problem on one line.
  package var description: String { "byte \(offset): \(problem)" }
}

/// Reads JSON (RFC 8259).
///
/// Total: any bytes are a value or an error. Half of a surrogate pair, which no text can hold, becomes U+FFFD.
package struct JSONReader {
  /// How deeply arrays and objects may stand in one another.
  static let depthLimit = 500

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a whole text.
  ///
  /// - Parameter bytes: The text in UTF-8; a byte order mark at its start is passed over.
  /// - Returns: The value.
  /// - Throws: ``JSONError`` with the first place that is wrong.
  package static func value(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
    let value = try reader.readValue()
    reader.skipBlanks()
    guard reader.position == bytes.count else {
      throw reader.error("unexpected text after the value")
    }
    return value
  }

  /// Reads a whole text.
  ///
  /// - Throws: ``JSONError`` with the first place that is wrong.
  package static func value(_ text: String) throws(JSONError) -> JSONValue {
    try value(Array(text.utf8))
  }

  private func error(_ problem: String, at offset: Int? = nil) -> JSONError {
    JSONError(offset: offset ?? position, problem: problem)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func readValue() throws(JSONError) -> JSONValue {
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return try readNested()
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return try readNumber()
    case .some: throw error("expected a value")
    case .none: throw error("the text ends where a value is expected")
    }
  }

  private mutating func readNested() throws(JSONError) -> JSONValue {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw error("values are nested more than \(Self.depthLimit) deep")
    }
    let value = try current == UInt8(ascii: "{") ? readObject() : readArray()
    depth -= 1
    return value
  }

  private mutating func accept(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func readObject() throws(JSONError) -> JSONValue {
    var members: [JSONObject.Member] = []
    position += 1
    skipBlanks()
    if accept(UInt8(ascii: "}")) { return .object(JSONObject()) }
    repeat {
      skipBlanks()
      guard current == UInt8(ascii: "\"") else { throw error("expected a member name") }
      let key = try readString()
      skipBlanks()
      guard accept(UInt8(ascii: ":")) else { throw error("expected ':' after a name") }
      members.append(JSONObject.Member(key: key, value: try readValue()))
      skipBlanks()
    } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
    return .object(JSONObject(members))
  }

  private mutating func readArray() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    position += 1
    skipBlanks()
    if accept(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try readValue())
      skipBlanks()
    } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
    return .array(elements)
  }

  private mutating func readWord(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue
  {
    guard bytes[position...].starts(with: word.utf8) else { throw error("expected a value") }
    position += word.utf8.count
    return value
  }

  // MARK: Numbers

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private mutating func digits() throws(JSONError) {
    guard let byte = current, Self.isDigit(byte) else { throw error("expected a digit") }
    while let byte = current, Self.isDigit(byte) { position += 1 }
  }

  private mutating func readNumber() throws(JSONError) -> JSONValue {
    let start = position
    _ = accept(UInt8(ascii: "-"))
    if !accept(UInt8(ascii: "0")) { try digits() }
    if accept(UInt8(ascii: ".")) { try digits() }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !accept(UInt8(ascii: "+")) { _ = accept(UInt8(ascii: "-")) }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  // MARK: Texts

  private mutating func readString() throws(JSONError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    var plain = position
    while true {
      guard let byte = current else { throw error("this string is never closed", at: start) }
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[plain..<position]
        position += 1
        guard let result = String(validating: text, as: UTF8.self) else {
          throw error("this text is not UTF-8", at: start)
        }
        return result
      case UInt8(ascii: "\\"):
        text += bytes[plain..<position]
        position += 1
        try readEscape(into: &text)
        plain = position
      case 0..<0x20: throw error("control character in a string")
      default: position += 1
      }
    }
  }

  private mutating func readEscape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw error("the text ends in an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      let scalar = try readScalar()
      text += Array(String(scalar).utf8)
    default: throw error("unknown escape", at: position - 2)
    }
  }

  /// The scalar of one `\u`, or of two that are a surrogate pair.
  private mutating func readScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try readUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) else {
      return "\u{FFFD}"
    }
    let before = position
    position += 2
    let second = try readUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else {
      position = before
      return "\u{FFFD}"
    }
    return scalar
  }

  private mutating func readUnit() throws(JSONError) -> UInt32 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after '\\u'") }
    position += 4
    return unit
  }
}
