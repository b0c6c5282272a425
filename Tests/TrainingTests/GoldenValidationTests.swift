import Datasets
import Evaluation
import Foundation
import Geometry
import Tensors
import TestSupport
import Testing
import Training

/// The golden validation: objects at the borders of twelve images, and detections that reach beyond them.
private struct ValidationCase {
  let file: GoldenFile
  let facts: [String: Any]
  let samples: [Sample]

  init() throws {
    let folder = try #require(Shared.golden("validation"))
    file = try GoldenFile(folder.appendingPathComponent("validation.safetensors"))
    facts = try goldenJSON(folder.appendingPathComponent("validation.json"))
    let images = try #require(facts["images"] as? [[String: Int]])
    let rows = try file.rows("labels")
    samples = try images.enumerated().map { index, sides in
      Sample(
        imagePath: "\(index).png", labelPath: "\(index).txt",
        width: try #require(sides["width"]), height: try #require(sides["height"]),
        rows: rows.filter { Int($0[0]) == index }.map { row in
          let v = row.map(Double.init)
          return LabelRow(
            classIndex: Int(v[1]), centerX: v[2], centerY: v[3], width: v[4], height: v[5])
        })
    }
  }

  /// One way to put the images into batches.
  func run(_ name: String) throws -> [String: Any] {
    let runs = try #require(facts["runs"] as? [[String: Any]])
    return try #require(runs.first { $0["name"] as? String == name })
  }

  /// The batches of a run, and every image as a validator sees it.
  func validated(_ name: String) throws -> (plan: ValidationPlan, images: [ValidatedImage]) {
    let run = try run(name), isRectangular = try #require(run["rect"] as? Bool)
    let plan = ValidationPlan(
      samples: samples, imageSize: try #require(facts["imgsz"] as? Int),
      batchSize: try #require(run["batch"] as? Int), isRectangular: isRectangular,
      padding: isRectangular ? 0.5 : 0)
    let rows = try file.rows("detections.\(name)")
    let images = samples.indices.compactMap { index -> ValidatedImage? in
      guard let entry = plan.entries.first(where: { $0.indices.contains(index) }) else {
        return nil
      }
      let detections = rows.filter { Int($0[0]) == index }.map { v in
        Detection<InputPixels>(
          box: Box(minX: v[1], minY: v[2], maxX: v[3], maxY: v[4]), confidence: v[5],
          classIndex: Int(v[6]))
      }
      return ValidatedImage(
        detections, on: samples[index], placedBy: plan.letterbox(index, in: entry))
    }
    #expect(images.count == samples.count)
    return (plan, images)
  }

  /// The figures of a run under one version's rules.
  func metrics(_ name: String, _ rules: EvaluationRules) throws -> DetectionMetrics {
    var options = ValidationOptions()
    options.rules = rules
    return ValidationScores(of: try validated(name).images, classes: 2, options: options).metrics
  }
}

extension GoldenFile {
  /// An array of two dimensions, row by row.
  fileprivate func rows(_ name: String) throws -> [[Float]] {
    let tensor = try tensor(name), width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { Array(tensor.scalars[width * $0..<width * ($0 + 1)]) }
  }
}

/// The whole way of a validation from labels and detections to figures, against the reference's validator.
@Suite(.golden("validation")) struct GoldenValidationTests {
  private static let runs = ["rect4", "rect1", "rect16", "square4"]
  private let given: ValidationCase

  init() throws { given = try ValidationCase() }

  @Test(arguments: runs)
  func `objects lie in the input where the reference puts them`(name: String) throws {
    let (plan, images) = try given.validated(name)
    let inputs = try #require(try given.run(name)["inputs_height_width"] as? [[Int]])
    for entry in plan.entries {
      for index in entry.indices { #expect([entry.height, entry.width] == inputs[index]) }
    }
    var wanted = try given.file.rows("truths.\(name)")[...]
    for (index, image) in images.enumerated() {
      for truth in image.inInput.truths {
        let row = try #require(wanted.first), box = truth.box
        wanted.removeFirst()
        #expect(Int(row[0]) == index && Int(row[1]) == truth.classIndex)
        // Fractions of at most 128 pixels in single precision, rounded in another order.
        for (got, want) in zip([box.minX, box.minY, box.maxX, box.maxY], row[2...]) {
          #expect(abs(got - want) <= 1e-4)
        }
      }
    }
    #expect(wanted.isEmpty)
    countGoldenComparison()
  }

  @Test(arguments: runs)
  func `figures under the current rules are the reference's`(name: String) throws {
    let metrics = try given.metrics(name, .current), run = try given.run(name)
    // Both add up in double precision; an overlap that single precision moves across a threshold would
    // change a figure by hundredths.
    func expect(_ got: [Double], _ want: [String: Any]?, _ keys: [String]) throws {
      let want = try #require(want)
      for (got, key) in zip(got, keys) {
        let value = try #require(want[key] as? Double)
        #expect(abs(got - value) <= 1e-9, "\(name): \(key)")
      }
    }
    try expect(
      [metrics.precision, metrics.recall, metrics.mAP50, metrics.mAP75, metrics.mAP50to95],
      run["mean"] as? [String: Any], ["precision", "recall", "map50", "map75", "map50_95"])
    let rows = try #require(run["per_class"] as? [[String: Any]])
    #expect(rows.count == metrics.classes.count)
    for (got, want) in zip(metrics.classes, rows) {
      #expect(got.classIndex == want["class"] as? Int)
      try expect(
        [got.precision, got.recall, got.f1, got.ap50, got.ap75, got.ap50to95], want,
        ["precision", "recall", "f1", "ap50", "ap75", "ap50_95"])
    }
    let images = try #require(run["image_metrics"] as? [String: [String: Any]])
    for (index, got) in metrics.images.enumerated() {
      let counts = [got.truePositives, got.falsePositives, got.falseNegatives].map(Double.init)
      try expect(
        [got.precision, got.recall, got.f1] + counts,
        images[(index < 10 ? "0" : "") + "\(index).png"],
        ["precision", "recall", "f1", "tp", "fp", "fn"])
    }
    countGoldenComparison()
  }

  @Test func `an image with nothing in it and nothing found on it is perfect`() throws {
    let (_, images) = try given.validated("rect4")
    let empty = try #require(
      images.firstIndex { $0.labels.isEmpty && $0.detections.isEmpty })
    let counts = try given.metrics("rect4", .current).images[empty]
    #expect(counts.precision == 1 && counts.recall == 1 && counts.f1 == 1)
  }

  @Test(arguments: runs)
  func `under the classic rules boxes are clipped to the image first`(name: String) throws {
    let (_, images) = try given.validated(name)
    for (image, sample) in zip(images, given.samples) {
      for detection in image.onImage.detections {
        let box = detection.box
        #expect(box.minX >= 0 && box.minY >= 0)
        // The way back to the image as it lies on disk rounds twice.
        #expect(box.maxX <= Float(sample.width) * 1.000_001)
        #expect(box.maxY <= Float(sample.height) * 1.000_001)
      }
    }
    // Clipping alone decides something here, whichever way detections are matched.
    let clipped = DetectionMetrics(of: images.map(\.onImage), rules: .classic)
    let whole = DetectionMetrics(of: images.map(\.inInput), rules: .classic)
    let classic = try given.metrics(name, .classic)
    #expect(classic.mAP50to95 == clipped.mAP50to95)
    #expect(classic.mAP50to95 > whole.mAP50to95 + 0.01)
    #expect(
      DetectionMetrics(of: images.map(\.onImage)).mAP50to95
        > (try given.metrics(name, .current)).mAP50to95 + 0.01)
  }
}
