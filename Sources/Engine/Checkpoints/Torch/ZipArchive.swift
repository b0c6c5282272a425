internal import CArchive

/// A zip archive in memory, read through libzip.
///
/// Sizes are believed only as far as the archive's own length can bear out, so that no archive makes
/// us ask for more memory than a hundred times its size.
@safe final class ZipArchive {
  private let bytes: Bytes
  private let file: String
  private let archive: OpaquePointer
  /// The names of all entries.
  let names: [String]
  /// Bytes that may still be unpacked.
  private var budget: Int

  /// Opens an archive.
  init(_ bytes: Bytes, file: String) throws(CheckpointError) {
    (self.bytes, self.file) = (bytes, file)
    budget = 16 << 20 + 100 * bytes.count
    var reason: UnsafePointer<CChar>?
    var isCut: Int32 = 0
    // SAFETY: the archive reads the bytes only while they live; this object keeps them.
    let opened = unsafe yolos_archive_open(bytes.address, bytes.count, &reason, &isCut)
    guard let opened = unsafe opened else {
      // SAFETY: the text is copied before anything else is opened.
      let words =
        isCut != 0
        ? "its directory, at the end of the file, is missing; was the file copied completely?"
        : unsafe reason.map { unsafe String(cString: $0) } ?? "unknown"
      throw CheckpointError(
        file: file, problem: .refused(action: "open the archive", reason: words))
    }
    unsafe archive = opened
    // SAFETY: the archive owns the names; they are copied at once.
    names = unsafe (0..<max(0, yolos_archive_count(opened))).map { index in
      unsafe yolos_archive_name(opened, index).map { unsafe String(cString: $0) } ?? ""
    }
  }

  deinit { unsafe yolos_archive_close(archive) }

  /// The content of an entry, or nil where there is none of that name.
  ///
  /// - Throws: ``CheckpointError`` where it is damaged or larger than can be right.
  func read(_ name: String) throws(CheckpointError) -> Bytes? {
    let index = unsafe yolos_archive_find(archive, name)
    guard index >= 0 else { return nil }
    guard let size = unsafe Int(exactly: yolos_archive_size(archive, index)), size >= 0 else {
      throw failure(name, .malformed(expected: "an entry's size", found: "none"))
    }
    guard size <= budget else {
      throw failure(name, .tooLarge(what: "bytes to unpack", needed: size, limit: budget))
    }
    budget -= size
    let content = unsafe yolos_entry_open(archive, index)
    guard let content = unsafe content else { throw failure(name, unsafe refusal(nil)) }
    defer { unsafe yolos_entry_close(content) }
    var problem: CheckpointError.Problem?
    // SAFETY: `fill` writes into the given buffer and no further.
    let result = unsafe Bytes(count: size) { buffer in
      problem = unsafe self.fill(buffer, from: content)
      return problem == nil
    }
    guard let result else {
      throw failure(name, problem ?? .truncated(needed: size, available: 0))
    }
    return result
  }

  /// Unpacks everything and reads to the very end, where libzip compares the checksum.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from content: OpaquePointer
  ) -> CheckpointError.Problem? {
    var done = 0
    while done < buffer.count {
      // SAFETY: it writes at most the bytes that are left.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      guard let start = rest.baseAddress else { break }
      let part = unsafe yolos_entry_read(content, start, rest.count)
      if part < 0 { return unsafe refusal(content) }
      if part == 0 { return .truncated(needed: buffer.count - done, available: 0) }
      done += Int(part)
    }
    var extra: UInt8 = 0
    let part = unsafe yolos_entry_read(content, &extra, 1)
    if part < 0 { return unsafe refusal(content) }
    return part == 0 ? nil : .malformed(expected: "\(buffer.count) bytes", found: "more")
  }

  private func refusal(_ content: OpaquePointer?) -> CheckpointError.Problem {
    // SAFETY: libzip owns the text; it is copied at once.
    let reason = unsafe String(
      cString: content.map { unsafe yolos_entry_reason($0) } ?? yolos_archive_reason(archive))
    return .refused(action: "unpack", reason: reason)
  }

  private func failure(_ name: String, _ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: file, place: .entry(name, byte: nil), problem: problem)
  }
}
