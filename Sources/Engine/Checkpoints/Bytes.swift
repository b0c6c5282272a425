internal import Foundation

/// A piece of memory that stays where it is, read with checked offsets.
///
/// The C library that unpacks archives needs an address that does not move; everything else goes
/// through the accessors, which trap beyond the end. Parsers check lengths before they call them.
@safe final class Bytes: @unchecked Sendable {
  // `@unchecked`: written only while it is made.

  private let memory: UnsafeMutableRawBufferPointer
  /// The number of bytes.
  let count: Int

  /// Copies some content.
  init(_ content: Data) {
    count = content.count
    unsafe memory = .allocate(byteCount: max(1, content.count), alignment: 16)
    // SAFETY: the buffer has room for `count` bytes.
    _ = unsafe content.copyBytes(to: memory)
  }

  /// Asks for `count` bytes and lets `fill` write them; nil where it says that it failed.
  ///
  /// The caller has checked `count` against what the file can hold.
  init?(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Bool) {
    self.count = count
    unsafe memory = .allocate(byteCount: max(1, count), alignment: 16)
    // SAFETY: `fill` gets exactly the bytes that were allocated.
    guard unsafe fill(UnsafeMutableRawBufferPointer(rebasing: memory[0..<count])) else {
      return nil
    }
  }

  deinit { unsafe memory.deallocate() }

  /// The first byte's address; valid while this object lives.
  @unsafe var address: UnsafeRawPointer? { unsafe UnsafeRawPointer(memory.baseAddress) }

  /// One byte.
  subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count, "byte \(offset) of \(count)")
    // SAFETY: checked above.
    return unsafe memory[offset]
  }

  /// A little-endian integer at any offset.
  func integer<T: FixedWidthInteger>(at offset: Int, as type: T.Type = T.self) -> T {
    precondition(
      offset >= 0 && offset <= count - MemoryLayout<T>.size, "integer at byte \(offset) of \(count)"
    )
    // SAFETY: checked above; integers have no invalid bit patterns.
    return unsafe T(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Some of the bytes.
  func array(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
    // SAFETY: checked above.
    return unsafe [UInt8](memory[range])
  }
}
