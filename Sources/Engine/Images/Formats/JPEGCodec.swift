internal import CTurboJPEG
public import Foundation

/// Decodes the pixels of a JPEG file by the accurate integer transform, whose result libjpeg-turbo
/// promises to be the same with and without vector instructions.
func decodeJPEG(_ bytes: [UInt8], header: ImageHeader) throws(ImageError.Problem) -> Image {
  guard endMarker(bytes, after: header.jpeg.pixelsBegin) else { throw .truncated }
  // SAFETY: the handle lives in this function only.
  guard let decoder = unsafe tjInitDecompress() else { throw .damaged("no memory is left") }
  defer { _ = unsafe tjDestroy(decoder) }
  let channels = header.jpeg.isCMYK ? 4 : 3
  var pixels = [UInt8](repeating: 0, count: header.width * header.height * channels)
  // SAFETY: `pixels` holds width * height * channels bytes. The decoder scales an image of other
  // sides down to the given ones, and fails where it cannot; it reads `bytes.count` bytes at most.
  let status = unsafe bytes.withUnsafeBufferPointer { source in
    unsafe pixels.withUnsafeMutableBufferPointer { target in
      unsafe tjDecompress2(
        decoder, source.baseAddress, UInt(bytes.count), target.baseAddress, Int32(header.width),
        Int32(header.width * channels), Int32(header.height),
        Int32(header.jpeg.isCMYK ? TJPF_CMYK.rawValue : TJPF_RGB.rawValue),
        TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
    }
  }
  if status != 0 {
    // SAFETY: the string lives as long as the decoder and is copied at once.
    let reason = unsafe String(cString: tjGetErrorStr2(decoder))
    // Cameras are known to write a few idle bytes before a marker: those change no pixel.
    guard reason.contains("extraneous bytes before marker") else {
      throw reason.hasPrefix("Premature end of JPEG file") ? .truncated : .damaged(reason)
    }
  }
  if header.jpeg.isCMYK { pixels = rgb(cmyk: pixels, isInverted: header.jpeg.isInverted) }
  return Image(width: header.width, height: header.height, pixels: pixels)
}

/// Whether an end marker follows the first scan; inside a scan its two bytes cannot occur.
private func endMarker(_ bytes: [UInt8], after start: Int) -> Bool {
  // Trailing bytes are rare, so the search from the end is short.
  var i = bytes.count - 1
  while i > start {
    if bytes[i] == 0xD9 && bytes[i - 1] == 0xFF { return true }
    i -= 1
  }
  return false
}

/// Red, green and blue that the inks leave: `255 * (1 - ink) * (1 - black)`.
private func rgb(cmyk: [UInt8], isInverted: Bool) -> [UInt8] {
  let mask: UInt8 = isInverted ? 0 : 255
  return unsafe [UInt8](unsafeUninitializedCapacity: cmyk.count / 4 * 3) { output, count in
    for i in 0..<cmyk.count / 4 {
      let black = UInt(cmyk[4 * i + 3] ^ mask)
      for c in 0..<3 {
        // SAFETY: 3 * i + c stays below the capacity; the first `count` bytes are all written.
        unsafe output[3 * i + c] = UInt8((UInt(cmyk[4 * i + c] ^ mask) * black + 127) / 255)
      }
    }
    count = cmyk.count / 4 * 3
  }
}

extension Image {
  /// The image as a JPEG file; the same pixels and quality give the same bytes.
  ///
  /// - Parameters:
  ///   - quality: 1 (smallest) to 100; up to 90, color is stored at half the resolution.
  ///   - comment: What is written into a comment segment (ITU-T T.81, B.2.4.5); as much of it as a
  ///     segment holds.
  /// - Returns: The bytes of the file.
  public func jpeg(quality: Int = 92, comment: String = "") -> Data {
    precondition((1...100).contains(quality), "a JPEG's quality is 1...100, not \(quality)")
    precondition(
      (1...65500).contains(width) && (1...65500).contains(height),
      "an image of \(width) x \(height) cannot become a JPEG file")
    let sampling = Int32((quality > 90 ? TJSAMP_444 : TJSAMP_420).rawValue)
    // SAFETY: the handle lives in this function only.
    guard let encoder = unsafe tjInitCompress() else { preconditionFailure("no memory is left") }
    defer { _ = unsafe tjDestroy(encoder) }
    var size = tjBufSize(Int32(width), Int32(height), sampling)
    var output = [UInt8](repeating: 0, count: Int(size))
    // SAFETY: `pixels` holds 3 * width * height bytes; `output` has the size that the library itself
    // names as the largest, and TJFLAG_NOREALLOC keeps it from making its own.
    let status = unsafe pixels.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        var start = target.baseAddress
        return unsafe tjCompress2(
          encoder, source.baseAddress, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue),
          &start, &size, sampling, Int32(quality), TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC)
      }
    }
    precondition(status == 0, "libjpeg-turbo rejected \(width) x \(height) pixels")
    return Data(commented(output.prefix(Int(size)), comment))
  }
}

/// A JPEG file with a comment behind its first segment, which has to be that of JFIF.
private func commented(_ file: ArraySlice<UInt8>, _ comment: String) -> [UInt8] {
  let text = Array(comment.utf8.prefix(65_533)), start = file.startIndex
  guard !text.isEmpty else { return Array(file) }
  let first = 2 + 2 + Int(file[start + 4]) << 8 + Int(file[start + 5])
  let length = text.count + 2
  return file.prefix(first) + [0xFF, 0xFE, UInt8(length >> 8), UInt8(length & 255)] + text
    + file.dropFirst(first)
}
