import Evaluation
import Foundation
import Geometry
import Tensors
import TestSupport
import Testing

/// The golden metrics as inputs of the evaluation.
private struct MetricsCase {
  let file: GoldenFile
  let facts: [String: Any]
  let results: [ImageResult<ImagePixels>]

  init() throws {
    let folder = try #require(Shared.golden("metrics"))
    file = try GoldenFile(folder.appendingPathComponent("metrics.safetensors"))
    facts = try goldenJSON(folder.appendingPathComponent("metrics.json"))
    let truths = try file.tensor("gt"), detections = try file.tensor("detections")
    var results = [ImageResult<ImagePixels>](
      repeating: ImageResult(detections: [], truths: []),
      count: try #require(facts["n_images"] as? Int))
    for row in 0..<truths.shape[0] {
      let v = Array(truths.scalars[6 * row..<6 * row + 6])
      results[Int(v[0])].truths.append(
        LabeledBox(
          box: Box(minX: v[2], minY: v[3], maxX: v[4], maxY: v[5]), classIndex: Int(v[1])))
    }
    for row in 0..<detections.shape[0] {
      let v = Array(detections.scalars[7 * row..<7 * row + 7])
      results[Int(v[0])].detections.append(
        Detection(
          box: Box(minX: v[1], minY: v[2], maxX: v[3], maxY: v[4]), confidence: v[5],
          classIndex: Int(v[6])))
    }
    self.results = results
  }
}

/// Expects doubles of the golden JSON to 1e-9: both sides compute in double precision.
private func expect(
  _ got: [Double], _ want: Any?, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let want = try #require(want as? [Double])
  #expect(got.count == want.count, sourceLocation: sourceLocation)
  for (a, b) in zip(got, want) { #expect(abs(a - b) <= 1e-9, sourceLocation: sourceLocation) }
  countGoldenComparison()
}

@Suite(.golden("metrics")) struct GoldenMetricsTests {
  @Test func `figures agree with the reference`() throws {
    let given = try MetricsCase()
    let metrics = DetectionMetrics(of: given.results)
    let mean = try #require(given.facts["mean"] as? [String: Double])
    let keys = ["precision", "recall", "map50", "map75", "map50_95"]
    try expect(
      [metrics.precision, metrics.recall, metrics.mAP50, metrics.mAP75, metrics.mAP50to95],
      keys.compactMap { mean[$0] })
    try expect([metrics.fitness], [given.facts["fitness"] as? Double ?? .nan])
    #expect(metrics.classes.map(\.instances) == given.facts["instances_per_class"] as? [Int])
    #expect(metrics.classes.map(\.images) == given.facts["images_per_class"] as? [Int])
    let rows = try #require(given.facts["per_class"] as? [[String: Any]])
    #expect(rows.count == metrics.classes.count)
    for (got, want) in zip(metrics.classes, rows) {
      #expect(got.classIndex == want["class"] as? Int)
      try expect(got.averagePrecisions, want["ap"])
      let names = ["precision", "recall", "f1", "ap50", "ap75", "ap50_95"]
      try expect(
        [got.precision, got.recall, got.f1, got.ap50, got.ap75, got.ap50to95],
        names.map { want[$0] as? Double ?? .nan })
    }
  }

  @Test func `the confidence of the best F1 is where the reference's smoothed curve is largest`()
    throws
  {
    let given = try MetricsCase()
    let metrics = DetectionMetrics(of: given.results)
    let curves = try given.file.tensor("curve.f1"), count = DetectionMetrics.abscissae.count
    let rows = (0..<curves.shape[0]).map { row in
      curves.scalars[row * count..<(row + 1) * count].map(Double.init)
    }
    let precision = try given.file.tensor("curve.precision")
    /// The running mean over 101 values, as the reference pads it.
    func smoothed(_ rows: [[Double]]) -> [Double] {
      let mean = (0..<count).map { i in rows.reduce(0) { $0 + $1[i] } / Double(rows.count) }
      return (0..<count).map { i in
        (i - 50...i + 50).reduce(0) { $0 + mean[min(max($1, 0), count - 1)] / 101 }
      }
    }
    func place(_ confidence: Double) throws -> Int {
      try #require(DetectionMetrics.abscissae.firstIndex(of: confidence))
    }
    let all = smoothed(rows), chosen = try place(metrics.best.confidence)
    // The golden curves are stored in single precision.
    #expect(all[chosen] >= (all.max() ?? 1) - 1e-6)
    let mean = try #require(given.facts["mean"] as? [String: Double])
    try expect(
      [metrics.best.precision, metrics.best.recall],
      ["precision", "recall"].compactMap { mean[$0] })
    for (row, own) in metrics.classes.enumerated() {
      let curve = smoothed([rows[row]]), chosen = try place(own.best.confidence)
      #expect(curve[chosen] >= (curve.max() ?? 1) - 1e-6)
      #expect(abs(own.best.f1 - rows[row][chosen]) <= 1e-6)
      #expect(
        abs(own.best.precision - Double(precision.scalars[row * count + chosen])) <= 1e-6)
    }
    #expect(!metrics.classes[2].best.isFound, "the class without detections")
    countGoldenComparison()
  }

  @Test func `images are counted as in the reference`() throws {
    let given = try MetricsCase()
    let metrics = DetectionMetrics(of: given.results)
    let images = try #require(given.facts["image_metrics"] as? [String: [String: Double]])
    for (index, got) in metrics.images.enumerated() {
      let want = try #require(images["\(index).jpg"])
      try expect(
        [
          Double(got.truePositives), Double(got.falsePositives), Double(got.falseNegatives),
          got.precision, got.recall, got.f1,
        ], ["tp", "fp", "fn", "precision", "recall", "f1"].compactMap { want[$0] })
    }
  }

  @Test func `curves agree with the reference`() throws {
    let given = try MetricsCase()
    let metrics = DetectionMetrics(of: given.results)
    let curves: [(String, [[Double]])] = [
      ("curve.precision", metrics.classes.map(\.curves.precision)),
      ("curve.recall", metrics.classes.map(\.curves.recall)),
      ("curve.f1", metrics.classes.map(\.curves.f1)),
      ("curve.precision_at_recall", metrics.classes.map(\.curves.precisionAtRecall)),
      ("all_ap", metrics.classes.map(\.averagePrecisions)),
    ]
    for (name, rows) in curves {
      let want = try given.file.tensor(name)
      // The golden curves are stored in single precision.
      expectGolden(
        Tensor(rows.flatMap { $0.map { Float($0) } }, shape: want.shape), equals: want, name,
        absolute: 1e-6)
    }
    let columns: [(String, [Double])] = [
      ("p", metrics.classes.map(\.precision)), ("r", metrics.classes.map(\.recall)),
      ("f1", metrics.classes.map(\.f1)), ("curve.x", DetectionMetrics.abscissae),
    ]
    for (name, values) in columns {
      expectGolden(
        Tensor(values.map { Float($0) }, shape: [values.count]),
        equals: try given.file.tensor(name), name, absolute: 1e-6)
    }
  }

  @Test(arguments: [Float(0.25), 0.001])
  func `the confusion matrix is that of the reference`(confidence: Float) throws {
    let given = try MetricsCase()
    let want = try given.file.integers("confusion.conf\(confidence)")
    let matrix = ConfusionMatrix(of: given.results, classes: 3, confidence: confidence)
    for predicted in 0...3 {
      for truth in 0...3 {
        #expect(matrix[predicted: predicted, truth: truth] == want[4 * predicted + truth])
      }
    }
    countGoldenComparison()
  }
}
