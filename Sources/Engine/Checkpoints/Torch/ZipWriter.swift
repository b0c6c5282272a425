package import Foundation

/// Writes a zip archive of entries stored without compression, each beginning at a multiple of 64 bytes
/// as torch has it, so that it can be mapped into memory.
///
/// No clock is read: the same entries give the same bytes. Source: PKWARE's APPNOTE.TXT, sections 4.3
/// and 4.5.
package struct ZipWriter {
  private var content = Data()
  private var directory = Data()
  private var count = 0
  /// Multiples at which entries begin.
  private static let alignment = 64
  /// Midnight of 1 January 1980, the first date there is.
  private static let date: UInt32 = 1 << 21 | 1 << 16

  /// An archive without entries.
  package init() {}

  /// Appends an entry.
  ///
  /// Archive and entry must stay below 4 GiB; writers check that beforehand.
  package mutating func add(_ name: String, _ bytes: [UInt8]) {
    let start = content.count
    let header = 30 + name.utf8.count + 4
    let padding =
      (ZipWriter.alignment - (start + header) % ZipWriter.alignment) % ZipWriter.alignment
    let checksum = ZipWriter.checksum(bytes)
    var common = Data()
    common.append(UInt16(20))  // version needed
    common.append(UInt16(0x800))  // names are UTF-8
    common.append(UInt16(0))  // stored
    common.append(ZipWriter.date)
    common.append(checksum)
    common.append(UInt32(bytes.count))
    common.append(UInt32(bytes.count))
    common.append(UInt16(name.utf8.count))

    content.append(UInt32(0x0403_4B50))
    content.append(common)
    content.append(UInt16(4 + padding))
    content.append(contentsOf: name.utf8)
    // An extra field of the kind torch uses for padding, "FB".
    content.append(UInt16(0x4246))
    content.append(UInt16(padding))
    content.append(contentsOf: [UInt8](repeating: 0x5A, count: padding))
    content.append(contentsOf: bytes)

    directory.append(UInt32(0x0201_4B50))
    directory.append(UInt16(20))
    directory.append(common)
    // Extra field, comment, disk, internal and external attributes: none.
    directory.append(contentsOf: [UInt8](repeating: 0, count: 12))
    directory.append(UInt32(start))
    directory.append(contentsOf: name.utf8)
    count += 1
  }

  /// The whole archive.
  package func finish() -> Data {
    var result = content
    result.append(directory)
    result.append(UInt32(0x0605_4B50))
    result.append(UInt32(0))
    result.append(UInt16(count))
    result.append(UInt16(count))
    result.append(UInt32(directory.count))
    result.append(UInt32(content.count))
    result.append(UInt16(0))
    return result
  }

  /// CRC-32 as zip has it: polynomial 0xEDB88320, reflected.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var table: [UInt32] = []
    for byte in UInt32(0)..<256 {
      var value = byte
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
      table.append(value)
    }
    var sum = UInt32.max
    for byte in bytes { sum = (sum >> 8) ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    return ~sum
  }
}

extension Data {
  /// Appends an integer, least byte first.
  fileprivate mutating func append<T: FixedWidthInteger>(_ number: T) {
    for byte in 0..<MemoryLayout<T>.size {
      append(UInt8(truncatingIfNeeded: number >> T(8 * byte)))
    }
  }
}
