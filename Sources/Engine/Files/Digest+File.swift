internal import Foundation

extension Digest {
  /// The digest of a file's content, which is read piece by piece.
  ///
  /// - Throws: ``FileError`` with the path and the reason.
  public init(ofFile path: String) throws(FileError) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      // Reading it as a whole says why it cannot be read.
      self = Digest(of: try AtomicFile.read(path))
      return
    }
    defer { try? handle.close() }
    var hasher = Hasher()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(piece) }
    } catch {
      throw FileError(path: path, action: "read", reason: error.localizedDescription)
    }
    self = hasher.finish()
  }

  /// A digest as it is written: 64 hexadecimal digits; nil for any other text.
  public init?(_ text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    guard text.utf8.count == 64, digits.count == 64 else { return nil }
    self.init(
      finished: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
  }
}
