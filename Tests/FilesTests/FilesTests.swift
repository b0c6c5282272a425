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

  @Test func `a missing file is named with the reason`() {
    let error = #expect(throws: FileError.self) { try AtomicFile.read(folder + "/absent") }
    #expect(error?.description == "\(folder)/absent: cannot read: no such file")
  }

  @Test func `SHA-256 agrees with the standard's example`() {
    // FIPS 180-4, appendix: the digest of "abc".
    #expect(
      Digest(of: "abc").description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
