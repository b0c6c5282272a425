/// What the beginning of an image file says.
struct ImageHeader {
  enum Format { case jpeg, png }

  let format: Format
  /// The sides as stored, before the orientation is applied; both at least 1.
  let width, height: Int
  /// How the stored rows and columns lie, EXIF 2.32, tag 0x0112: 1...8.
  let orientation: Int
  /// Whether the colors are four printing inks, and whether they are stored inverted.
  let isCMYK, isInverted: Bool
  /// Where the compressed pixels begin.
  let pixelsBegin: Int

  /// The sides as people see the image.
  var uprightSize: (width: Int, height: Int) {
    orientation >= 5 ? (height, width) : (width, height)
  }

  init(_ bytes: [UInt8]) throws(ImageError.Problem) {
    guard !bytes.isEmpty else { throw .empty }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      try self.init(jpeg: bytes)
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      try self.init(png: bytes)
    } else if [[0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]].contains(
      where: { $0.starts(with: bytes) })
    {
      throw .truncated
    } else {
      throw .unknownFormat(first: Array(bytes.prefix(8)))
    }
  }

  /// Walks the marker segments up to the first scan (ITU-T T.81, annex B).
  private init(jpeg bytes: [UInt8]) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, at: 2)
    var size: (width: Int, height: Int)?
    var orientation = 1, components = 3, isInverted = false
    while true {
      let (marker, segment) = try reader.segment()
      switch marker {
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        var frame = ByteReader(bytes, in: segment)
        try frame.skip(1)
        let height = try frame.big16()
        size = (try frame.big16(), height)
        components = try frame.byte()
      case 0xE1:
        orientation = exifOrientation(bytes, in: segment, prefix: 6) ?? orientation
      case 0xEE:
        isInverted = bytes[segment].starts(with: Array("Adobe".utf8))
      case 0xDA:
        guard let size, size.width > 0, size.height > 0 else {
          throw .damaged("it has no valid size before its pixels")
        }
        (format, width, height, self.orientation) = (.jpeg, size.width, size.height, orientation)
        (isCMYK, self.isInverted, pixelsBegin) = (components == 4, isInverted, segment.upperBound)
        return
      case 0xD9: throw .damaged("it ends before its pixels")
      default: break
      }
    }
  }

  /// Reads IHDR, then looks for eXIf among the chunks before the pixels (PNG specification, 11).
  private init(png bytes: [UInt8]) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, at: 8)
    var size = (width: 0, height: 0)
    var orientation = 1
    while true {
      let length = try reader.big32()
      let name = try reader.big32()
      guard size.width > 0 || name == 0x4948_4452 else {
        throw .damaged("it does not begin with a header of non-zero size")
      }
      guard name != 0x4944_4154 && name != 0x4945_4E44 else { break }  // IDAT, IEND
      let start = reader.position
      try reader.skip(length)
      if name == 0x4948_4452 {
        var header = ByteReader(bytes, in: start..<start + length)
        size = (try header.big32(), try header.big32())
      } else if name == 0x6558_4966 {
        orientation = exifOrientation(bytes, in: start..<start + length, prefix: 0) ?? 1
      }
      try reader.skip(4)
    }
    guard size.width < 1 << 24, size.height < 1 << 24, size.height > 0 else {
      throw .damaged("its header states \(size.width) x \(size.height) pixels")
    }
    (format, width, height, self.orientation) = (.png, size.width, size.height, orientation)
    (isCMYK, isInverted, pixelsBegin) = (false, false, reader.position)
  }
}

/// The orientation tag of an EXIF block (TIFF 6.0, section 2), or nil where it is absent or invalid: a
/// wrong tag must not cost the image.
private func exifOrientation(_ bytes: [UInt8], in range: Range<Int>, prefix: Int) -> Int? {
  if prefix > 0 && !bytes[range].starts(with: Array("Exif\0\0".utf8)) { return nil }
  var reader = ByteReader(bytes, in: range.dropFirst(prefix).startIndex..<range.upperBound)
  let base = reader.position
  do throws(ImageError.Problem) {
    let order = try reader.big16()
    guard order == 0x4949 || order == 0x4D4D else { return nil }
    reader.isLittle = order == 0x4949
    guard try reader.integer16() == 42 else { return nil }
    let directory = try reader.integer32()
    try reader.move(to: base + directory)
    for _ in 0..<(try reader.integer16()) {
      let tag = try reader.integer16(), type = try reader.integer16()
      let count = try reader.integer32(), value = try reader.integer16()
      try reader.skip(2)
      if tag == 0x0112 && type == 3 && count == 1 { return (1...8).contains(value) ? value : nil }
    }
    return nil
  } catch {
    return nil
  }
}
