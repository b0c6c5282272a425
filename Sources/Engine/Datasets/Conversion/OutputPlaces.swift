internal import Files
internal import Foundation

/// Where the images of a dataset go in a folder that is written.
///
/// All is written beside the folder and takes its place at the end, so that nobody ever sees half a data
/// set. A mark in it, `.converted`, lists the files with their digests: a folder that still is
/// what a conversion wrote may be replaced by the next one, any other is refused.
struct OutputPlaces {
  /// Every image with its split and its name below the split's folder.
  let all: [(split: DatasetSplit, sample: Sample, name: String)]
  private let folder: String
  /// The folder beside it that is filled first.
  private let partial: String
  private let work: DatasetWork
  private let copied = Counter()

  /// How many images were copied.
  private final class Counter { var count = 0 }

  /// Writes a dataset's files and puts them in the folder's place; what is half done is removed.
  ///
  /// - Parameters:
  ///   - folder: Where to write.
  ///   - dataset: What is written.
  ///   - work: Who hears how far it is, and may end it.
  ///   - body: Writes everything.
  /// - Throws: ``DatasetError`` where the folder holds something else, two images would take one place,
  ///   or the body throws.
  static func fill(
    _ folder: String, with dataset: Dataset, _ work: DatasetWork,
    _ body: (OutputPlaces) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    let places = try OutputPlaces(dataset, folder: folder, work)
    do throws(DatasetError) {
      try body(places)
      try places.finish()
    } catch {
      try? FileManager.default.removeItem(atPath: places.partial)
      throw error
    }
  }

  private init(
    _ dataset: Dataset, folder: String, _ work: DatasetWork
  ) throws(DatasetError) {
    // Without a slash at its end: what is being written stands beside the folder, not in it.
    let folder = joined("", folder)
    (self.folder, self.work) = (folder, work)
    partial = folder + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    if let obstacle = try Self.obstacle(at: folder, work) {
      throw DatasetError(file: folder, problem: .conversion(.rule(obstacle)))
    }
    all = try Self.places(of: dataset, folder: folder)
    try? FileManager.default.removeItem(atPath: partial)
  }

  /// Why the folder is not replaced: whatever lies there must be what a conversion wrote.
  private static func obstacle(
    at folder: String, _ work: DatasetWork
  ) throws(DatasetError) -> String? {
    guard FileManager.default.fileExists(atPath: folder) else { return nil }
    guard isFolder(folder) else { return "a file with this name exists; choose a new folder" }
    let written = try? AtomicFile.read(folder + "/" + mark)
    if files(of: folder).isEmpty { return nil }
    var found: Data?
    do { found = try list(of: folder, work) } catch {
      if (error as? DatasetError)?.problem == .cancelled { throw .cancelled }
    }
    guard written != nil && written == found else {
      return "the folder contains files that are not from a conversion; choose a new one"
    }
    return nil
  }

  private static func places(
    of dataset: Dataset, folder: String
  ) throws(DatasetError) -> [(split: DatasetSplit, sample: Sample, name: String)] {
    var all: [(split: DatasetSplit, sample: Sample, name: String)] = []
    for split in DatasetSplit.allCases {
      let samples = dataset[split]
      // Names repeat only where a dataset has several folders; those then stay in the names.
      let isFlat = Set(samples.map { stem($0.fileName) }).count == samples.count
      let home = isFlat ? "" : commonFolder(samples.map(\.imagePath))
      for sample in samples {
        all.append(
          (split, sample, isFlat ? sample.fileName : String(sample.imagePath.dropFirst(home.count)))
        )
      }
      var taken: [String: String] = [:]
      for (place, sample, name) in all where place == split {
        if let first = taken.updateValue(sample.imagePath, forKey: stem(name)) {
          throw DatasetError(
            file: folder,
            problem: .conversion(.sameName(name, first: first, second: sample.imagePath)))
        }
      }
    }
    return all
  }

  // MARK: Writing

  func copy(_ sample: Sample, to name: String) throws(DatasetError) {
    try write(try content(of: sample.imagePath, limit: 1 << 30), to: name)
    copied.count += 1
    try work.passed(.writing, copied.count, of: all.count)
  }

  func write(_ text: String, to name: String) throws(DatasetError) {
    try write(Data(text.utf8), to: name)
  }

  func write(_ data: Data, to name: String) throws(DatasetError) {
    do { try AtomicFile.write(data, to: partial + "/" + name) } catch { throw Self.error(error) }
  }

  /// Puts what was written in the folder's place.
  private func finish() throws(DatasetError) {
    do {
      try AtomicFile.write(try Self.list(of: partial, work), to: partial + "/" + Self.mark)
      let manager = FileManager.default
      if manager.fileExists(atPath: folder) { try manager.removeItem(atPath: folder) }
      try manager.moveItem(atPath: partial, toPath: folder)
    } catch {
      if let error = error as? DatasetError { throw error }
      throw Self.error(
        error as? FileError
          ?? FileError(path: folder, action: "write", reason: error.localizedDescription))
    }
  }

  private static func error(_ error: FileError) -> DatasetError {
    DatasetError(file: error.path, problem: .refused(action: error.action, reason: error.reason))
  }

  // MARK: The mark

  private static let mark = ".converted"

  /// The files below a folder in the order of their names, hidden ones too, without the mark.
  private static func files(of folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      var isFolder: ObjCBool = false
      // SAFETY: Foundation writes one flag into a local that outlives the call.
      let exists = unsafe FileManager.default.fileExists(
        atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      return exists && !isFolder.boolValue && name != mark
    }.sorted()
  }

  /// One line for each file: its digest and its name.
  private static func list(of folder: String, _ work: DatasetWork) throws -> Data {
    var list = ""
    let files = files(of: folder)
    for (number, name) in files.enumerated() {
      if number.isMultiple(of: 16) { try work.passed(.checking, number, of: files.count) }
      list += "\(Digest(of: try AtomicFile.read("\(folder)/\(name)"))) \(name)\n"
    }
    return Data(list.utf8)
  }
}

/// The deepest folder that all paths share, with its slash.
private func commonFolder(_ paths: [String]) -> String {
  guard
    var shared = paths.first.map({
      $0.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    })
  else { return "" }
  for path in paths {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    shared = shared.prefix(zip(shared, parts).prefix { $0 == $1 }.count)
  }
  return shared.isEmpty ? "" : shared.joined(separator: "/") + "/"
}
