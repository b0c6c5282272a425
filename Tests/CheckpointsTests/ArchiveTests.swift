import Checkpoints
import Foundation
import Tensors
import Testing

/// Zip archives that are not as torch writes them.
@Suite struct ArchiveTests {
  /// A dictionary of one tensor with two elements in storage "0".
  private let pickle = HandmadePickle { pickle in
    pickle.raw("}")
    pickle.text("w")
    pickle.tensor(count: 2, extents: [2], strides: [1])
    pickle.raw("s")
  }

  private let storage: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]

  private func archive(_ entries: [(String, [UInt8])]) -> Data {
    var writer = ZipWriter()
    for (name, bytes) in entries { writer.add(name, bytes) }
    return writer.finish()
  }

  private func problem(_ content: Data) -> CheckpointError.Problem? {
    do throws(CheckpointError) {
      _ = try Checkpoint.parse(content, file: "a.pt")
      return nil
    } catch { return error.problem }
  }

  @Test(arguments: ["", "archive/", "any name/"])
  func `the root folder may have any name or none`(root: String) throws {
    let content = archive([("\(root)data.pkl", pickle.bytes), ("\(root)data/0", storage)])
    let state = try Checkpoint.parse(content, file: "a.pt").state
    #expect(state.tensor("w") == Tensor([1, 2], shape: [2]))
  }

  @Test func `archives of other kinds are told apart`() {
    #expect(
      problem(archive([("a/array.npy", [1])]))
        == .missing("an entry 'data.pkl'; it is not an archive written by torch.save"))
    #expect(
      problem(archive([("a/data.pkl", pickle.bytes), ("a/constants.pkl", [])]))
        == .unsupported(
          "a TorchScript program", advice: "use the .pt file it was exported from"))
    #expect(
      problem(archive([("a/data.pkl", pickle.bytes), ("a/byteorder", Array("big".utf8))]))
        == .unsupported(
          "a file from a big-endian machine", advice: "save it with byteorder 'little'"))
  }

  @Test func `a storage that is absent or short is named`() {
    #expect(
      problem(archive([("a/data.pkl", pickle.bytes)])) == .missing("the entry 'a/data/0'"))
    #expect(
      problem(archive([("a/data.pkl", pickle.bytes), ("a/data/0", [1, 2, 3])]))
        == .truncated(needed: 8, available: 3))
  }

  /// The archive with its first entry packed by method 8, and `size` as the unpacked size it claims.
  private func deflated(claiming size: Int? = nil) -> Data {
    let content = pickle.bytes
    // One stored block of RFC 1951: final, length, its complement, the bytes.
    let packed =
      [1] + littleEndian(content.count, 2) + littleEndian(~content.count, 2) + content
    var bytes = [UInt8](archive([("a/data.pkl", packed), ("a/data/0", storage)]))
    let checksum = [UInt8](archive([("a/data.pkl", content)]))[14..<18]
    let size = littleEndian(size ?? content.count, 4)
    // Method, checksum and size in the local header, and again in the directory.
    let directory = bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) } ?? 0
    for (start, shift) in [(0, 0), (directory, 2)] {
      bytes[start + 8 + shift] = 8
      bytes.replaceSubrange(start + 14 + shift..<start + 18 + shift, with: checksum)
      bytes.replaceSubrange(start + 22 + shift..<start + 26 + shift, with: size)
    }
    return Data(bytes)
  }

  @Test func `packed entries are unpacked`() throws {
    let state = try Checkpoint.parse(deflated(), file: "a.pt").state
    #expect(state.tensor("w") == Tensor([1, 2], shape: [2]))
  }

  @Test func `an entry that claims gigabytes is refused before memory is asked for`() {
    guard
      case .tooLarge(what: "bytes to unpack", needed: 4_000_000_000, limit: _)? =
        problem(deflated(claiming: 4_000_000_000))
    else {
      Issue.record("\(String(describing: problem(deflated(claiming: 4_000_000_000))))")
      return
    }
    // A smaller lie is found out when the bytes run short.
    #expect(problem(deflated(claiming: pickle.bytes.count + 1000)) != nil)
  }

  @Test func `figures of NumPy and paths of the trainer's machine become plain notes`() throws {
    let file = HandmadePickle { pickle in
      pickle.raw("}(")
      pickle.text("model")
      pickle.raw("}")
      pickle.text("w")
      pickle.tensor(count: 2, extents: [2], strides: [1])
      pickle.raw("s")
      pickle.text("best_fitness")
      pickle.global("numpy.core.multiarray", "scalar")
      pickle.global("numpy", "dtype")
      pickle.text("f8")
      pickle.raw([0x89, 0x88, 0x87, 0x52])
      pickle.global("_codecs", "encode")
      pickle.text("\0\0\0\0\0\0\u{E0}\u{3F}")
      pickle.text("latin1")
      pickle.raw([0x86, 0x52, 0x86, 0x52])
      pickle.text("save_dir")
      pickle.global("pathlib", "PosixPath")
      pickle.raw("(")
      for part in ["/", "one", "two"] { pickle.text(part) }
      pickle.raw("tRu")
    }.file(storages: [("0", [1, 2])])
    let metadata = try Checkpoint.parse(file, file: "a.pt").metadata
    #expect(metadata["best_fitness"] == .number(0.5))
    #expect(metadata["save_dir"] == .text("/one/two"))
  }

  @Test func `what is no regular file is not read`() {
    let error = #expect(throws: CheckpointError.self) { try Checkpoint.read("/dev/zero") }
    #expect(error?.description == "/dev/zero: cannot read: it is not a regular file")
    #expect(
      throws: CheckpointError(
        file: "/tmp", problem: .refused(action: "read", reason: "it is a folder"))
    ) { try Checkpoint.read("/tmp") }
  }
}
