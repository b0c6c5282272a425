extension ImageHeader {
  /// Reads the logical screen and the first frame's place (GIF89a, 18 to 20): where the frame reaches
  /// beyond the screen, the image does.
  init(gif bytes: [UInt8]) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, at: 6)
    reader.isLittle = true
    let width = try reader.integer16(), height = try reader.integer16()
    let flags = try reader.byte()
    try reader.skip(2 + Self.colorTable(flags))
    while true {
      switch try reader.byte() {
      case 0x2C:
        let left = try reader.integer16(), top = try reader.integer16()
        let right = left + (try reader.integer16()), bottom = top + (try reader.integer16())
        try self.init(.gif, width: max(width, right), height: max(height, bottom))
        return
      case 0x21:
        try reader.skip(1)
        while case let length = try reader.byte(), length > 0 { try reader.skip(length) }
      case 0x3B: throw .damaged("it ends before its first frame")
      case let other: throw .damaged("a block of type \(other) cannot be")
      }
    }
  }

  /// The bytes of the color table that the flags announce.
  private static func colorTable(_ flags: Int) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (flags & 7 + 1)
  }
}
