/// Why an image could not be read.
public struct ImageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the file.
  public enum Problem: Equatable, Sendable {
    /// The system does not give the file's content; its reason.
    case unreadable(String)
    /// The file holds no bytes.
    case empty
    /// The file begins with no format's signature; its first bytes.
    case unknownFormat(first: [UInt8])
    /// The file is of a known kind that is not decoded, such as a video; what it is, and what helps.
    case foreign(kind: String, advice: String)
    /// The file ends before the image does.
    case truncated
    /// The content contradicts its format; what the decoder says.
    case damaged(String)
    /// More pixels than ``Image/maximumPixels``.
    case tooLarge(width: Int, height: Int)
  }

  /// The file's path, or the name given for bytes in memory.
  public let file: String
  /// What is wrong with it.
  public let problem: Problem

  /// Names a file and what is wrong with it.
  public init(file: String, problem: Problem) { (self.file, self.problem) = (file, problem) }

  /// One line: the file, what was found, what was expected.
  public var description: String {
    let words =
      switch problem {
      case .unreadable(let reason): "cannot read the image: \(reason)"
      case .empty: "the file is empty; expected an image"
      case .unknownFormat(let first):
        """
        expected an image (JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF), but the file begins with \
        \(shown(first))
        """
      case .foreign(let kind, let advice): "this is \(kind); \(advice)"
      case .truncated: "the image is truncated; copy the file again from its source"
      case .damaged(let reason): "the image is damaged: \(reason)"
      case .tooLarge(let width, let height):
        """
        \(width) x \(height) pixels are more than the \(Image.maximumPixels / 1_000_000) million \
        that yolos accepts; make the image smaller
        """
      }
    return "\(file): \(words)"
  }
}

/// The first bytes of a file, as text where they are text.
private func shown(_ bytes: [UInt8]) -> String {
  if bytes.allSatisfy({ (32...126).contains($0) }) {
    return "\"\(String(decoding: bytes, as: UTF8.self))\""
  }
  let digits = Array("0123456789abcdef")
  return "bytes "
    + bytes.map { String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }.joined(separator: " ")
}
