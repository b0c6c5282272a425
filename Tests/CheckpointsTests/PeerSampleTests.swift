import Checkpoints
import Foundation
import TestSupport
import Testing

/// Writes files for other programs to read; `scripts/check-export` sets the folder and reads them.
@Suite(
  .golden("checkpoints"),
  .enabled(
    if: ProcessInfo.processInfo.environment["YOLOS_PEER_FOLDER"] != nil,
    "YOLOS_PEER_FOLDER is not set: no files for other programs written"))
struct PeerSampleTests {
  @Test func `the same weights go into every format`() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["YOLOS_PEER_FOLDER"])
    let golden = try #require(Shared.golden("checkpoints"))
    let source = try Checkpoint.read(golden.appendingPathComponent("yolov8n_2plysaci.pt").path)
    try source.writeTorch(to: folder + "/single.pt")
    try source.writeTorch(to: folder + "/half.pt", half: true)
    try source.write(to: folder + "/half.safetensors")
    try source.write(to: folder + "/single.safetensors", half: false)
    let again = try Checkpoint.read(folder + "/half.safetensors")
    #expect(again.state == source.state && again.architecture == source.architecture)
    #expect(again.trainingArguments == source.trainingArguments && again.names == source.names)
  }
}
