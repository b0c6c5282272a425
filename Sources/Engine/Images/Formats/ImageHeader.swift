/// What the beginning of an image file says.
struct ImageHeader {
  let format: ImageFormat
  /// The sides as stored, before the orientation is applied; both at least 1.
  let width, height: Int
  /// How the stored rows and columns lie, EXIF 2.32, tag 0x0112: 1...8.
  var orientation = 1
  /// What the decoder of a JPEG file needs beside the sides.
  var jpeg = JPEGTraits()

  /// The sides as people see the image.
  var uprightSize: (width: Int, height: Int) {
    orientation >= 5 ? (height, width) : (width, height)
  }

  /// Reads a header from the beginning of a file.
  ///
  /// HEIF and AVIF need the whole file: where the sides stand is spread over its boxes.
  init(_ bytes: [UInt8]) throws(ImageError.Problem) {
    guard !bytes.isEmpty else { throw .empty }
    switch ImageFormat(bytes) {
    case .jpeg: try self.init(jpeg: bytes)
    case .png: try self.init(png: bytes)
    case .webp: try self.init(webp: bytes)
    case .tiff: try self.init(tiff: bytes)
    case .gif: try self.init(gif: bytes)
    case .bmp: try self.init(bmp: bytes)
    case .heif: try self.init(heif: bytes)
    case nil:
      if let foreign = ForeignFile(bytes) {
        throw .foreign(kind: foreign.kind, advice: foreign.advice)
      }
      guard !ImageFormat.mayBegin(with: bytes) else { throw .truncated }
      throw .unknownFormat(first: Array(bytes.prefix(8)))
    }
  }

  init(_ format: ImageFormat, width: Int, height: Int) throws(ImageError.Problem) {
    guard (1..<1 << 24).contains(width) && (1..<1 << 24).contains(height) else {
      throw .damaged("its header states \(width) x \(height) pixels")
    }
    (self.format, self.width, self.height) = (format, width, height)
  }
}
