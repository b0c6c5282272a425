internal import Foundation

/// Reads messages in the wire format of Protocol Buffers: the fields in their order, each with its number.
struct ProtobufReader {
  /// What a field holds.
  enum Value: Equatable {
    /// A whole number.
    case varint(UInt64)
    /// Eight bytes.
    case fixed64(UInt64)
    /// Four bytes.
    case fixed32(UInt32)
    /// Bytes, a text or a message.
    case delimited(Data)
  }

  private var rest: Data

  /// A reader of one message.
  init(_ message: Data) { rest = message }

  /// All fields of a message; nil where it is damaged.
  static func fields(of message: Data) -> [(number: UInt64, value: Value)]? {
    var reader = ProtobufReader(message), fields: [(number: UInt64, value: Value)] = []
    while !reader.rest.isEmpty {
      guard let field = reader.next() else { return nil }
      fields.append(field)
    }
    return fields
  }

  private mutating func next() -> (number: UInt64, value: Value)? {
    guard let key = varint() else { return nil }
    let value: Value?
    switch key & 7 {
    case 0: value = varint().map { .varint($0) }
    case 1: value = fixed(UInt64.self).map { .fixed64($0) }
    case 2:
      guard let count = varint(), count <= UInt64(rest.count) else { return nil }
      value = .delimited(Data(rest.prefix(Int(count))))
      rest = rest.dropFirst(Int(count))
    case 5: value = fixed(UInt32.self).map { .fixed32($0) }
    default: value = nil
    }
    return value.map { (key >> 3, $0) }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func fixed<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    let count = Number.bitWidth / 8
    guard rest.count >= count else { return nil }
    let value = rest.prefix(count).reversed().reduce(Number(0)) { $0 << 8 | Number($1) }
    rest = rest.dropFirst(count)
    return value
  }
}
