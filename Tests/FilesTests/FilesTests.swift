import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("yolos-\(UUID().uuidString)").path

  @Test func `writing makes folders, replaces the content and leaves nothing beside it`() throws {
    let path = folder + "/deep/er/note.txt"
    try AtomicFile.write("one", to: path)
    try AtomicFile.write("two", to: path)
    #expect(try AtomicFile.read(path) == Data("two".utf8))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/deep/er") == ["note.txt"])
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `who watches hears of every byte, and may end it: the old file stays`() throws {
    let path = folder + "/large", content = Data(repeating: 7, count: 9 << 20)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var heard: [Int] = []
    try AtomicFile.write(content, to: path) { done, _ in heard.append(done) }
    #expect(heard == [0, 4 << 20, 8 << 20, 9 << 20])
    #expect(try AtomicFile.read(path) == content)
    let stop = FileError(path: path, action: "write", reason: "enough")
    #expect(throws: stop) {
      try AtomicFile.write(Data("new".utf8), to: path) { (done, _) throws(FileError) in
        if done > 0 { throw stop }
      }
    }
    #expect(try AtomicFile.read(path) == content)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["large"])
  }

  @Test(arguments: ["", "a", "ab", "b", "aé", "az", "😀", "a/b", "a.b", "A"])
  func `texts are ordered by their bytes`(text: String) {
    for other in ["", "a", "ab", "b", "aé", "az", "😀", "a/b", "a.b", "A"] {
      #expect(text.precedesByBytes(other) == text.utf8.lexicographicallyPrecedes(other.utf8))
    }
  }

  @Test func `a missing file is named with the reason`() {
    let error = #expect(throws: FileError.self) { try AtomicFile.read(folder + "/absent") }
    #expect(error?.description == "\(folder)/absent: cannot read: no such file")
  }

  @Test func `a folder that cannot be made is named with the system's reason`() {
    let error = #expect(throws: FileError.self) { try AtomicFile.makeFolder("/dev/null/below") }
    #expect(error?.description == "/dev/null/below: cannot make the folder: Not a directory")
  }

  @Test func `the digest of a file is that of its content, however long`() throws {
    let path = folder + "/long"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for count in [0, 1, 3_000_000] {
      let content = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) })
      try AtomicFile.write(content, to: path)
      #expect(try Digest(ofFile: path) == Digest(of: content))
    }
    let error = #expect(throws: FileError.self) { try Digest(ofFile: folder + "/absent") }
    #expect(error?.reason == "no such file")
    #expect(throws: FileError.self) { try Digest(ofFile: folder) }
  }

  @Test func `a digest is read as it is written, and nothing else is`() {
    let digest = Digest(of: "abc")
    #expect(Digest(digest.description) == digest)
    #expect(Digest(digest.description.uppercased()) == digest)
    for text in ["", "abc", digest.description + "0", "g" + digest.description.dropFirst()] {
      #expect(Digest(text) == nil, "\(text)")
    }
  }

  @Test func `SHA-256 agrees with the standard's example`() {
    // FIPS 180-4, appendix: the digest of "abc".
    #expect(
      Digest(of: "abc").description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
