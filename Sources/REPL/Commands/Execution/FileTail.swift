internal import Foundation

/// Reads what was added to a file of lines.
enum FileTail {
  /// The whole lines behind a place.
  ///
  /// - Parameters:
  ///   - path: The file; where there is none there are no lines.
  ///   - place: In bytes; moves behind the last whole line.
  /// - Returns: The lines without their ends.
  static func lines(of path: String, from place: inout Int) -> [Data] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    // A file that was begun anew.
    if let end = try? file.seekToEnd(), end < place { place = 0 }
    guard (try? file.seek(toOffset: UInt64(place))) != nil,
      let content = try? file.readToEnd(), let end = content.lastIndex(of: 0x0A)
    else { return [] }
    let whole = content[content.startIndex...end]
    place += whole.count
    return whole.split(separator: 0x0A).map { Data($0) }
  }
}
