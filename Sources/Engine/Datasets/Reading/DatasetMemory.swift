internal import Files
internal import Foundation

/// What earlier readings of datasets found in their files, kept in a folder with a file for each dataset.
///
/// A file is known by its device, inode, size, and times of modification and change; whatever differs is
/// read again. Files so young that a change might not show are not remembered. A file of the memory that
/// is damaged, or of another version or dataset, is the same as none, and is written anew; it is replaced
/// in one step, so that of two readings at once the later one's stays. The folder may be deleted at any
/// time.
public struct DatasetMemory: Sendable {
  /// The folder of the memory.
  public let folder: String
  /// Whether everything is read, whatever is known; what is found is kept all the same.
  public let isFresh: Bool
  /// The present time, in nanoseconds since 1970.
  package var now: @Sendable () -> Int64 = { FileIdentity.now }

  /// A memory in a folder, which is made when there is something to keep.
  public init(folder: String, isFresh: Bool = false) {
    (self.folder, self.isFresh) = (folder, isFresh)
  }

  /// The file of the memory for the dataset that opens by `file`.
  package func place(of file: String) -> String {
    "\(folder)/\(Digest(of: Self.whole(file)).short).files"
  }

  /// What is known of the files of a dataset; nothing where nothing can be read.
  func records(of file: String) -> FileRecords {
    guard !isFresh, let content = try? AtomicFile.read(place(of: file)) else {
      return FileRecords()
    }
    return FileRecordReader.read(content, dataset: Self.whole(file)) ?? FileRecords()
  }

  /// Keeps what is known of the files of a dataset.
  func keep(_ records: FileRecords, of file: String) throws(FileError) {
    let content = FileRecordWriter.content(of: records, dataset: Self.whole(file))
    try AtomicFile.write(content, to: place(of: file))
  }

  /// Removes what serves nobody: what is known of datasets that are not there any more, and what a run was
  /// writing when it was killed, a day ago or longer.
  ///
  /// - Returns: How many files were removed.
  package func prune() -> Int {
    var removed = 0
    for entry in Directory.entries(of: folder) {
      let path = "\(folder)/\(entry.name)"
      let isUseless: Bool
      if entry.name.hasSuffix(".files") {
        let dataset = (try? AtomicFile.read(path)).flatMap(FileRecordReader.dataset)
        isUseless = dataset.map { !Directory.exists($0) } ?? true
      } else {
        let age = FileIdentity(of: path).map { now() - $0.modified } ?? 0
        isUseless = entry.name.contains(".files.") && age > 86_400 * 1_000_000_000
      }
      // What cannot be removed does no harm.
      if isUseless, (try? FileManager.default.removeItem(atPath: path)) != nil { removed += 1 }
    }
    return removed
  }

  /// The path from the root: the same words mean another dataset in another working folder.
  private static func whole(_ file: String) -> String {
    joined(FileManager.default.currentDirectoryPath, file)
  }
}
