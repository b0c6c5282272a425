extension ImageHeader {
  /// Reads IHDR, then looks for eXIf among the chunks before the pixels (PNG specification, 11).
  init(png bytes: [UInt8]) throws(ImageError.Problem) {
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
        orientation = EXIF(bytes, in: start..<start + length)?.orientation ?? 1
      }
      try reader.skip(4)
    }
    try self.init(.png, width: size.width, height: size.height)
    self.orientation = orientation
  }
}
