internal import Files
internal import Foundation

/// What has come of a file so far, kept beside its final place so that a later attempt continues it.
///
/// The file is locked while it is open: two processes never write into it at once.
struct PartFile: ~Copyable {
  /// Where it lies.
  let path: String
  private let descriptor: Int32
  /// How many bytes have come.
  private(set) var count: Int

  /// Opens the file, which may hold what an earlier attempt left.
  ///
  /// - Returns: nil where another process has it.
  /// - Throws: ``FileError`` where it cannot be made or read.
  static func open(_ path: String) throws(FileError) -> PartFile? {
    // SAFETY: the path lives for the call.
    let descriptor = unsafe Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .last(path, "open") }
    // Some network file systems know no locks; then nothing keeps two processes apart but the digest.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
    var own = stat(), named = stat()
    // SAFETY: both are our own variables and live for the calls.
    let isKnown = unsafe fstat(descriptor, &own) == 0 && stat(path, &named) == 0
    // Whoever had the lock before may have moved the file to its final place.
    guard isKnown, own.st_ino == named.st_ino, own.st_dev == named.st_dev else {
      close(descriptor)
      return nil
    }
    return PartFile(path: path, descriptor: descriptor, count: Int(own.st_size))
  }

  private init(path: String, descriptor: Int32, count: Int) {
    (self.path, self.descriptor, self.count) = (path, descriptor, count)
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: ``FileError``; what fitted is kept.
  mutating func append(_ bytes: Data) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the buffer is read only inside the closure and holds `count` bytes.
      let written = unsafe rest.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(count))
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .last(path, "write") }
      count += written
      rest = rest.dropFirst(written)
    }
  }

  /// Forgets all that has come.
  ///
  /// - Throws: ``FileError``.
  mutating func clear() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0 else { throw .last(path, "shorten") }
    count = 0
  }

  /// Moves the file to its final place in one step, once it is safe on the disk.
  ///
  /// - Throws: ``FileError``; the file that was there is then untouched.
  func move(to target: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw .last(path, "flush to the disk") }
    // SAFETY: both paths live for the call.
    guard unsafe rename(path, target) == 0 else { throw .last(target, "replace") }
  }

  /// Removes the file where nothing has come: an attempt that failed at once leaves no trace.
  func removeIfEmpty() {
    if count == 0 { remove() }
  }

  /// Removes the file.
  func remove() {
    // SAFETY: the path lives for the call.
    _ = unsafe unlink(path)
  }

  deinit { close(descriptor) }
}

extension FileError {
  /// The error of the last system call, from `errno`.
  static func last(_ path: String, _ action: String) -> FileError {
    // SAFETY: strerror returns a string that stays valid until the next call on this thread.
    let reason = unsafe String(cString: strerror(errno))
    return FileError(path: path, action: action, reason: reason)
  }
}
