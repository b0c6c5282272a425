import Checkpoints
import Foundation
import TestSupport
import Testing

/// The reference's own files with changed and missing bytes.
@Suite(.golden("checkpoints")) struct GoldenDamageTests {
  private func content(_ name: String) throws -> Data {
    try Data(
      contentsOf: try #require(Shared.golden("checkpoints")).appendingPathComponent(name))
  }

  @Test func `changed bytes in a pickle without checksum give an error or weights`() throws {
    let whole = [UInt8](try content("tiny_state_dict_legacy.pt"))
    var errors = 0
    // The pickle of 355 tensors takes the first fifty thousand bytes.
    for position in stride(from: 15, to: 49_000, by: 331) {
      var damaged = whole
      damaged[position] ^= UInt8(truncatingIfNeeded: position | 1)
      do throws(CheckpointError) {
        _ = try Checkpoint.parse(Data(damaged), file: "a.pt")
      } catch {
        errors += 1
      }
    }
    #expect(errors > 20, "\(errors) of 148 changes were noticed")
  }

  @Test(arguments: ["tiny_reg4_state_dict.pt", "tiny_state_dict_legacy.pt"])
  func `truncated files are errors`(name: String) throws {
    let whole = try content(name)
    for part in 0..<40 {
      #expect(throws: CheckpointError.self, "\(part) fortieths") {
        try Checkpoint.parse(whole.prefix(whole.count * part / 40), file: name)
      }
    }
  }

  @Test func `a changed weight in an archive fails its checksum`() throws {
    var damaged = try content("tiny_reg4_state_dict.pt")
    damaged[damaged.count / 2] ^= 0x10
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint.parse(damaged, file: "a.pt")
    }
    guard case .refused(action: "unpack", reason: _)? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
