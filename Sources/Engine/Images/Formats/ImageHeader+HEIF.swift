internal import CImages

extension ImageHeader {
  /// Asks libheif, which applies what the container says about rotation and cropping itself; EXIF has
  /// no say in these files (ISO/IEC 23008-12, annex A.3).
  init(heif bytes: [UInt8]) throws(ImageError.Problem) {
    var width: UInt32 = 0, height: UInt32 = 0
    var message = [CChar](repeating: 0, count: 200)
    // SAFETY: libheif reads `bytes.count` bytes at most; all pointers live for the call only.
    let status = unsafe bytes.withUnsafeBufferPointer { source in
      unsafe message.withUnsafeMutableBufferPointer { words -> Int32 in
        guard let source = source.baseAddress, let words = words.baseAddress else { return 1 }
        return unsafe yolos_heif_size(source, bytes.count, &width, &height, words, 200)
      }
    }
    guard status == 0 else { throw decodingProblem(message) }
    try self.init(.heif, width: Int(width), height: Int(height))
  }
}
