/// What the headers of a JPEG file say about its pixels.
struct JPEGTraits {
  /// Whether the colors are four printing inks, and whether they are stored inverted.
  var isCMYK = false, isInverted = false
  /// Where the compressed pixels begin.
  var pixelsBegin = 0
}

extension ImageHeader {
  /// Walks the marker segments up to the first scan (ITU-T T.81, annex B).
  init(jpeg bytes: [UInt8]) throws(ImageError.Problem) {
    var reader = ByteReader(bytes, at: 2)
    var size: (width: Int, height: Int)?
    var orientation = 1, traits = JPEGTraits()
    while true {
      let (marker, segment) = try reader.segment()
      switch marker {
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        var frame = ByteReader(bytes, in: segment)
        try frame.skip(1)
        let height = try frame.big16()
        size = (try frame.big16(), height)
        traits.isCMYK = try frame.byte() == 4
      case 0xE1:
        orientation = EXIF(bytes, in: segment, prefixed: true)?.orientation ?? orientation
      case 0xEE:
        traits.isInverted = bytes[segment].starts(with: Array("Adobe".utf8))
      case 0xDA:
        guard let size, size.width > 0, size.height > 0 else {
          throw .damaged("it has no valid size before its pixels")
        }
        try self.init(.jpeg, width: size.width, height: size.height)
        traits.pixelsBegin = segment.upperBound
        (self.orientation, jpeg) = (orientation, traits)
        return
      case 0xD9: throw .damaged("it ends before its pixels")
      default: break
      }
    }
  }
}
