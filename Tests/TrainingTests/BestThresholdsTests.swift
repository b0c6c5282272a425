import Checkpoints
import Datasets
import Evaluation
import Foundation
import Geometry
import Testing
import Training
import YOLO

/// The confidences of the best F1 on their way through a checkpoint.
@Suite struct BestThresholdsTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private func thresholds() -> BestThresholds {
    let results = (0..<4).map { index in
      ImageResult<InputPixels>(
        detections: [
          Detection(
            box: Box(minX: 0, minY: 0, maxX: 10, maxY: 10), confidence: 0.9 - 0.1 * Float(index),
            classIndex: index % 2)
        ],
        truths: [
          LabeledBox(
            box: Box(minX: 0, minY: 0, maxX: 10, maxY: index < 3 ? 10 : 40), classIndex: index % 2)
        ])
    }
    return BestThresholds(
      DetectionMetrics(of: results), classNames: ["bear", "rabbit"], split: .val, imageSize: 320)
  }

  @Test func `a checkpoint of a run carries what its validation found`() throws {
    let outcome = try tiny.train(try tiny.request([("epochs", .integer(2))]))
    for weights in [outcome.best, outcome.last] {
      let metadata = try Checkpoint.read(weights.file).metadata
      let carried = try #require(BestThresholds(metadata))
      let metrics = try #require(weights.validation).metrics
      #expect(carried.overall == metrics.best)
      #expect(carried.classes.map(\.point) == metrics.classes.map(\.best))
      let names = tiny.dataset.classNames
      #expect(carried.classes.map(\.name) == metrics.classes.map { names[$0.classIndex] })
      #expect(carried.split == .val && carried.imageSize == 64)
    }
  }

  @Test func `a run that is not validated leaves none`() throws {
    let outcome = try tiny.train(
      try tiny.request([("epochs", .integer(1)), ("val", .flag(false))]))
    #expect(BestThresholds(try Checkpoint.read(outcome.last.file).metadata) == nil)
  }

  @Test func `thresholds are read as they were written, whatever else there is`() throws {
    let given = thresholds()
    #expect(given.overall.isFound && given.classes.count == 2)
    let model = try tiny.model()
    var metadata: Metadata = ["epoch": .integer(3)]
    given.write(to: &metadata)
    let bytes = Checkpoint(state: model.stateDictionary(), metadata: metadata).safetensors()
    let file = tiny.folder + "/carried.safetensors"
    try bytes.write(to: URL(fileURLWithPath: file))
    let read = try Checkpoint.read(file).metadata
    #expect(BestThresholds(read) == given)
    #expect(read["epoch"] == .integer(3))
  }

  @Test func `what is malformed is none`() throws {
    var whole = Metadata()
    thresholds().write(to: &whole)
    let facts = try #require(whole["best_f1"]?.dictionary)
    #expect(BestThresholds(Metadata()) == nil)
    #expect(BestThresholds(["best_f1": .text("0.4")]) == nil)
    let damages: [(String, MetadataValue)] = [
      ("split", .text("holidays")), ("imgsz", .integer(0)), ("conf", .number(1.5)),
      ("recall", .text("much")), ("classes", .list([.integer(1)])), ("f1", .number(.nan)),
    ]
    for (key, value) in damages {
      var damaged = facts
      damaged[key] = value
      #expect(BestThresholds(["best_f1": .dictionary(damaged)]) == nil, "\(key)")
    }
  }

  @Test func `a class without a hit has the threshold of all`() {
    let results = [
      ImageResult<InputPixels>(
        detections: [
          Detection(
            box: Box(minX: 0, minY: 0, maxX: 10, maxY: 10), confidence: 0.8, classIndex: 0)
        ],
        truths: [
          LabeledBox(box: Box(minX: 0, minY: 0, maxX: 10, maxY: 10), classIndex: 0),
          LabeledBox(box: Box(minX: 50, minY: 0, maxX: 60, maxY: 10), classIndex: 1),
        ])
    ]
    let all = BestThresholds(
      DetectionMetrics(of: results), classNames: ["bear", "rabbit", "sheep"], split: .test,
      imageSize: 64)
    #expect(all.confidence(of: "rabbit") == all.overall.confidence)
    #expect(all.confidence(of: "sheep") == all.overall.confidence)
    #expect(all.confidence(of: "bear") == all.classes[0].point.confidence)
  }
}
