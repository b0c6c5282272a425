internal import Files
internal import Foundation

/// Results of earlier steps by what they depend on.
///
/// An entry is a file of its own, written in one step and never changed: two runs at once, or a run that
/// dies, leave whole entries or none. The folder may be deleted at any time.
struct ResultCache {
  /// The folder of all that may be deleted.
  let folder: String
  /// Whether nothing is looked up.
  let isFresh: Bool

  /// One result on disk.
  struct Entry: Codable {
    /// Entries of another layout are not read.
    var layout = ResultCache.layout
    let command: String
    let ingredients: [String]
    let seconds: Double
    let payload: Data
  }

  static let layout = 1

  /// The file of a key.
  func path(_ key: Digest) -> String { "\(folder)/cache/\(key).json" }

  /// The entry of a key, or why there is none.
  func entry(_ key: Digest) -> Result<Entry, Missing> {
    if isFresh { return .failure(Missing("the run ignores the cache (--fresh)")) }
    guard let content = try? AtomicFile.read(path(key)) else {
      return .failure(Missing("this step has not run here with these inputs before"))
    }
    guard let entry = try? JSONDecoder().decode(Entry.self, from: content),
      entry.layout == Self.layout
    else { return .failure(Missing("its entry is damaged or from another version")) }
    return .success(entry)
  }

  /// Keeps a result.
  ///
  /// - Throws: ``FileError`` where it cannot be written.
  func store(_ entry: Entry, under key: Digest) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let content = try? encoder.encode(entry) else {
      preconditionFailure("a result of '\(entry.command)' cannot be encoded")
    }
    try AtomicFile.write(content, to: path(key))
  }

  /// Why there is no entry.
  struct Missing: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  // MARK: Housekeeping

  /// One entry as `yolos cache` lists it.
  struct Listed {
    let key: String
    let command: String
    let seconds: Double
    let bytes: Int
    let modified: Date
  }

  /// All entries, the latest first.
  func list() -> [Listed] {
    let place = "\(folder)/cache"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return names.filter { $0.hasSuffix(".json") }.compactMap { name -> Listed? in
      let path = "\(place)/\(name)"
      guard let content = try? AtomicFile.read(path),
        let entry = try? JSONDecoder().decode(Entry.self, from: content),
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      else { return nil }
      return Listed(
        key: String(name.dropLast(5)), command: entry.command, seconds: entry.seconds,
        bytes: content.count, modified: attributes[.modificationDate] as? Date ?? .distantPast)
    }.sorted { ($1.modified, $0.key) < ($0.modified, $1.key) }
  }

  /// Removes all entries but the latest ones, and what serves nobody: damaged entries, and files that
  /// a run was writing when it was killed.
  ///
  /// - Returns: How many were removed.
  func prune(keeping count: Int) -> Int {
    let whole = list()
    let kept = Set(whole.prefix(max(0, count)).map { "\($0.key).json" })
    let place = "\(folder)/cache"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let old = names.filter { name in
      !kept.contains(name) && (name.hasSuffix(".json") || Self.isLeftOver("\(place)/\(name)"))
    }
    // A file that stays does no harm.
    for name in old { try? FileManager.default.removeItem(atPath: "\(place)/\(name)") }
    return old.count
  }

  /// Whether a file is one that nobody goes on writing: an entry takes moments, this one is a day old.
  private static func isLeftOver(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard path.contains(".json."), let date = attributes?[.modificationDate] as? Date else {
      return false
    }
    return -date.timeIntervalSinceNow > 86_400
  }
}
