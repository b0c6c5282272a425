import Datasets
import Evaluation
import Geometry
import Tensors
import Testing
import Training
import YOLO

/// An old dataset scored by an old and a new model.
@Suite struct ForgettingMeasurementTests {
  @Test func `labels follow a model's classes by name`() throws {
    let tiny = try TinyRun(train: 8, val: 1, background: 0)
    let own = tiny.dataset.classNames, samples = tiny.dataset.train
    #expect(own == ["bear", "rabbit"])
    #expect(samples.speaking(of: own, insteadOf: own) == samples)
    let turned = samples.speaking(of: ["rabbit", "cat", "bear"], insteadOf: own)
    for (old, new) in zip(samples, turned) {
      #expect(new.rows.map(\.classIndex) == old.rows.map { $0.classIndex == 0 ? 2 : 0 })
      #expect(new.imagePath == old.imagePath && new.imageDigest == old.imageDigest)
    }
    let one = samples.speaking(of: ["rabbit"], insteadOf: own)
    #expect(
      one.flatMap(\.rows).count == samples.flatMap(\.rows).count { $0.classIndex == 1 })
  }

  @Test func `a class the new model does not know is forgotten or was never known`() throws {
    let tiny = try TinyRun(train: 4, val: 4, background: 0)
    let compute = TinyRun.compute()
    var options = ValidationOptions()
    options.imageSize = 64
    let measurement = try Forgetting.measured(
      on: tiny.dataset.val, classNames: tiny.dataset.classNames, before: try tiny.model(),
      after: try tiny.model(["cat", "bear"]), options: options, on: compute)
    let fates = measurement.forgetting.classes
    #expect(fates.map(\.name) == ["bear", "rabbit"])
    #expect(fates[0].after != nil && fates[1].after == nil)
    #expect(measurement.before.metrics.instances > measurement.after.metrics.instances)
    let error = #expect(throws: TrainingError.self) {
      try Forgetting.measured(
        on: tiny.dataset.val, classNames: tiny.dataset.classNames,
        before: try tiny.model(["cat"]), after: try tiny.model(), options: options, on: compute)
    }
    #expect(error?.description.contains("knows none of the classes bear, rabbit") == true)
  }
}
