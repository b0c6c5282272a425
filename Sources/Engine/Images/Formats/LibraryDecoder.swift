internal import CImages

/// What `CImages` offers for a format: fills the pixels, or writes down a reason.
typealias LibraryDecoder =
  @convention(c) (
    UnsafePointer<UInt8>, Int, UInt32, UInt32, UnsafeMutablePointer<UInt8>,
    UnsafeMutablePointer<CChar>, Int
  ) -> Int32

/// Decodes the pixels of a file whose header was read.
func decode(
  _ bytes: [UInt8], header: ImageHeader, by library: LibraryDecoder
) throws(ImageError.Problem) -> Image {
  var image = Image(width: header.width, height: header.height, gray: 0)
  var message = [CChar](repeating: 0, count: 200)
  // SAFETY: every pointer lives for the call only. `pixels` holds 3 * width * height bytes, which each
  // decoder fills after it has compared the sides with the file's; none reads past `bytes`.
  let status = unsafe bytes.withUnsafeBufferPointer { source in
    unsafe image.pixels.withUnsafeMutableBufferPointer { target in
      unsafe message.withUnsafeMutableBufferPointer { words -> Int32 in
        guard let source = source.baseAddress, let target = target.baseAddress,
          let words = words.baseAddress
        else { return 1 }
        return unsafe library(
          source, bytes.count, UInt32(header.width), UInt32(header.height), target, words, 200)
      }
    }
  }
  guard status == 0 else { throw decodingProblem(message) }
  return image
}

/// What a decoder of ours wrote as its reason, ended by a NUL.
func decodingProblem(_ message: [CChar]) -> ImageError.Problem {
  let reason = text(message)
  if reason == "the file ends too early" { return .truncated }
  // Nothing is wrong with the file where a library is not installed. The first are our own words of libheif,
  // the others libheif's of Debian's packages with a decoder each.
  let isWithoutLibrary = reason.hasPrefix("libheif is")
  if isWithoutLibrary || reason.contains("Unsupported codec") || reason.contains("decoding plugin")
  {
    let plugins = "libheif-plugin-libde265 and libheif-plugin-dav1d"
    let packages = isWithoutLibrary ? "libheif1" : plugins
    return .foreign(
      kind: "a HEIC or AVIF image, which nothing here can decode", advice: "install \(packages)")
  }
  return .damaged(reason)
}

/// What stands in a C buffer before its first NUL.
func text(_ message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
