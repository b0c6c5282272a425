internal import CImages
public import Foundation

extension Image {
  /// The image as a PNG file; the same pixels and text give the same bytes.
  ///
  /// - Parameters:
  ///   - text: Keywords of 1 to 79 ASCII characters with what they say, written as text chunks (PNG
  ///     specification, 11.3.3) in this order.
  ///   - colors: The most colors that the file may hold, 1...256, where it is to be small; the
  ///     nearest ones are merged, as ``ColorTable`` says. Nil keeps every pixel as it is.
  /// - Returns: The bytes of the file.
  public func png(text: [(String, String)] = [], colors: Int? = nil) -> Data {
    precondition(width > 0 && height > 0, "an empty image cannot become a PNG file")
    precondition(
      text.allSatisfy { (1...79).contains($0.0.utf8.count) && !"\($0.0)\($0.1)".utf8.contains(0) },
      "a PNG keyword has 1 to 79 bytes, and no text holds a NUL")
    guard let colors else { return encoded(pixels, palette: [], text) }
    let table = ColorTable(of: self, limit: colors)
    return encoded(table.indices(of: self), palette: table.colors, text)
  }

  /// `samples` are the pixels, or one index each where there is a palette.
  private func encoded(_ samples: [UInt8], palette: [UInt8], _ text: [(String, String)]) -> Data {
    let words: [CChar] = text.flatMap { Array($0.0.utf8CString) + Array($0.1.utf8CString) } + [0]
    var message = [CChar](repeating: 0, count: 200)
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    // SAFETY: `samples` holds a byte or three a pixel, as the palette says; each index lies in it;
    // `words` holds `text.count` pairs of strings that end on NUL; all pointers live for the call only.
    let status = unsafe samples.withUnsafeBufferPointer { samples in
      unsafe (palette + [0]).withUnsafeBufferPointer { colors in
        unsafe words.withUnsafeBufferPointer { words in
          unsafe message.withUnsafeMutableBufferPointer { message -> Int32 in
            guard let samples = samples.baseAddress, let words = words.baseAddress,
              let message = message.baseAddress, let colors = colors.baseAddress
            else { return 1 }
            return unsafe yolos_png_encode(
              samples, UInt32(width), UInt32(height), colors, Int32(palette.count / 3), words,
              Int32(text.count), &output, &size, message, 200)
          }
        }
      }
    }
    guard status == 0, let output = unsafe output else {
      preconditionFailure("libpng rejected \(width) x \(height) pixels: \(Images.text(message))")
    }
    // SAFETY: the encoder gave us `size` bytes, which we copy and free once.
    defer { unsafe free(output) }
    return unsafe Data(bytes: output, count: size)
  }
}
