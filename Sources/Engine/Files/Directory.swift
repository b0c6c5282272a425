internal import Foundation

/// Reads folders, quickly: one system call for many entries, and none more for what each of them is.
package enum Directory {
  /// One entry of a folder.
  package struct Entry: Equatable, Sendable {
    /// Its name, without the folder's path.
    package let name: String
    /// Whether it is a folder, or a link to one.
    package let isFolder: Bool

    package init(name: String, isFolder: Bool) { (self.name, self.isFolder) = (name, isFolder) }
  }

  /// The entries that are not hidden, in the order of their names' bytes; empty where the folder cannot
  /// be read.
  package static func entries(of folder: String) -> [Entry] {
    let path = folder.isEmpty ? "." : folder
    // SAFETY: the stream is ours until closedir; each entry is copied before the next call.
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var entries: [Entry] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      let isFolder: Bool
      switch Int(unsafe entry.pointee.d_type) {
      case Int(DT_DIR): isFolder = true
      case Int(DT_REG): isFolder = false
      // A link, or a file system that does not say.
      default: isFolder = self.isFolder(path + "/" + name)
      }
      entries.append(Entry(name: name, isFolder: isFolder))
    }
    return entries.sorted { $0.name.precedesByBytes($1.name) }
  }

  /// Whether a folder, or a link to one, lies at the path.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: stat fills the structure, which lives for the call only.
    return unsafe stat(path.isEmpty ? "." : path, &status) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether anything lies at the path.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: stat fills the structure, which lives for the call only.
    return unsafe stat(path.isEmpty ? "." : path, &status) == 0
  }
}

extension String {
  /// Whether its bytes come before those of another text: the order of files everywhere, and not Swift's.
  package func precedesByBytes(_ other: String) -> Bool {
    let order = unsafe utf8.withContiguousStorageIfAvailable { mine in
      unsafe other.utf8.withContiguousStorageIfAvailable { theirs -> Bool in
        guard let a = mine.baseAddress, let b = theirs.baseAddress else {
          return mine.count < theirs.count
        }
        // SAFETY: both hold at least as many bytes as the shorter one.
        let order = unsafe memcmp(a, b, min(mine.count, theirs.count))
        return order == 0 ? mine.count < theirs.count : order < 0
      }
    }
    return (order ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
  }
}
