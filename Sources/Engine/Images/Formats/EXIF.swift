/// The first directory of an EXIF block or a TIFF file (TIFF 6.0, section 2; BigTIFF 2007).
struct EXIF {
  /// The numbers that stand in the directory itself, by their tag.
  private(set) var numbers: [Int: Int] = [:]

  /// How the stored rows and columns lie, tag 0x0112; nil where that is not said or invalid: a wrong
  /// tag must not cost the image.
  var orientation: Int? {
    numbers[0x0112].flatMap { (1...8).contains($0) ? $0 : nil }
  }

  /// An EXIF block, nil where it is none; it may stand behind the six bytes that JPEG puts before it.
  init?(_ bytes: [UInt8], in range: Range<Int>, prefixed: Bool = false) {
    let hasPrefix = bytes[range].starts(with: Array("Exif\0\0".utf8))
    guard hasPrefix || !prefixed else { return nil }
    let begin = range.lowerBound + (hasPrefix ? 6 : 0)
    do throws(ImageError.Problem) {
      try self.init(tiff: bytes, in: begin..<range.upperBound)
    } catch {
      return nil
    }
  }

  /// The first directory of a TIFF file that fills `range`.
  init(tiff bytes: [UInt8], in range: Range<Int>) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, in: range)
    let base = reader.position
    let order = try reader.big16()
    guard order == 0x4949 || order == 0x4D4D else { throw .damaged("it states no order of bytes") }
    reader.isLittle = order == 0x4949
    let version = try reader.integer16()
    guard version == 42 || version == 43 else { throw .damaged("its TIFF version is \(version)") }
    let isBig = version == 43
    if isBig { try reader.skip(4) }
    let directory = isBig ? try reader.integer64() : try reader.integer32()
    try reader.move(to: base + min(directory, 1 << 48))
    for _ in 0..<(isBig ? try reader.integer64() : try reader.integer16()) {
      let tag = try reader.integer16(), type = try reader.integer16()
      let count = isBig ? try reader.integer64() : try reader.integer32()
      let start = reader.position
      // Only one byte, short or long each: what is longer stands elsewhere or is no number.
      if count == 1 {
        switch type {
        case 1: numbers[tag] = try reader.byte()
        case 3: numbers[tag] = try reader.integer16()
        case 4: numbers[tag] = try reader.integer32()
        case 16 where isBig: numbers[tag] = try reader.integer64()
        default: break
        }
      } else if tag == Self.versionOfDNG {
        numbers[tag] = count
      }
      try reader.move(to: start + (isBig ? 8 : 4))
    }
  }

  /// Tag DNGVersion, four bytes, of Adobe's raw files.
  static let versionOfDNG = 50706
}
