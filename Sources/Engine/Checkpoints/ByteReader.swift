/// Reads little-endian numbers and pieces of bytes from front to back, and says where it stopped.
struct ByteReader {
  /// What is read.
  let bytes: Bytes
  /// The file's name, for errors.
  let file: String
  /// The archive's entry, for errors; nil where the file itself is read.
  let entry: String?
  /// Bytes from the start of `bytes`.
  var offset: Int

  init(_ bytes: Bytes, file: String, entry: String? = nil, offset: Int = 0) {
    (self.bytes, self.file, self.entry, self.offset) = (bytes, file, entry, offset)
  }

  /// Bytes not yet read.
  var available: Int { bytes.count - offset }

  /// An error at a place in this content, by default where the reader stands.
  func failure(_ problem: CheckpointError.Problem, at place: Int? = nil) -> CheckpointError {
    let place = place ?? offset
    return CheckpointError(
      file: file, place: entry.map { .entry($0, byte: place) } ?? .byte(place), problem: problem)
  }

  /// Makes sure that `count` bytes are left.
  func require(_ count: Int) throws(CheckpointError) {
    guard count >= 0 else {
      throw failure(.malformed(expected: "a length", found: "\(count)"))
    }
    guard count <= available else {
      throw failure(.truncated(needed: count, available: available))
    }
  }

  /// The next integer.
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(CheckpointError) -> T {
    try require(MemoryLayout<T>.size)
    defer { offset += MemoryLayout<T>.size }
    return bytes.integer(at: offset)
  }

  /// The next `count` bytes.
  mutating func array(_ count: Int) throws(CheckpointError) -> [UInt8] {
    try require(count)
    defer { offset += count }
    return bytes.array(offset..<offset + count)
  }

  /// The next `count` bytes as UTF-8 text.
  mutating func text(_ count: Int) throws(CheckpointError) -> String {
    let start = offset
    let content = try array(count)
    // Lone surrogates, which Python may write, become replacement characters.
    guard content.count <= 1 << 24 else {
      throw failure(.tooLarge(what: "bytes of one text", needed: count, limit: 1 << 24), at: start)
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// The bytes up to the next line feed, which is skipped, as text of at most `limit` bytes.
  mutating func line(limit: Int) throws(CheckpointError) -> String {
    var end = offset
    while end < bytes.count && end - offset <= limit && bytes[end] != 10 { end += 1 }
    guard end < bytes.count else {
      throw failure(.truncated(needed: available + 1, available: available))
    }
    guard bytes[end] == 10 else {
      throw failure(.tooLarge(what: "bytes of one line", needed: end - offset, limit: limit))
    }
    defer { offset = end + 1 }
    return try text(end - offset)
  }
}
