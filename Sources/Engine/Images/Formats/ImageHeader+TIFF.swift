extension ImageHeader {
  /// Reads the sides and the orientation from the first directory (TIFF 6.0, section 3).
  ///
  /// Cameras' raw files are TIFF files whose first directory holds a preview of reduced size (tag 254,
  /// bit 0): who labels those gets a small image, or another one than other programs show.
  init(tiff bytes: [UInt8]) throws(ImageError.Problem) {
    let first = try EXIF(tiff: bytes, in: 0..<bytes.count)
    if first.numbers[EXIF.versionOfDNG] != nil || first.numbers[254, default: 0] & 1 == 1 {
      let raw = ForeignFile.raw("a camera's raw file")
      throw .foreign(kind: raw.kind, advice: raw.advice)
    }
    guard let width = first.numbers[256], let height = first.numbers[257] else {
      throw .damaged("its first directory states no size")
    }
    try self.init(.tiff, width: width, height: height)
    orientation = first.orientation ?? 1
  }
}
