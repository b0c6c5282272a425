import Commands
import Foundation
import Testing

@Suite("Records of sessions")
struct SessionRecordTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// No process has numbers like these.
  private static func number(_ index: Int) -> Int32 { 2_000_000_000 + Int32(index) }

  private func leave(_ index: Int, age: Double) throws {
    let stem = "session-\(Self.number(index))"
    try folder.write("# Report\n", to: "\(stem).md")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(stem)_files", withIntermediateDirectories: true)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -age)],
      ofItemAtPath: "\(folder.path)/\(stem).md")
  }

  @Test func `the latest stay, with the one that begins no more than the limit`() throws {
    for index in 0..<30 { try leave(index, age: Double(30 - index)) }
    try folder.write("mine", to: "notes.md")
    let path = SessionRecords(folder: folder.path).begin(process: Self.number(99))
    #expect(path == "\(folder.path)/session-\(Self.number(99)).md")
    let kept = (0..<30).filter { folder.has("session-\(Self.number($0)).md") }
    #expect(kept == Array(30 - SessionRecords.limit + 1..<30))
    #expect(kept == (0..<30).filter { folder.has("session-\(Self.number($0))_files") })
    #expect(folder.has("notes.md"), "what no session has left is let alone")
  }

  @Test func `a session that still runs keeps its record however old it is`() throws {
    let own = "session-\(getpid())"
    try folder.write("# Mine\n", to: "\(own).md")
    try FileManager.default.setAttributes(
      [.modificationDate: Date.distantPast], ofItemAtPath: "\(folder.path)/\(own).md")
    for index in 0..<30 { try leave(index, age: 1) }
    _ = SessionRecords(folder: folder.path).begin(process: Self.number(99))
    #expect(folder.has("\(own).md"))
  }

  @Test func `what an earlier process of the same number has left goes`() throws {
    try leave(5, age: 1)
    _ = SessionRecords(folder: folder.path).begin(process: Self.number(5))
    #expect(!folder.has("session-\(Self.number(5)).md"))
    #expect(!folder.has("session-\(Self.number(5))_files"))
  }

  @Test func `a folder that is not there is no trouble`() {
    let records = SessionRecords(folder: folder.path + "/none")
    #expect(records.begin(process: 7).hasSuffix("session-7.md"))
  }
}
