internal import Foundation

/// Writes one message of Protocol Buffers, field by field.
///
/// Source: protobuf.dev, "Encoding": a field is a key (number and wire type) and its content.
struct ProtobufWriter {
  /// The message so far.
  private(set) var data = Data()

  /// An empty message.
  init() {}

  /// A whole number.
  mutating func add(_ field: Int, _ value: Int) {
    key(field, wire: 0)
    // Negative numbers take the ten bytes of their 64-bit pattern.
    variable(UInt64(bitPattern: Int64(value)))
  }

  /// Text.
  mutating func add(_ field: Int, _ text: String) { add(field, Data(text.utf8)) }

  /// Bytes.
  mutating func add(_ field: Int, _ bytes: Data) {
    key(field, wire: 2)
    variable(UInt64(bytes.count))
    data.append(bytes)
  }

  /// A message inside this one.
  mutating func add(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    build(&inner)
    add(field, inner.data)
  }

  private mutating func key(_ field: Int, wire: Int) { variable(UInt64(field << 3 | wire)) }

  /// Seven bits a byte, least first; the eighth bit says that more follow.
  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      data.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
