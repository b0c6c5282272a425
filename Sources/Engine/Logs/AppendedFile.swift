package import Files
package import Foundation

/// A file that grows at its end: each piece is written by one system call, so that a program that dies
/// leaves at most one piece torn, the last.
package final class AppendedFile {
  /// Where it lies.
  package let path: String
  private let descriptor: Int32

  /// Opens a file to write behind what it holds; makes it where it is missing.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  package init(_ path: String) throws(FileError) {
    self.path = path
    let folder = PathText.folder(of: path)
    if !folder.isEmpty { try AtomicFile.makeFolder(folder) }
    descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, "open") }
  }

  deinit { close(descriptor) }

  /// Writes a piece behind what is there.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  package func append(_ piece: Data) throws(FileError) {
    var offset = 0
    while offset < piece.count {
      let rest = piece.dropFirst(offset)
      // SAFETY: the buffer is read only inside the closure and holds `count` bytes.
      let written = unsafe rest.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path, "write") }
      offset += written
    }
  }

  private static func failure(_ path: String, _ action: String) -> FileError {
    // SAFETY: strerror returns a string that stays valid until the next call on this thread.
    FileError(path: path, action: action, reason: unsafe String(cString: strerror(errno)))
  }
}
