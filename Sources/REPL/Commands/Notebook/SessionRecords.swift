internal import Foundation

/// The reports that sessions at the prompt leave behind; the latest stay, older ones go.
package struct SessionRecords {
  /// How many sessions leave a record.
  package static let limit = 20

  private let folder: String

  /// The records in a folder.
  package init(folder: String) { self.folder = folder }

  /// The path of the record of a session that begins now; makes room for it.
  package func begin(process: Int32) -> String {
    let own = "session-\(process)"
    // An earlier process may have borne the same number.
    remove(own)
    let others = stems.filter { !Self.isRunning($0) }.map { (stem: $0, date: date(of: $0)) }
    let latestFirst = others.sorted { ($1.date, $0.stem) < ($0.date, $1.stem) }
    for record in latestFirst.dropFirst(Self.limit - 1) { remove(record.stem) }
    return "\(folder)/\(own).md"
  }

  /// The names without ending of all that a session has left: a report, its folder, or both.
  private var stems: Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let stems = names.compactMap { name in
      [".md", "_files"].first(where: name.hasSuffix).map { String(name.dropLast($0.count)) }
    }
    return Set(stems.filter { $0.hasPrefix("session-") })
  }

  private func date(of stem: String) -> Date {
    let paths = ["\(folder)/\(stem).md", "\(folder)/\(stem)_files"]
    let attributes = paths.lazy.compactMap { try? FileManager.default.attributesOfItem(atPath: $0) }
    return attributes.first?[.modificationDate] as? Date ?? .distantPast
  }

  private static func isRunning(_ stem: String) -> Bool {
    guard let process = Int32(stem.dropFirst("session-".count)), process > 0 else { return false }
    return kill(process, 0) == 0
  }

  private func remove(_ stem: String) {
    for ending in [".md", "_files"] {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(stem)\(ending)")
    }
  }
}
