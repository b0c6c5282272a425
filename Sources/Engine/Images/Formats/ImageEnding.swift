public import Foundation

/// How an image file ends, as far as that can be told without decoding it.
public enum ImageEnding: Equatable, Sendable {
  /// As its format does.
  case whole
  /// Otherwise: only the decoder can tell an image with something behind it from one that is cut off.
  case unclear
  /// The format has no mark at its end, and states no length: only the decoder can tell.
  case unmarked

  private static let jpeg: [UInt8] = [0xFF, 0xD9]
  private static let png: [UInt8] = [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

  /// How a file with these bytes ends.
  public init(of bytes: Data) {
    switch ImageFormat(Array(bytes.prefix(256))) {
    case .jpeg: self = bytes.suffix(2).elementsEqual(Self.jpeg) ? .whole : .unclear
    case .png: self = bytes.suffix(8).elementsEqual(Self.png) ? .whole : .unclear
    case .gif: self = bytes.last == 0x3B ? .whole : .unclear
    case .webp:
      // The length of all behind the first eight bytes, padded to an even number (RFC 9649, 2.4).
      let length = bytes.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      self = bytes.count == 8 + length + length & 1 ? .whole : .unclear
    case .bmp, .tiff, .heif, nil: self = .unmarked
    }
  }

  /// The bytes of a JPEG or PNG file behind the image's end; 0 in other formats.
  public static func bytesBehind(_ bytes: Data) -> Int {
    let end =
      switch ImageFormat(Array(bytes.prefix(256))) {
      case .jpeg: Self.jpeg
      case .png: Self.png
      default: [UInt8]()
      }
    guard !end.isEmpty, let last = bytes.range(of: Data(end), options: .backwards) else { return 0 }
    return bytes.endIndex - last.upperBound
  }
}
