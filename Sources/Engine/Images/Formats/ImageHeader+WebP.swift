extension ImageHeader {
  /// Reads the sides of the first chunk (RFC 9649, 2.5 to 2.7), and the EXIF chunk of an extended file.
  init(webp bytes: [UInt8]) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, at: 12)
    reader.isLittle = true
    let name = try reader.big32()
    let length = try reader.integer32()
    switch name {
    case Self.code("VP8X"):
      let hasEXIF = try reader.byte() & 8 != 0
      try reader.skip(3)
      let width = try reader.little24() + 1, height = try reader.little24() + 1
      try self.init(.webp, width: width, height: height)
      if hasEXIF { orientation = try Self.orientation(bytes, from: 20 + length + length & 1) }
    case Self.code("VP8L"):
      guard try reader.byte() == 0x2F else { throw .damaged("its WebP data contradict themselves") }
      let bits = try reader.integer32()
      try self.init(.webp, width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    case Self.code("VP8 "):
      try reader.skip(6)
      let width = try reader.integer16() & 0x3FFF, height = try reader.integer16() & 0x3FFF
      try self.init(.webp, width: width, height: height)
    default: throw .damaged("its WebP data contradict themselves")
    }
  }

  /// The orientation that the EXIF chunk states; it stands behind the pixels, at the end of the file.
  private static func orientation(
    _ bytes: [UInt8], from start: Int
  ) throws(ImageError.Problem) -> Int {
    var reader = ByteReader(bytes, at: 0)
    reader.isLittle = true
    try reader.move(to: start)
    while reader.position + 8 <= bytes.count {
      let name = try reader.big32(), length = try reader.integer32()
      let begin = reader.position
      guard length <= bytes.count - begin else { throw .truncated }
      if name == code("EXIF") {
        return EXIF(bytes, in: begin..<begin + length)?.orientation ?? 1
      }
      try reader.move(to: min(bytes.count, begin + length + length & 1))
    }
    return 1
  }

  private static func code(_ name: String) -> Int { name.utf8.reduce(0) { $0 << 8 | Int($1) } }
}
