import Checkpoints
import Foundation
import Layers
import Tensors
import TestSupport
import Testing
import YOLO

/// The five sizes of YOLOv8 against the reference's figures.
@Suite(.golden("model")) struct GoldenFactsTests {
  @Test func `counts, operations and layer tables of all sizes agree with the reference`() throws {
    let folder = try #require(Shared.golden("model"))
    let facts = try goldenJSON(folder.appendingPathComponent("facts.json"))
    for entry in try #require(facts["models"] as? [[String: Any]]) {
      let scale = try #require((entry["scale"] as? String).flatMap(Scale.init(rawValue:)))
      let classes = try #require(entry["nc"] as? Int)
      let model = Model(.yolov8(scale, classes: classes))
      #expect(model.strides.map(Double.init) == entry["strides"] as? [Double])
      try expect(model.summary(), entry["unfused"])
      try expect(model.summary(fused: true), entry["fused"])
      let table = try #require(entry["table"] as? [[String: Any]])
      for (row, golden) in zip(model.summary().rows, table) {
        #expect(row.index == golden["index"] as? Int)
        #expect(row.from == (golden["from"] as? [Int] ?? [golden["from"] as? Int ?? -99]))
        #expect(row.repeats == golden["repeats"] as? Int)
        #expect(row.kind == golden["module"] as? String)
        #expect(row.arguments == golden["args"] as? String)
        #expect(row.parameters == golden["params"] as? Int)
        countGoldenComparison()
      }
      #expect(table.count == model.summary().rows.count)
    }
  }

  private func expect(_ summary: ModelSummary, _ golden: Any?) throws {
    let golden = try #require(golden as? [String: Any])
    #expect(summary.layers == golden["layers"] as? Int)
    #expect(summary.parameters == golden["parameters"] as? Int)
    #expect(summary.gradients == golden["gradients"] as? Int)
    let gflops = try #require(golden["gflops_640"] as? Double)
    #expect(abs(summary.gflops - gflops) < 1e-9)
    countGoldenComparison()
  }

  @Test(arguments: ["nc2", "nc80"])
  func `names and shapes of the state dictionary agree with the reference`(key: String) throws {
    let folder = try #require(Shared.golden("model"))
    let golden = try goldenJSON(folder.appendingPathComponent("yolov8n_state_dict.json"))
    let rows = try #require(golden[key] as? [[Any]])
    let state = Model(.yolov8(.n, classes: key == "nc2" ? 2 : 80)).stateDictionary()
    #expect(state.names == rows.map { $0[0] as? String })
    for row in rows {
      let name = try #require(row[0] as? String)
      #expect(state[name]?.shape.extents == row[1] as? [Int])
      countGoldenComparison()
    }
  }
}

/// A trained nano model, layer by layer.
@Suite(.golden("model"), .golden("checkpoints")) struct GoldenForwardTests {
  private func model() throws -> Model {
    let folder = try #require(Shared.golden("checkpoints"))
    let checkpoint = try Checkpoint.read(folder.appendingPathComponent("yolov8n_2plysaci.pt").path)
    let model = Model(try Architecture(of: checkpoint.state), classNames: checkpoint.names)
    try model.load(checkpoint.state)
    return model
  }

  @Test(arguments: TestedBackend.all)
  func `every module and the raw head agree with PyTorch`(tested: TestedBackend) throws {
    let folder = try #require(Shared.golden("model"))
    let golden = try GoldenFile(
      folder.appendingPathComponent("yolov8n_2plysaci_96x128.safetensors"))
    let model = try model(), input = try golden.tensor("input"), compute = tested.compute
    #expect(model.architecture.scale == .n && model.classNames == ["oslik", "ovecka"])

    // Every module's output is made an output of the graph, so that it is kept.
    let graph = model.graph.exposing(modulesBelow: 22)
    let network = try InferenceNetwork(
      graph, count: 1, height: input.shape[2], width: input.shape[3], on: compute)
    network.input.fill(from: input)
    network.run()
    for (index, map) in network.outputs.dropFirst(6).enumerated() {
      let name = "layer." + (index < 10 ? "0" : "") + "\(index)"
      expectGolden(
        map.tensor(), equals: try golden.tensor(name), name, absolute: 1e-4, relative: 1e-4)
    }
    for level in 0..<3 {
      expectGolden(
        network.outputs[2 * level].tensor(), equals: try golden.tensor("head.box.\(level)"),
        "head.box.\(level)", absolute: 1e-4, relative: 1e-4)
      expectGolden(
        network.outputs[2 * level + 1].tensor(), equals: try golden.tensor("head.cls.\(level)"),
        "head.cls.\(level)", absolute: 1e-4, relative: 1e-4)
    }
  }

  @Test func `a plan with shared memory gives the same bits as one that keeps everything`() throws {
    let model = try model()
    let compute = Compute(pool: ThreadPool(threads: 2), backend: NativeBackend())
    let arena = Arena()
    let input = Tensor((0..<3 * 64 * 96).map { Float($0 % 251) / 250 }, shape: [1, 3, 64, 96])
    let tight = try InferenceNetwork(
      model.graph, count: 1, height: 64, width: 96, in: arena, on: compute)
    let wide = try InferenceNetwork(
      model.graph.exposing(modulesBelow: 22), count: 1, height: 64, width: 96, on: compute)
    tight.input.fill(from: input)
    tight.run()
    wide.input.fill(from: input)
    wide.run()
    for (a, b) in zip(tight.outputs, wide.outputs) { #expect(a.tensor() == b.tensor()) }
  }

  @Test func `images that do not fit the strides are refused with a sentence`() throws {
    let error = #expect(throws: NetworkError.self) {
      try InferenceNetwork(
        Model(.yolov8(.n, classes: 1)).graph, count: 1, height: 100, width: 64,
        on: Compute(pool: ThreadPool(threads: 1), backend: NativeBackend()))
    }
    #expect(error?.description.contains("multiples of its largest stride, 32") == true)
  }
}
