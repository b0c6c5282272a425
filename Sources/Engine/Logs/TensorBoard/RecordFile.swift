package import Foundation

/// TensorFlow's record files (TFRecord): each record is its length, the masked checksum of the length, the
/// bytes, and their masked checksum; all numbers little-endian.
package enum RecordFile {
  /// A record in its frame.
  package static func framed(_ record: Data) -> Data {
    let length = bytes(of: UInt64(record.count))
    return length + bytes(of: CRC32C.masked(length)) + record + bytes(of: CRC32C.masked(record))
  }

  /// The records of a file, up to the first that is torn or damaged.
  package static func records(of content: Data) -> [Data] {
    var records: [Data] = [], rest = content[...]
    while rest.count >= 16 {
      let head = rest.prefix(8)
      let count = number(head)
      guard number(rest.dropFirst(8).prefix(4)) == UInt64(CRC32C.masked(head)),
        count <= UInt64(rest.count - 16)
      else { break }
      let record = rest.dropFirst(12).prefix(Int(count))
      let check = rest.dropFirst(12 + Int(count)).prefix(4)
      guard number(check) == UInt64(CRC32C.masked(record)) else { break }
      records.append(Data(record))
      rest = rest.dropFirst(16 + Int(count))
    }
    return records
  }

  private static func bytes<Value: FixedWidthInteger>(of value: Value) -> Data {
    Data(
      stride(from: 0, to: Value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) })
  }

  private static func number(_ bytes: Data) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
