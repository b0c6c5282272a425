public import Foundation

/// Reads and replaces whole files.
public enum AtomicFile {
  /// Replaces the file at `path` in one step, so that a reader, a crash or a power cut sees either the
  /// old content or the new, never a part.
  ///
  /// The content goes to a temporary file beside it, is flushed to the disk, and renamed over it.
  /// Missing folders are made.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason; the old file is then untouched.
  public static func write(_ content: Data, to path: String) throws(FileError) {
    try write(to: path) { (append) throws(FileError) in try append(content) }
  }

  /// Replaces the file at `path` as ``write(_:to:)-(Data,_)`` does, with somebody who watches.
  ///
  /// - Parameters:
  ///   - content: What the file is to hold.
  ///   - path: The file.
  ///   - watch: Told again and again how many of how many bytes are written; when it throws, the old
  ///     file stays.
  /// - Throws: ``FileError`` with the path and the system's reason; the old file is then untouched.
  public static func write(
    _ content: Data, to path: String,
    watching watch: (_ done: Int, _ count: Int) throws(FileError) -> Void
  ) throws(FileError) {
    try write(to: path) { (append) throws(FileError) in
      for start in stride(from: 0, to: content.count, by: 1 << 22) {
        try watch(start, content.count)
        try append(content.dropFirst(start).prefix(1 << 22))
      }
      try watch(content.count, content.count)
    }
  }

  /// Replaces the file at `path` as ``write(_:to:)-(Data,_)`` does, by content that comes piece by piece:
  /// what is large is never held whole.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - body: Hands over the pieces in their order; when it throws, the old file stays.
  /// - Throws: ``FileError`` with the path and the system's reason; the old file is then untouched.
  public static func write(
    to path: String,
    _ body: (_ append: (Data) throws(FileError) -> Void) throws(FileError) -> Void
  ) throws(FileError) {
    let folder = PathText.folder(of: path)
    if !folder.isEmpty { try makeFolder(folder) }
    var template = Array((path + ".XXXXXX").utf8CString)
    // SAFETY: `template` is a NUL-terminated buffer of our own that mkstemp fills in place.
    let descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkstemp($0) } ?? -1
    }
    guard descriptor >= 0 else { throw .last(path, "create a temporary file beside it") }
    let temporary = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(FileError) {
      try body { (piece) throws(FileError) in
        try writeAll(piece, to: descriptor, path: path)
      }
      // mkstemp makes files private; an ordinary file obeys the user's umask.
      let mask = umask(0)
      _ = umask(mask)
      guard fchmod(descriptor, 0o666 & ~mask) == 0 else { throw .last(path, "set the mode") }
      guard fsync(descriptor) == 0 else { throw .last(path, "flush to the disk") }
    } catch {
      close(descriptor)
      unsafe unlink(temporary)
      throw error
    }
    close(descriptor)
    guard unsafe rename(temporary, path) == 0 else {
      let failure = FileError.last(path, "replace")
      unsafe unlink(temporary)
      throw failure
    }
  }

  /// Replaces the file at `path` by UTF-8 text; see ``write(_:to:)-(Data,_)``.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Data(text.utf8), to: path)
  }

  /// The whole content of a file.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  public static func read(_ path: String) throws(FileError) -> Data {
    guard let content = FileManager.default.contents(atPath: path) else {
      var isFolder: ObjCBool = false
      // SAFETY: the pointer to `isFolder` lives for the call only.
      let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let reason =
        !exists ? "no such file" : isFolder.boolValue ? "it is a folder" : "permission denied"
      throw FileError(path: path, action: "read", reason: reason)
    }
    return content
  }

  /// Makes a folder and those above it, where they are missing.
  ///
  /// - Throws: ``FileError`` with the path and the system's reason.
  public static func makeFolder(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, action: "make the folder", reason: reason(of: error))
    }
  }

  /// The system's own words, which Foundation keeps behind its more general ones.
  private static func reason(of error: any Error) -> String {
    let cause = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error).map {
      $0 as NSError
    }
    guard let cause, cause.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    // SAFETY: strerror returns a string that stays valid until the next call on this thread.
    return unsafe String(cString: strerror(Int32(cause.code)))
  }

  private static func writeAll(
    _ content: Data, to descriptor: Int32, path: String
  ) throws(FileError) {
    var offset = 0
    while offset < content.count {
      let piece = content.dropFirst(offset).prefix(1 << 24)
      // SAFETY: the buffer is read only inside the closure and holds `count` bytes.
      let written = unsafe piece.withUnsafeBytes {
        unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .last(path, "write") }
      offset += written
    }
  }
}

extension FileError {
  /// The error of the last system call, from `errno`.
  fileprivate static func last(_ path: String, _ action: String) -> FileError {
    // SAFETY: strerror returns a string that stays valid until the next call on this thread.
    let reason = unsafe String(cString: strerror(errno))
    return FileError(path: path, action: action, reason: reason)
  }
}
