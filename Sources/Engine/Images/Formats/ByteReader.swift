/// Reads numbers from a range of bytes and never beyond it.
struct ByteReader {
  private let bytes: [UInt8]
  private let range: Range<Int>
  /// Where the next byte comes from, counted in the whole array.
  private(set) var position: Int
  /// Whether ``integer16()`` and ``integer32()`` take the low byte first.
  var isLittle = false

  init(_ bytes: [UInt8], at position: Int) {
    self.init(bytes, in: min(position, bytes.count)..<bytes.count)
  }

  init(_ bytes: [UInt8], in range: Range<Int>) {
    (self.bytes, self.range, position) = (
      bytes, range.clamped(to: 0..<bytes.count), range.lowerBound
    )
  }

  mutating func byte() throws(ImageError.Problem) -> Int {
    guard range.contains(position) else { throw .truncated }
    defer { position += 1 }
    return Int(bytes[position])
  }

  mutating func skip(_ count: Int) throws(ImageError.Problem) { try move(to: position + count) }

  mutating func move(to target: Int) throws(ImageError.Problem) {
    guard target >= range.lowerBound && target <= range.upperBound else { throw .truncated }
    position = target
  }

  mutating func big16() throws(ImageError.Problem) -> Int { try byte() << 8 | byte() }
  mutating func big32() throws(ImageError.Problem) -> Int { try big16() << 16 | big16() }

  mutating func integer16() throws(ImageError.Problem) -> Int {
    let (first, second) = (try byte(), try byte())
    return isLittle ? second << 8 | first : first << 8 | second
  }

  mutating func integer32() throws(ImageError.Problem) -> Int {
    let (first, second) = (try integer16(), try integer16())
    return isLittle ? second << 16 | first : first << 16 | second
  }

  mutating func integer64() throws(ImageError.Problem) -> Int {
    let (first, second) = (try integer32(), try integer32())
    let (low, high) = isLittle ? (first, second) : (second, first)
    guard high < 1 << 31 else { throw .damaged("a number of \(high) << 32 cannot be") }
    return high << 32 | low
  }

  mutating func signed32() throws(ImageError.Problem) -> Int {
    Int(Int32(truncatingIfNeeded: try integer32()))
  }

  mutating func little24() throws(ImageError.Problem) -> Int {
    try byte() | byte() << 8 | byte() << 16
  }

  /// The next marker of a JPEG file and the content of its segment, empty for those without one.
  mutating func segment() throws(ImageError.Problem) -> (marker: Int, content: Range<Int>) {
    while try byte() != 0xFF {}
    var marker = try byte()
    while marker == 0xFF { marker = try byte() }
    // RSTn, SOI, EOI, TEM and stuffed bytes carry no length.
    if marker <= 0x01 || (0xD0...0xD9).contains(marker) { return (marker, position..<position) }
    let length = try big16()
    guard length >= 2 else { throw .damaged("a segment of \(length) bytes cannot be") }
    let start = position
    try skip(length - 2)
    return (marker, start..<position)
  }
}
