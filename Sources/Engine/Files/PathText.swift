/// The parts of a path's text; no file is looked at.
///
/// Foundation's own functions trap at relative paths of one character and take several times as long.
package enum PathText {
  /// The last part: of `a/b.txt` and of `a/b.txt/` it is `b.txt`; of `/` it is `/`.
  package static func name(of path: String) -> String {
    let bytes = trimmed(path)
    guard !bytes.isEmpty else { return path.isEmpty ? "" : "/" }
    return text(bytes[start(of: bytes)...])
  }

  /// What is before the last part: of `a/b.txt` it is `a`, of `/a` it is `/`, of `a` it is empty.
  package static func folder(of path: String) -> String {
    let bytes = trimmed(path)
    guard !bytes.isEmpty else { return path.isEmpty ? "" : "/" }
    let head = bytes[..<start(of: bytes)]
    guard !head.isEmpty else { return "" }
    let folder = trimmed(head)
    return folder.isEmpty ? "/" : text(folder)
  }

  /// What follows the last dot of the last part, as it is written; empty where there is none, or where
  /// nothing is before it.
  package static func suffix(of path: String) -> String {
    let bytes = trimmed(path)
    return dot(in: bytes).map { text(bytes[bytes.index(after: $0)...]) } ?? ""
  }

  /// The path without its suffix and the dot before it.
  package static func withoutSuffix(_ path: String) -> String {
    let bytes = trimmed(path)
    guard !bytes.isEmpty else { return path.isEmpty ? "" : "/" }
    return text(dot(in: bytes).map { bytes[..<$0] } ?? bytes)
  }

  /// The last part without its suffix.
  package static func stem(of path: String) -> String { withoutSuffix(name(of: path)) }

  private typealias Bytes = Substring.UTF8View
  private static let slash = UInt8(ascii: "/")

  private static func text(_ bytes: Bytes) -> String { String(Substring(bytes)) }

  /// Without slashes at the end.
  private static func trimmed(_ path: String) -> Bytes { trimmed(path[...].utf8) }

  private static func trimmed(_ bytes: Bytes) -> Bytes {
    guard let last = bytes.lastIndex(where: { $0 != slash }) else {
      return bytes[..<bytes.startIndex]
    }
    return bytes[...last]
  }

  /// Where the last part begins.
  private static func start(of bytes: Bytes) -> Bytes.Index {
    bytes.lastIndex(of: slash).map { bytes.index(after: $0) } ?? bytes.startIndex
  }

  /// Where the dot of the suffix is.
  private static func dot(in bytes: Bytes) -> Bytes.Index? {
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > start(of: bytes),
      bytes.index(after: dot) < bytes.endIndex
    else { return nil }
    return dot
  }
}
