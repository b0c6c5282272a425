import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// The reference's own files, read and compared with what the reference says of them.
@Suite(.golden("checkpoints")) struct GoldenCheckpointTests {
  private func folder() throws -> URL { try #require(Shared.golden("checkpoints")) }

  private func read(_ name: String) throws -> Checkpoint {
    try Checkpoint.read(try folder().appendingPathComponent(name).path)
  }

  /// Expects the keys, shapes and types of a `*_model.json` in its order.
  private func expectLayout(_ state: StateDictionary, of name: String) throws {
    let json = try goldenJSON(try folder().appendingPathComponent(name))
    let rows = try #require(json["state_dict"] as? [[Any]])
    #expect(state.names == rows.compactMap { $0.first as? String })
    for row in rows {
      let name = try #require(row[0] as? String)
      #expect(state[name]?.shape.extents == row[1] as? [Int], "\(name)")
      #expect((state.tensor(name) == nil) == (row[2] as? String == "int64"), "\(name)")
      countGoldenComparison()
    }
  }

  @Test func `a bare state dictionary has the reference's keys and the training fixture's numbers`()
    throws
  {
    let checkpoint = try read("tiny_state_dict.pt")
    #expect(checkpoint.format == .torch && checkpoint.precision == .single)
    try expectLayout(checkpoint.state, of: "tiny_model.json")
    guard let train = Shared.golden("train_step") else { return }
    let initial = try GoldenFile(train.appendingPathComponent("init.safetensors"))
    for name in checkpoint.state.names {
      #expect(checkpoint.state[name] == initial.arrays[name], "\(name)")
      countGoldenComparison()
    }
  }

  @Test func `a file from before torch 1.6 holds the same bits as today's`() throws {
    let legacy = try read("tiny_state_dict_legacy.pt")
    #expect(legacy.format == .legacyTorch)
    #expect(legacy.state == (try read("tiny_state_dict.pt").state))
    countGoldenComparison()
  }

  @Test func `a head of four bins has the shapes that say so`() throws {
    try expectLayout(try read("tiny_reg4_state_dict.pt").state, of: "tiny_reg4_model.json")
  }

  @Test func `a finished trainer's file gives weights, names, strides, architecture and options`()
    throws
  {
    let checkpoint = try read("yolov8n_2plysaci.pt")
    #expect(checkpoint.precision == .half)
    #expect(checkpoint.state.count == 355)
    #expect(checkpoint.names == ["oslik", "ovecka"])
    #expect(checkpoint.strides == [8, 16, 32])
    let facts = try #require(
      try goldenJSON(try folder().appendingPathComponent("checkpoints.json"))["yolov8n_2plysaci.pt"]
        as? [String: Any])
    let options = try #require(facts["train_args"] as? [String: Any])
    #expect(Set(checkpoint.trainingArguments.keys) == Set(options.keys))
    #expect(checkpoint.trainingArguments["lr0"]?.number == options["lr0"] as? Double)
    #expect(checkpoint.trainingArguments["optimizer"]?.text == "AdamW")
    #expect(checkpoint.metadata["version"]?.text == "8.4.190")
    #expect(checkpoint.metadata["epoch"] == .integer(-1))
    #expect(checkpoint.architecture["scale"]?.text == "n")
    #expect(checkpoint.architecture["backbone"]?.list?.count == 10)
    #expect(checkpoint.architecture["head"]?.list?.count == 13)
    #expect(
      checkpoint.architecture["scales"]?.dictionary?["x"]
        == .list([.number(1), .number(1.25), .integer(512)]))
    countGoldenComparison()
  }

  @Test func `the half precision weights of a trainer's file are those of the reference`() throws {
    let checkpoint = try read("yolov8n_2plysaci.pt")
    let keys = try #require(Shared.golden("model")).appendingPathComponent(
      "yolov8n_state_dict.json")
    let layouts = try goldenJSON(keys)
    let text = try #require(String(data: try Data(contentsOf: keys), encoding: .utf8))
    #expect(!layouts.isEmpty && checkpoint.state.names.allSatisfy { text.contains("\"\($0)\"") })
    // Every number of a half precision file is a half: rounding changes nothing.
    for name in checkpoint.state.names {
      guard let tensor = checkpoint.state.tensor(name) else { continue }
      #expect(tensor.scalars.allSatisfy { Half.rounded($0) == $0 }, "\(name)")
      countGoldenComparison()
    }
  }

  @Test func `of an unfinished run the averaged weights are taken`() throws {
    let checkpoint = try read("tiny_unstripped.pt")
    try expectLayout(checkpoint.state, of: "tiny_model.json")
    #expect(checkpoint.precision == .half)
    #expect(checkpoint.names == ["oslik", "ovecka"])
    #expect(checkpoint.metadata["epoch"] == .integer(1))
    #expect(checkpoint.metadata["stopper"]?.dictionary?["best_epoch"] == .integer(2))
    #expect(checkpoint.metadata["optimizer"] == nil)
    #expect(checkpoint.trainingArguments["task"]?.text == "detect")
  }

  @Test func `golden arrays are the same through our reader and the plain one`() throws {
    for folder in ["checkpoints", "blocks", "export", "train_step"].compactMap(Shared.golden) {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      for file in files.sorted() where file.hasSuffix(".safetensors") {
        let url = folder.appendingPathComponent(file)
        let plain = try GoldenFile(url).arrays
        let ours = try Checkpoint.read(url.path).state
        #expect(Set(ours.names) == Set(plain.keys), "\(file)")
        #expect(ours.names.allSatisfy { same(ours[$0], plain[$0]) }, "\(file)")
        countGoldenComparison()
      }
    }
  }

  /// Bit equality, so that not-a-number equals itself.
  private func same(_ a: StateDictionary.Value?, _ b: StateDictionary.Value?) -> Bool {
    guard case .floats(let x)? = a, case .floats(let y)? = b else { return a == b }
    return x.shape == y.shape && x.scalars.map(\.bitPattern) == y.scalars.map(\.bitPattern)
  }
}

/// A checkpoint that somebody else trained and published.
@Suite(.shared("checkpoints/yolov8s-fall.pt")) struct GoldenForeignCheckpointTests {
  @Test func `a published model reads fully`() throws {
    let url = try #require(Shared.folder("checkpoints/yolov8s-fall.pt"))
    let checkpoint = try Checkpoint.read(url.path)
    #expect(checkpoint.names == ["Normal", "Fall"])
    #expect(checkpoint.strides == [8, 16, 32])
    #expect(checkpoint.state.count == 355)
    #expect(checkpoint.precision == .half)
    #expect(checkpoint.architecture["width_multiple"] == .number(0.5))
    #expect(checkpoint.metadata["license"]?.text?.hasPrefix("AGPL-3.0") == true)
    let weights = checkpoint.state.names.compactMap { name in
      name.contains("running") ? nil : checkpoint.state.tensor(name)?.shape.count
    }
    // 11,136,374 parameters of YOLOv8s with two classes, those of the fixed DFL convolution included.
    #expect(weights.reduce(0, +) == 11_136_374)
  }
}
