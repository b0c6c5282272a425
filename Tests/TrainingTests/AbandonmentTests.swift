import Datasets
import Evaluation
import Files
import Foundation
import Geometry
import Layers
import Tensors
import Testing
import Training
import YOLO

/// Work that is broken off, and what is left of it.
@Suite(.serialized) struct AbandonmentTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  @Test func `an inference that is abandoned leaves out its steps, and the next one none`() throws {
    let graph = try tiny.model().graph
    let network = try InferenceNetwork(
      graph, count: 1, height: 64, width: 64, on: TinyRun.compute())
    let images = (0..<2).map { image in
      Tensor(
        (0..<3 * 64 * 64).map { Float(($0 * (image + 3)) % 251) / 250 }, shape: [1, 3, 64, 64])
    }
    func outputs(_ image: Int) -> [Tensor] {
      network.input.fill(from: images[image])
      network.run()
      return network.outputs.map { $0.tensor() }
    }
    let first = outputs(0), second = outputs(1)
    #expect(first != second)
    _ = outputs(0)
    var asked = 0
    network.isAbandoned = {
      asked += 1
      return asked > 3
    }
    #expect(outputs(1) != second)
    network.isAbandoned = { false }
    #expect(outputs(1) == second)
  }

  @Test func `a validation ends on request, and one within a run on the second`() throws {
    let validator = Validator(
      Detector(try tiny.model(), on: TinyRun.compute()), options: ValidationOptions(),
      on: TinyRun.compute())
    let cancellation = Cancellation()
    func run(despite level: Cancellation.Level) throws {
      _ = try validator.run(
        on: tiny.dataset.val, cancellation: cancellation, despite: level)
    }
    try run(despite: .none)
    cancellation.request()
    #expect(throws: TrainingError(.cancelled)) { try run(despite: .none) }
    try run(despite: .afterBatch)
    cancellation.request()
    #expect(throws: TrainingError(.cancelled)) { try run(despite: .afterBatch) }
  }

  @Test func `a run that is killed behind its last epoch goes on to its scores`() throws {
    let request = try tiny.request([("patience", .integer(0))])
    let whole = try tiny.train(request)
    let cancellation = Cancellation()
    let trainer = try Trainer(request, on: TinyRun.compute(), cancellation: cancellation) {
      if case .stopped = $0 { for _ in 0..<2 { cancellation.request() } }
    }
    #expect(throws: TrainingError(.cancelled)) { try trainer.run() }
    #expect(trainer.folder.isUnfinished)
    var again = request
    again.folder = trainer.folder
    var batches = 0
    let resumed = try tiny.train(again) { if case .batch = $0 { batches += 1 } }
    #expect(batches == 0 && resumed.stop == .finished && !resumed.folder.isUnfinished)
    #expect(try RunBytes(resumed.folder) == RunBytes(whole.folder))
    for (one, other) in [(resumed.best, whole.best), (resumed.last, whole.last)] {
      let validation = try #require(one.validation)
      #expect(one.epoch == other.epoch)
      #expect(validation.metrics.mAP50to95 == other.validation?.metrics.mAP50to95)
      let found = validation.images.map(\.detections)
      #expect(found == other.validation?.images.map(\.detections))
    }
    #expect(resumed.overfitting == whole.overfitting)
  }

  @Test func `what a killed run left half written goes when it is resumed`() throws {
    let cancellation = Cancellation()
    let request = try tiny.request([("save_period", .integer(1))])
    let cut = try tiny.train(
      request, cancellation: cancellation, report: ending(after: 4, with: cancellation))
    let halves = ["state.yolosrun.a1B2c3", "best.safetensors.QQQQQQ", "epoch2.safetensors.000000"]
    let others = ["notes.a1B2c3", "best.safetensors.backup2", "best.safetensors.old-01"]
    for name in halves + others {
      try AtomicFile.write("half", to: cut.folder.weights + "/" + name)
    }
    try AtomicFile.write("half", to: cut.folder.results + ".zzzzzz")
    var again = request
    again.folder = cut.folder
    let resumed = try tiny.train(again)
    let left = try FileManager.default.contentsOfDirectory(atPath: resumed.folder.weights)
    #expect(
      Set(left)
        == Set(
          ["best.safetensors", "last.safetensors"] + others
            + (1...3).map { "epoch\($0).safetensors" }))
    let above = try FileManager.default.contentsOfDirectory(atPath: resumed.folder.path)
    #expect(above.sorted() == ["args.yaml", "results.csv", "weights"])
  }
}
