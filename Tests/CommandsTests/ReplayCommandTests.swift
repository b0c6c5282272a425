import Foundation
import TestSupport
import Testing

/// `yolos replay` on the recorded steps, whole and damaged.
@Suite(.golden("train_step/sgd_step3.safetensors")) struct GoldenReplayCommandTests {
  private let folder: TestFolder
  private let recording: String

  init() throws {
    folder = try TestFolder()
    recording = try #require(Shared.golden("train_step")).path
  }

  /// A copy of the recording in which one file is changed.
  private func copy(changing name: String, _ change: (inout Data) -> Void) throws -> String {
    let copy = folder.path + "/copy"
    try FileManager.default.copyItem(atPath: recording, toPath: copy)
    let file = URL(fileURLWithPath: "\(copy)/\(name)")
    var content = try Data(contentsOf: file)
    change(&content)
    try content.write(to: file)
    return copy
  }

  @Test(arguments: ["native", "openblas"])
  func `the recorded steps are taken again and agree`(backend: String) throws {
    let outcome = try Binary.run(["replay", recording, "--backend", backend], in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("weights after step 3"))
    #expect(outcome.output.contains("comparisons match"))
    for _ in 0..<29 { countGoldenComparison() }
  }

  @Test func `one weight that differs is found`() throws {
    let copy = try copy(changing: "sgd_step3.safetensors") { content in
      // The highest byte of the last weight holds its sign.
      content[content.count - 1] ^= 0x80
    }
    let outcome = try Binary.run(["replay", copy], in: folder)
    #expect(outcome.code == 4)
    #expect(outcome.output.contains("1 of "))
  }

  @Test func `a damaged recording is refused with its place`() throws {
    let copy = try copy(changing: "init.safetensors") { $0 = $0.prefix($0.count / 2) }
    let outcome = try Binary.run(["replay", copy], in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("init.safetensors"))
    #expect(try Binary.run(["replay", folder.path], in: folder).errors.contains("train_step.json"))
    try folder.write("{\"runs\": {}}", to: "copy/train_step.json")
    let empty = try Binary.run(["replay", copy], in: folder)
    #expect(empty.code == 2 && empty.errors.contains("at least one step"))
  }
}
