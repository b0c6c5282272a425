/// The checksum of TensorFlow's record files: CRC-32C (Castagnoli; RFC 3720, appendix B.4), masked.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The checksum of some bytes.
  package static func value(of bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~UInt32(0)) { crc, byte in
      table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
    }
  }

  /// The checksum as records hold it: a checksum of bytes that hold checksums is weak, so it is rotated
  /// and moved (TensorFlow, core/lib/hash/crc32c.h).
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = value(of: bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
