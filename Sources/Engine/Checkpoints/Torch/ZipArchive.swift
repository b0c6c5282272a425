internal import CZip

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
    var error = unsafe zip_error_t()
    // SAFETY: libzip reads the buffer only while `bytes` lives; this object keeps it.
    let source = unsafe zip_source_buffer_create(bytes.address, UInt64(bytes.count), 0, &error)
    let opened = unsafe source.flatMap { unsafe zip_open_from_source($0, ZIP_RDONLY, &error) }
    guard let opened = unsafe opened else {
      // Whoever asks has seen the first bytes of an archive: what libzip misses is its end.
      let isCut = unsafe zip_error_code_zip(&error) == ZIP_ER_NOZIP
      let reason =
        isCut
        ? "its directory, at the end of the file, is missing; was the file copied completely?"
        : unsafe String(cString: zip_error_strerror(&error))
      unsafe zip_error_fini(&error)
      unsafe zip_source_free(source)
      throw CheckpointError(
        file: file, problem: .refused(action: "open the archive", reason: reason))
    }
    unsafe archive = opened
    let count = unsafe zip_get_num_entries(opened, 0)
    // SAFETY: libzip owns the names until the archive is closed.
    names = (0..<max(0, count)).map { index in
      unsafe zip_get_name(opened, UInt64(index), 0).map { unsafe String(cString: $0) } ?? ""
    }
  }

  deinit { unsafe zip_discard(archive) }

  /// The content of an entry, or nil where there is none of that name.
  ///
  /// - Throws: ``CheckpointError`` where it is damaged or larger than can be right.
  func read(_ name: String) throws(CheckpointError) -> Bytes? {
    let index = unsafe zip_name_locate(archive, name, 0)
    guard index >= 0 else { return nil }
    var status = unsafe zip_stat_t()
    unsafe zip_stat_init(&status)
    guard unsafe zip_stat_index(archive, UInt64(index), 0, &status) == 0,
      let size = unsafe Int(exactly: status.size)
    else { throw failure(name, .malformed(expected: "an entry's size", found: "none")) }
    guard size <= budget else {
      throw failure(name, .tooLarge(what: "bytes to unpack", needed: size, limit: budget))
    }
    budget -= size
    let content = unsafe zip_fopen_index(archive, UInt64(index), 0)
    guard let content = unsafe content else { throw failure(name, unsafe refusal(nil)) }
    defer { unsafe zip_fclose(content) }
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
      // SAFETY: libzip writes at most the bytes that are left.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let part = unsafe zip_fread(content, rest.baseAddress, UInt64(rest.count))
      if part < 0 { return unsafe refusal(content) }
      if part == 0 { return .truncated(needed: buffer.count - done, available: 0) }
      done += Int(part)
    }
    var extra: UInt8 = 0
    let part = unsafe zip_fread(content, &extra, 1)
    if part < 0 { return unsafe refusal(content) }
    return part == 0 ? nil : .malformed(expected: "\(buffer.count) bytes", found: "more")
  }

  private func refusal(_ content: OpaquePointer?) -> CheckpointError.Problem {
    // SAFETY: libzip owns the text; it is copied at once.
    let reason = unsafe String(
      cString: content.map { unsafe zip_file_strerror($0) } ?? zip_strerror(archive))
    return .refused(action: "unpack", reason: reason)
  }

  private func failure(_ name: String, _ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: file, place: .entry(name, byte: nil), problem: problem)
  }
}
