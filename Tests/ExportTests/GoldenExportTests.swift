import Checkpoints
import Export
import Foundation
import TestSupport
import Testing
import YOLO

/// Our file beside the reference's for the same weights.
@Suite(.golden("export"), .golden("checkpoints")) struct GoldenExportTests {
  /// The tiny model of the reference.
  private func tiny() throws -> Model {
    let folder = try #require(Shared.golden("checkpoints"))
    let state = try Checkpoint.read(folder.appendingPathComponent("tiny_state_dict.pt").path).state
    let model = Model(try Architecture(of: state), classNames: ["oslik", "ovecka"])
    try model.load(state)
    return model
  }

  @Test func `operators, shapes and metadata are those of the reference's file`() throws {
    let folder = try #require(Shared.golden("export"))
    let facts = try goldenJSON(folder.appendingPathComponent("tiny_64.json"))
    let reader = try #require(ONNXReader(try ONNXFile(tiny(), height: 64, width: 64).data))
    let theirs = try #require(facts["operators"] as? [String: Int])
    // Slicing, arithmetic of anchors and constants are written in other ways.
    for name in ["Conv", "MaxPool", "Resize", "Sigmoid", "Softmax", "Transpose", "Reshape"] {
      #expect(reader.operators[name] == theirs[name], "\(name)")
      countGoldenComparison()
    }
    let metadata = try #require(facts["metadata"] as? [String: String])
    for key in ["stride", "task", "head", "batch", "imgsz", "names", "channels", "end2end"] {
      #expect(reader.metadata[key] == metadata[key], "\(key)")
      countGoldenComparison()
    }
    let ours = Set(reader.metadata.keys)
    // A date would change the bytes; the licence of somebody's weights is not ours to state.
    #expect(Set(metadata.keys).subtracting(ours) == ["date", "license", "docs"])
    #expect(reader.value(11)?.extents == ["1", "3", "64", "64"])
    #expect(reader.value(12)?.extents == ["1", "6", "84"])
  }

  @Test func `the folded filters are those of the reference's file`() throws {
    let folder = try #require(Shared.golden("export"))
    let theirs = try #require(
      ONNXReader(try Data(contentsOf: folder.appendingPathComponent("tiny_64.onnx"))))
    let ours = try #require(ONNXReader(try ONNXFile(tiny(), height: 64, width: 64).data))
    var tensors: [String: [Float]] = [:]
    for tensor in theirs.graph.messages(5) where tensor.integers(2) == [1] {
      tensors[tensor.texts(8)[0]] = floats(tensor)
    }
    var count = 0
    for tensor in ours.graph.messages(5) {
      guard let name = tensor.texts(8).first, let expected = tensors[name] else { continue }
      // The reference folds in single precision, we in double: a few units in the last place.
      let got = floats(tensor)
      let limit = 2e-6 * (expected.map(abs).max() ?? 0)
      #expect(
        zip(got, expected).allSatisfy { abs($0 - $1) <= limit } && got.count == expected.count,
        "\(name)")
      countGoldenComparison()
      count += 1
    }
    // 63 convolutions with filters and biases.
    #expect(count == 126)
  }

  private func floats(_ tensor: Message) -> [Float] {
    let bytes = [UInt8](tensor.bytes(9) ?? Data())
    return (0..<bytes.count / 4).map { i in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * i + $1]) << (8 * UInt32($1)) })
    }
  }
}
