import Checkpoints
import Export
import Foundation
import TestSupport
import Testing
import YOLO

/// Writes files for other programs to read; `scripts/check-export` sets the folder and reads them.
@Suite(
  .golden("checkpoints"),
  .enabled(
    if: ProcessInfo.processInfo.environment["YOLOS_PEER_FOLDER"] != nil,
    "YOLOS_PEER_FOLDER is not set: no files for other programs written"))
struct PeerExportTests {
  @Test(arguments: ["tiny_state_dict", "tiny_reg4_state_dict", "yolov8n_2plysaci"])
  func `models of both sizes of head are exported fixed and dynamic`(name: String) throws {
    let folder = try #require(ProcessInfo.processInfo.environment["YOLOS_PEER_FOLDER"])
    let golden = try #require(Shared.golden("checkpoints"))
    let checkpoint = try Checkpoint.read(golden.appendingPathComponent("\(name).pt").path)
    let model = Model(try Architecture(of: checkpoint.state), classNames: ["oslik", "ovecka"])
    try model.load(checkpoint.state)
    try ONNXFile(model, height: 64, width: 64).write(to: "\(folder)/\(name)_fixed.onnx")
    try ONNXFile(model, height: 64, width: 64, isDynamic: true)
      .write(to: "\(folder)/\(name)_dynamic.onnx")
  }
}
