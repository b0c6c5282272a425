internal import Foundation

/// Writes messages in the wire format of Protocol Buffers, field by field.
struct ProtobufWriter {
  /// The message so far.
  private(set) var bytes = Data()

  private enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  /// The message that `body` writes.
  static func message(_ body: (inout ProtobufWriter) -> Void) -> Data {
    var writer = ProtobufWriter()
    body(&writer)
    return writer.bytes
  }

  /// A whole number; a negative one takes ten bytes, as int64 does.
  mutating func integer(_ field: UInt64, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A number of 64 bits.
  mutating func double(_ field: UInt64, _ value: Double) {
    key(field, .fixed64)
    fixed(value.bitPattern)
  }

  /// A number of 32 bits.
  mutating func float(_ field: UInt64, _ value: Float) {
    key(field, .fixed32)
    fixed(value.bitPattern)
  }

  /// Bytes.
  mutating func data(_ field: UInt64, _ value: Data) {
    key(field, .delimited)
    varint(UInt64(value.count))
    bytes.append(value)
  }

  /// Text.
  mutating func text(_ field: UInt64, _ value: String) { data(field, Data(value.utf8)) }

  /// A message within the message.
  mutating func message(_ field: UInt64, _ body: (inout ProtobufWriter) -> Void) {
    data(field, Self.message(body))
  }

  private mutating func key(_ field: UInt64, _ wire: Wire) { varint(field << 3 | wire.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func fixed<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
