/// The formats that are decoded, told apart by how their files begin, never by their names.
enum ImageFormat {
  case jpeg, png, webp, tiff, gif, bmp, heif

  /// The format of a file that begins with `bytes`, nil where it is none of ours.
  init?(_ bytes: [UInt8]) {
    let found = Self.signatures.first { _, parts in
      parts.allSatisfy { bytes.dropFirst($0.at).starts(with: $0.bytes) }
    }
    if let found {
      self = found.format
    } else if Self.brands(bytes).contains(where: Self.heifBrands.contains) {
      self = .heif
    } else {
      return nil
    }
  }

  /// What has to stand where in a file.
  private typealias Part = (at: Int, bytes: [UInt8])

  private static let signatures: [(format: ImageFormat, parts: [Part])] = [
    (.jpeg, [(0, [0xFF, 0xD8, 0xFF])]),
    (.png, [(0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])]),
    (.webp, [(0, Array("RIFF".utf8)), (8, Array("WEBP".utf8))]),
    (.gif, [(0, Array("GIF87a".utf8))]),
    (.gif, [(0, Array("GIF89a".utf8))]),
    // 42 marks TIFF, 43 its variant with 64-bit offsets; either order of bytes.
    (.tiff, [(0, [0x49, 0x49, 42, 0])]),
    (.tiff, [(0, [0x4D, 0x4D, 0, 42])]),
    (.tiff, [(0, [0x49, 0x49, 43, 0])]),
    (.tiff, [(0, [0x4D, 0x4D, 0, 43])]),
    // The two bytes alone begin too many texts: the reserved ones behind the size are zero.
    (.bmp, [(0, Array("BM".utf8)), (6, [0, 0, 0, 0])]),
  ]

  /// The brands of still images in HEVC and AV1 (ISO/IEC 23008-12, 10; AV1 Image File Format, 8).
  private static let heifBrands: Set<String> = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis",
  ]

  /// The brands of an ISO base media file (ISO/IEC 14496-12, 4.3), the major one first.
  static func brands(_ bytes: [UInt8]) -> [String] {
    guard bytes.count >= 16, Array(bytes[4..<8]) == Array("ftyp".utf8) else { return [] }
    let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
    let end = min(length, bytes.count, 256)
    return stride(from: 8, to: end - 3, by: 4).compactMap { at in
      // Behind the major brand stands a version.
      at == 12 ? nil : String(decoding: bytes[at..<at + 4], as: UTF8.self)
    }
  }

  /// Whether `bytes` may be the first few of a file of ours that was cut off within its signature.
  static func mayBegin(with bytes: [UInt8]) -> Bool {
    signatures.contains { _, parts in
      parts.allSatisfy { part in
        zip(bytes.dropFirst(part.at), part.bytes).allSatisfy { $0 == $1 }
      }
    }
  }
}
