internal import Files
internal import Foundation

/// A path as a file of another program, and often of another machine, writes it.
struct WrittenPath {
  /// As it stands in the file.
  let text: String

  init(_ text: String) { self.text = text }

  /// Without what only its author's machine knows: `file://`, percent signs, a drive's letter, and
  /// backslashes between its parts.
  var plain: String {
    var path = text
    if path.lowercased().hasPrefix("file:") {
      path = String(path.dropFirst(5))
      // An authority, mostly empty, stands between two slashes and the path (RFC 8089).
      if path.hasPrefix("//") { path = String(path.dropFirst(2).drop { $0 != "/" }) }
      path = path.removingPercentEncoding ?? path
    }
    path = path.replacingOccurrences(of: "\\", with: "/")
    let drive = path.drop { $0 == "/" }.prefix(2)
    if drive.count == 2, drive.last == ":", drive.first?.isLetter == true {
      path = "/" + path.drop { $0 == "/" }.dropFirst(2).drop { $0 == "/" }
    }
    return path
  }

  /// Where it lies if what it says is true here: as it is written, and as it is meant.
  func places(in home: String) -> [String] {
    let own = joined(home, text), plain = plain
    return plain == text ? [own] : unique([own, joined(home, plain)])
  }

  /// Where it lies beside a folder by its tail: its last parts, as many of them as possible.
  ///
  /// - Parameters:
  ///   - home: The folder.
  ///   - count: How many of its first parts to leave out at first, because that was right before.
  /// - Returns: The place, and how many of its parts were left out; nil where nothing lies at any.
  func tail(in home: String, dropping count: Int = 0) -> (place: String, dropped: Int)? {
    let plain = plain
    for path in unique([plain, plain.removingPercentEncoding ?? plain]) {
      let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
      for first in unique([count] + parts.indices) where first < parts.count {
        // A folder of this name is in many places: alone it says nothing.
        if first > 0 && first == parts.count - 1 && Self.isCommon(parts[first]) { continue }
        let place = joined(home, parts[first...].joined(separator: "/"))
        if Directory.exists(place) { return (place, first) }
      }
    }
    return nil
  }

  private static func isCommon(_ name: Substring) -> Bool {
    ["images", "labels"].contains(name.lowercased())
  }

  /// Where it lies, seen from a folder: as written, as meant, or by its tail; nil where it is nowhere.
  func found(in home: String) -> String? {
    places(in: home).first(where: Directory.exists) ?? tail(in: home)?.place
  }
}
