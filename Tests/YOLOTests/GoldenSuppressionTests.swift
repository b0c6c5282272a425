import Foundation
import Geometry
import Tensors
import TestSupport
import Testing
import YOLO

/// The rows of a golden table of detections.
private func table(_ rows: [NonMaximumSuppression.Row]) -> Tensor {
  let scalars = rows.flatMap { row -> [Float] in
    let box = row.detection.box
    return [
      box.minX, box.minY, box.maxX, box.maxY, row.detection.confidence,
      Float(row.detection.classIndex),
    ]
  }
  return Tensor(scalars, shape: [rows.count, 6])
}

@Suite(.golden("model")) struct GoldenSuppressionTests {
  private static var cases: [String] {
    guard let folder = Shared.golden("model"),
      let json = try? goldenJSON(folder.appendingPathComponent("nms_synthetic.json")),
      let cases = json["cases"] as? [String: Any]
    else { return [] }
    return cases.keys.sorted()
  }

  @Test(arguments: cases)
  func `synthetic boxes are suppressed row for row as in the reference`(name: String) throws {
    let folder = try #require(Shared.golden("model"))
    let file = try GoldenFile(folder.appendingPathComponent("nms_synthetic.safetensors"))
    let json = try goldenJSON(folder.appendingPathComponent("nms_synthetic.json"))
    let cases = try #require(json["cases"] as? [String: [String: Any]])
    let options = try #require(cases[name])
    let rules = NonMaximumSuppression(
      confidence: Float(try #require(options["conf_thres"] as? Double)),
      iou: Float(try #require(options["iou_thres"] as? Double)),
      limit: try #require(options["max_det"] as? Int),
      classes: (options["classes"] as? [Int]).map(Set.init),
      isAgnostic: options["agnostic"] as? Bool ?? false,
      isMultiLabel: try #require(options["multi_label"] as? Bool))
    let rows = rules.detections(inDecoded: try file.tensor("prediction"))
    #expect(rows.map { Int64($0.anchor) } == (try file.integers("\(name).index")))
    expectGolden(
      table(rows), equals: try file.tensor("\(name).detections"), name, absolute: 1e-4)
  }

  @Test(arguments: ["image_rect_320", "image_square_320"])
  func `boxes of a photograph are suppressed as in the reference`(name: String) throws {
    let folder = try #require(Shared.golden("model"))
    let file = try GoldenFile(folder.appendingPathComponent("\(name).safetensors"))
    let json = try goldenJSON(folder.appendingPathComponent("image.json"))
    let facts = try #require(
      json[name.contains("rect") ? "rect" : "square"] as? [String: Any])
    let middle = Float(try #require(facts["conf_mid"] as? Double))
    let cases: [(String, Float, Bool)] = [
      ("nms.conf0.001_multilabel", 0.001, true), ("nms.conf0.001_singlelabel", 0.001, false),
      ("nms.conf0.25", 0.25, false), ("nms.confmid_multilabel", middle, true),
    ]
    for (key, confidence, isMultiLabel) in cases {
      let rules = NonMaximumSuppression(confidence: confidence, isMultiLabel: isMultiLabel)
      let rows = rules.detections(inDecoded: try file.tensor("decoded"))
      #expect(rows.map { Int64($0.anchor) } == (try file.integers("\(key).index")))
      expectGolden(table(rows), equals: try file.tensor(key), "\(name) \(key)", absolute: 1e-4)
    }
  }

  @Test(arguments: ["image_rect_320", "image_square_320", "yolov8n_2plysaci_96x128"])
  func `logits are decoded as in the reference`(name: String) throws {
    let folder = try #require(Shared.golden("model"))
    let file = try GoldenFile(folder.appendingPathComponent("\(name).safetensors"))
    let sizes = ["image_rect_320": (256, 320), "image_square_320": (320, 320)]
    let (height, width) = sizes[name] ?? (96, 128)
    let head = HeadTensors(
      boxes: try file.tensor("raw.boxes"), scores: try file.tensor("raw.scores"),
      grid: AnchorGrid(height: height, width: width))
    let decoded = withExtendedLifetime(head) { head.output.decoded() }
    let want = try file.tensor("decoded")
    let split = 4 * want.shape[2], rest = want.shape[1] - 4
    // Pixels up to 320 in single precision, from sums of 16 terms.
    expectGolden(
      Tensor(Array(decoded.scalars[..<split]), shape: [4, want.shape[2]]),
      equals: Tensor(Array(want.scalars[..<split]), shape: [4, want.shape[2]]),
      "\(name) boxes", absolute: 5e-4)
    expectGolden(
      Tensor(Array(decoded.scalars[split...]), shape: [rest, want.shape[2]]),
      equals: Tensor(Array(want.scalars[split...]), shape: [rest, want.shape[2]]),
      "\(name) scores", absolute: 1e-6)
    // The fast path decodes candidates alone and must not differ from decoding everything.
    for confidence in [Float(0.001), 0.006] {
      let rules = NonMaximumSuppression(confidence: confidence, isMultiLabel: true)
      let fast = withExtendedLifetime(head) { rules.detections(in: head.output)[0] }
      let slow = rules.detections(inDecoded: decoded)
      #expect(fast.map(\.anchor) == slow.map(\.anchor))
    }
  }
}

@Suite struct SuppressionTests {
  private func column(_ x: Float, _ scores: [Float]) -> [Float] { [x, 10, 4, 4] + scores }

  private func decoded(_ columns: [[Float]]) -> Tensor {
    let rows = columns[0].count
    return Tensor(
      (0..<rows).flatMap { row in columns.map { $0[row] } }, shape: [1, rows, columns.count])
  }

  @Test func `NaN scores are no candidates`() {
    let input = decoded([
      column(10, [.nan, 0.4]), column(30, [.nan, .nan]), column(50, [0.5, 0]),
    ])
    let several = NonMaximumSuppression(isMultiLabel: true).detections(inDecoded: input)
    #expect(several.map(\.anchor) == [2, 0])
    let single = NonMaximumSuppression().detections(inDecoded: input)
    #expect(single.map(\.anchor) == [2])
  }

  @Test func `a threshold of one leaves nothing and of zero everything above it`() {
    let input = decoded([column(10, [1]), column(30, [0.5]), column(50, [0])])
    #expect(NonMaximumSuppression(confidence: 1).detections(inDecoded: input).isEmpty)
    #expect(NonMaximumSuppression(confidence: 0).detections(inDecoded: input).count == 2)
  }

  @Test func `a class may have a threshold of its own`() {
    let input = decoded([
      column(10, [0.6, 0.3]), column(30, [0.35, 0.3]), column(50, [0.1, 0.25]),
      column(70, [0.5, 0.45]),
    ])
    var rules = NonMaximumSuppression(confidence: 0.9)
    rules.classConfidences = [0.5, 0.2]
    // What is no candidate by its best class is none by the second.
    #expect(rules.detections(inDecoded: input).map(\.anchor) == [0, 2])
    rules.isMultiLabel = true
    let rows = rules.detections(inDecoded: input)
    #expect(rows.map(\.anchor) == [0, 3, 0, 1, 2])
    #expect(rows.map(\.detection.classIndex) == [0, 1, 1, 1, 1])
  }

  @Test func `the fast path looks for the lowest threshold of all classes`() {
    let grid = AnchorGrid(height: 32, width: 32)
    let scores = (0..<42).map { Float($0 % 21) * 0.3 - 3 }
    let head = HeadTensors(
      boxes: Tensor(repeating: 0, shape: [1, 64, 21]), scores: Tensor(scores, shape: [1, 2, 21]),
      grid: grid)
    var rules = NonMaximumSuppression(confidence: 0.99, iou: 1, isMultiLabel: true)
    rules.classConfidences = [0.96, 0.1]
    let (fast, slow) = withExtendedLifetime(head) {
      (rules.detections(in: head.output)[0], rules.detections(inDecoded: head.output.decoded()))
    }
    #expect(fast.map(\.anchor) == slow.map(\.anchor))
    #expect(Set(fast.map(\.detection.classIndex)) == [1] && fast.count > 10)
  }

  @Test func `the fast path keeps candidates at the ends of the threshold's range`() {
    let grid = AnchorGrid(height: 32, width: 32)
    let scores = (0..<21).map { Float($0) * 3 - 30 }
    let head = HeadTensors(
      boxes: Tensor(repeating: 0, shape: [1, 64, 21]), scores: Tensor(scores, shape: [1, 1, 21]),
      grid: grid)
    for confidence in [Float(0), 1e-9, 0.5, 0.999_999, 1] {
      let rules = NonMaximumSuppression(confidence: confidence, iou: 1)
      let (fast, slow) = withExtendedLifetime(head) {
        (rules.detections(in: head.output)[0], rules.detections(inDecoded: head.output.decoded()))
      }
      #expect(fast.map(\.anchor) == slow.map(\.anchor))
    }
  }
}
