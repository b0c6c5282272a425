import Checkpoints
import Foundation
import TestSupport
import Tensors
import Testing

/// Names that wrappers put in front, and files that are no checkpoint at all.
@Suite struct WrappedNamesTests {
  private static let plain = [
    "model.0.conv.weight", "model.0.bn.running_mean", "model.22.cv2.0.2.bias",
  ]

  /// A file of weights whose names are made from the plain ones.
  private func file(
    _ name: (String) -> String, and others: [String] = []
  ) throws -> (state: StateDictionary, removedPrefix: String) {
    var state = StateDictionary()
    for (index, plain) in Self.plain.enumerated() {
      state[name(plain)] = .floats(Tensor([Float(index)], shape: [1]))
    }
    for other in others { state[other] = .floats(Tensor([9], shape: [1])) }
    return try Checkpoint.parse(Checkpoint(state: state).torch(), file: "odd.pt").modelState
  }

  @Test(arguments: [
    ("module.", "module."), ("model.", "model."), ("_orig_mod.", "_orig_mod."),
    ("module._orig_mod.", "module._orig_mod."),
    ("_orig_mod.module.model.", "module._orig_mod.model."),
    ("net.", "net."), ("lightning.detector.", "lightning.detector."),
  ])
  func `what stands in front of every name is removed and told`(prefix: String, told: String) throws
  {
    let checkpoint = try file { prefix + $0 }
    #expect(checkpoint.state.names == Self.plain)
    #expect(checkpoint.removedPrefix == told)
    #expect(checkpoint.state.tensor("model.22.cv2.0.2.bias")?.scalars == [2])
  }

  @Test func `a compiled submodule has its part in the middle`() throws {
    let checkpoint = try file { $0.replacing("model.", with: "model._orig_mod.") }
    #expect(checkpoint.state.names == Self.plain && checkpoint.removedPrefix == "_orig_mod.")
  }

  @Test func `weights beside the model are left out with the prefix, and kept without one`() throws
  {
    #expect(try file({ "net." + $0 }, and: ["criterion.weight"]).state.names == Self.plain)
    let kept = try file({ $0 }, and: ["criterion.weight"])
    #expect(kept.state.names == Self.plain + ["criterion.weight"] && kept.removedPrefix.isEmpty)
  }

  @Test func `names that would fall together stay as they are`() throws {
    let both = try file({ "module." + $0 }, and: ["model.0.conv.weight"])
    #expect(both.state.count == 4 && both.removedPrefix.isEmpty)
  }

  @Test(arguments: [
    (
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 6549796\n", "Git LFS pointer"
    ),
    ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "a web page"),
    ("\u{FEFF}\n  <html lang=\"en\">", "a web page"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
    ("\u{08}\u{08}\u{12}\u{07}pytorch", "an ONNX model"), ("", "an empty file"),
    ("GGUF\u{03}", "a GGUF model"),
  ])
  func `a file that is no checkpoint is called by its name`(content: String, what: String) {
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint.parse(Data(content.utf8), file: "yolov8n.pt")
    }
    #expect(error?.description.contains(what) == true)
    #expect(error?.description.hasPrefix("yolov8n.pt: this is ") == true)
    #expect(error?.description.contains("not a checkpoint; ") == true)
  }

  @Test func `unknown bytes are shown`() {
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint.parse(Data([1, 2, 3, 255]), file: "a.pt")
    }
    #expect(error?.description.hasSuffix("begins with bytes 01 02 03 ff") == true)
  }

  @Test(.shared("cases/checkpoints"))
  func `the weights of a parallel training are those of the plain file`() throws {
    func read(_ name: String) throws -> (state: StateDictionary, removedPrefix: String) {
      try Checkpoint.read(try #require(Shared.folder("cases/checkpoints/\(name).pt")).path)
        .modelState
    }
    let parallel = try read("data-parallel")
    #expect(parallel.state == (try read("plain")).state)
    #expect(parallel.removedPrefix == "module.")
  }
}
