package import Foundation

/// What the file system says about a file without looking into it: as long as nothing of this changes,
/// the content is the same.
///
/// Every change of the content sets the time of the change, which no program can set otherwise. Clocks
/// of file systems are coarse, however: see ``isSettled(before:)``.
package struct FileIdentity: Hashable, Sendable {
  /// The file system and the number of the file in it.
  package let device, inode: UInt64
  /// In bytes.
  package let size: Int64
  /// When the content was changed, and when anything was: nanoseconds since 1970.
  package let modified, changed: Int64
  /// Whether it is a file with bytes, and no folder, pipe or device.
  package let isRegular: Bool

  package init(
    device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64,
    isRegular: Bool = true
  ) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modified, self.changed, self.isRegular) = (modified, changed, isRegular)
  }

  /// What lies at the path, links followed; nil where that is nothing.
  package init?(of path: String) {
    var status = stat()
    // SAFETY: stat fills the structure, which lives for the call only.
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        &+ Int64(time.tv_nsec)
    }
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim),
      isRegular: status.st_mode & S_IFMT == S_IFREG)
  }

  /// The present time in the same unit.
  package static var now: Int64 {
    var time = timespec()
    // SAFETY: clock_gettime fills the structure, which lives for the call only.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The step of the coarsest clock of a file system: two seconds, of FAT.
  package static let coarsestClock: Int64 = 2_000_000_000

  /// Whether the file was left alone for so long before `time` that any change after it shows in the
  /// identity.
  ///
  /// A file that is written, read, and written again within one step of its file system's clock would
  /// keep its identity. So what is young when it is read is not to be remembered (git calls such
  /// entries of its index racy: git's Documentation/technical/racy-git).
  package func isSettled(before time: Int64) -> Bool {
    max(modified, changed) < time - Self.coarsestClock
  }

  /// The content of the file at the path, of which this is the identity.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its bytes; nil where the system refuses.
  package func content(of path: String) -> Data? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // One byte more: where the file has not grown, the end shows without growing the buffer.
    var content = Data(count: Int(size) + 1), filled = 0
    while true {
      if filled == content.count { content.count += 1 << 16 }
      // SAFETY: `read` writes at most as many bytes as are left behind `filled`.
      let count = unsafe content.withUnsafeMutableBytes { bytes in
        unsafe read(descriptor, bytes.baseAddress.map { unsafe $0 + filled }, bytes.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      filled += count
      if count == 0 {
        content.count = filled
        return content
      }
    }
  }
}
