import Foundation
import Geometry
import Layers
import Tensors
import TestSupport
import Testing
import Training
import YOLO

/// The whole network, loss, optimizer and average against PyTorch, over three steps on one batch.
@Suite(.golden("train_step")) struct GoldenTrainingNetworkTests {
  private let folder: URL
  private let batch: GoldenFile
  private let facts: [String: Any]

  init() throws {
    folder = try #require(Shared.golden("train_step"))
    batch = try GoldenFile(folder.appendingPathComponent("forward.safetensors"))
    facts = try goldenJSON(folder.appendingPathComponent("train_step.json"))
  }

  /// Those cases whose files are there; the clone alone has the files of the plain run with SGD.
  private static func present<Case>(_ files: [(case: Case, file: String)]) -> [Case] {
    files.filter { Shared.golden("train_step/\($0.file).safetensors") != nil }.map(\.case)
  }

  private func initialModel() throws -> Model {
    let initial = try GoldenFile(folder.appendingPathComponent("init.safetensors"))
    let state = initial.state()
    let model = Model(try Architecture(of: state))
    try model.load(state)
    return model
  }

  /// For each image its objects.
  private func targets() throws -> [[LabeledBox<Normalized>]] {
    let rows = try batch.tensor("targets"), images = try batch.tensor("img").shape[0]
    var targets = [[LabeledBox<Normalized>]](repeating: [], count: images)
    for row in 0..<rows.shape[0] {
      let v = (0..<6).map { rows.scalars[6 * row + $0] }
      targets[Int(v[0])].append(
        LabeledBox(
          box: Box(centerX: v[2], centerY: v[3], width: v[4], height: v[5]), classIndex: Int(v[1])))
    }
    return targets
  }

  /// One forward and backward pass; returns the parts of the loss.
  private func pass(
    _ model: Model, _ network: TrainingNetwork, _ compute: Compute
  ) throws -> LossComponents {
    network.input.fill(from: try batch.tensor("img"))
    network.forward()
    let loss = DetectionLoss().evaluate(
      model.headOutput(network.outputs), targets: try targets(),
      imageSize: (network.input.height, network.input.width),
      gradient: model.headOutput(network.outputGradients), on: compute.pool)
    network.backward()
    return loss
  }

  private func network(_ model: Model, _ compute: Compute, _ mode: MemoryMode = .normal) throws
    -> TrainingNetwork
  {
    let image = try batch.tensor("img").shape
    return try TrainingNetwork(
      model.graph, count: image[0], height: image[2], width: image[3], memoryMode: mode,
      on: compute)
  }

  @Test(
    arguments: present([(Freezing.none, "forward"), (.first(10), "freeze10_sgd_forward")]),
    TestedBackend.all)
  func `loss and every gradient of the first step agree with PyTorch`(
    freezing: Freezing, tested: TestedBackend
  ) throws {
    for mode in MemoryMode.allCases { try compareGradients(freezing, mode, on: tested) }
  }

  private func compareGradients(
    _ freezing: Freezing, _ mode: MemoryMode, on tested: TestedBackend
  ) throws {
    let name = freezing == .none ? "forward" : "freeze10_sgd_forward"
    let golden = try GoldenFile(folder.appendingPathComponent("\(name).safetensors"))
    let compute = tested.compute, model = try initialModel()
    model.freeze(freezing)
    let loss = try pass(model, try network(model, compute, mode), compute)
    let run = freezing == .none ? "sgd" : "freeze10_sgd"
    let first = try history(of: run)[0]
    #expect(abs(loss.box - (try number(first, "box_loss"))) < 1e-4)
    #expect(abs(loss.cls - (try number(first, "cls_loss"))) < 1e-4)
    #expect(abs(loss.dfl - (try number(first, "dfl_loss"))) < 1e-4)
    for parameter in model.parameters where !parameter.isFrozen {
      let wanted = try golden.tensor("grad." + parameter.name)
      let got = Tensor(
        (0..<parameter.count).map { unsafe parameter.gradient.base[$0] }, shape: parameter.shape)
      // Normalization over eight values amplifies rounding; the tolerance is that of the golden notes.
      expectGolden(
        got, equals: wanted, "\(tested.backend.name) \(name) \(parameter.name)",
        absolute: 2e-3 * wanted.scalars.reduce(0) { max($0, abs($1)) })
    }
    for parameter in model.parameters where parameter.isFrozen {
      #expect((0..<parameter.count).allSatisfy { unsafe parameter.gradient.base[$0] == 0 })
    }
  }

  @Test(
    arguments: present([
      ("sgd", "sgd_step3_ema"), ("adamw", "adamw_step3_ema"),
      ("freeze10_sgd", "freeze10_sgd_step3_ema"),
    ]), TestedBackend.all)
  func `weights and averages after three steps agree with PyTorch`(
    run: String, tested: TestedBackend
  ) throws {
    let record = try RecordedTraining(folder.path)
    let facts = try #require(record.runs[run]), isAdam = run == "adamw"
    try record.replay(run, on: tested.compute) { moment in
      if moment.step == 1 {
        let norm = try #require(moment.outcome.gradientNorm)
        #expect(abs(norm / facts.history[0].gradNorm - 1) < 1e-3)
      }
      for (suffix, state) in [("", moment.weights), ("_ema", moment.ema)] {
        let name = "\(run)_step\(moment.step)\(suffix).safetensors"
        guard FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
        else { continue }
        try compare(state, name, isAdam: isAdam, rate: facts.lr, step: moment.step)
      }
    }
  }

  /// The tolerances of the golden notes: AdamW may move an element whose gradient is nearly nothing
  /// either way, so a few of its elements may be off by two steps.
  private func compare(
    _ state: StateDictionary, _ name: String, isAdam: Bool, rate: Double, step: Int
  ) throws {
    let golden = try GoldenFile(folder.appendingPathComponent(name))
    var elements = 0, off = 0
    for key in state.names {
      guard let got = state.tensor(key) else { continue }
      let wanted = try golden.tensor(key)
      if isAdam {
        elements += wanted.shape.count
        off +=
          zip(got.scalars, wanted.scalars).filter { abs($0 - $1) > 1e-5 * max(1, Float(step)) }
          .count
        expectGolden(
          got, equals: wanted, "\(name) \(key)", absolute: 2 * Float(rate) * Float(step))
      } else {
        expectGolden(
          got, equals: wanted, "\(name) \(key)", absolute: step == 1 ? 5e-6 : 5e-4, relative: 1e-5)
      }
    }
    if isAdam { #expect(Double(off) <= 0.005 * Double(elements), "\(name): \(off) of \(elements)") }
  }

  private func facts(of run: String) throws -> [String: Any] {
    try #require((facts["runs"] as? [String: Any])?[run] as? [String: Any])
  }

  private func history(of run: String) throws -> [[String: Any]] {
    try #require(try facts(of: run)["history"] as? [[String: Any]])
  }

  private func number(_ facts: [String: Any], _ name: String) throws -> Double {
    try #require(facts[name] as? Double)
  }
}
