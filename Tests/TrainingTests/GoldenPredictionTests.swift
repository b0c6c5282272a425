import Checkpoints
import Foundation
import Geometry
import Tensors
import TestSupport
import Testing
import Training
import YOLO

/// Prediction against the reference: letterbox, way back to the image, and the whole call.
@Suite(.golden("model")) struct GoldenPredictionTests {
  private let folder: URL

  init() throws { folder = try #require(Shared.golden("model")) }

  @Test(arguments: ["rect", "square"])
  func `detections come back to the photograph as in the reference`(kind: String) throws {
    let golden = try GoldenFile(folder.appendingPathComponent("image_\(kind)_320.safetensors"))
    let letterbox = Letterbox(
      imageWidth: 450, imageHeight: 331, inputWidth: 320, inputHeight: 320,
      rules: Letterbox.Rules(stride: kind == "rect" ? 32 : nil))
    #expect(letterbox.inputHeight == (try golden.tensor("input")).shape[2])
    #expect(letterbox.inputWidth == (try golden.tensor("input")).shape[3])
    for name in ["conf0.001_multilabel", "conf0.001_singlelabel", "confmid_multilabel"] {
      let rows = try golden.tensor("nms.\(name)")
      let scalars = (0..<rows.shape[0]).flatMap { row -> [Float] in
        let v = rows.scalars[6 * row..<6 * row + 6].map { $0 }
        let box = letterbox.toImage(
          Box<InputPixels>(minX: v[0], minY: v[1], maxX: v[2], maxY: v[3]))
        return [box.minX, box.minY, box.maxX, box.maxY, v[4], v[5]]
      }
      // Coordinates of hundreds of pixels in single precision.
      expectGolden(
        Tensor(scalars, shape: rows.shape), equals: try golden.tensor("scaled.\(name)"),
        "\(kind) \(name)", absolute: 1e-3)
    }
  }

  @Test func `the whole call finds what the reference's finds`() throws {
    let golden = try #require(Shared.golden("checkpoints"))
    let checkpoint = try Checkpoint.read(
      golden.appendingPathComponent("yolov8n_2plysaci.pt").path)
    let model = Model(try Architecture(of: checkpoint.state), classNames: checkpoint.names)
    try model.load(checkpoint.state)
    var options = PredictionOptions()
    (options.imageSize, options.confidence) = (320, 0.001)
    let found = try Predictor([("golden", model)], options: options, on: TinyRun.compute())
      .run(on: [folder.appendingPathComponent("image.png").path])
    let image = try #require(found.first?.images.first)
    #expect((image.width, image.height) == (450, 331))
    let rows = try GoldenFile(folder.appendingPathComponent("image_predict_api.safetensors"))
      .tensor("boxes")
    // Near the threshold and where boxes compete, rounding decides; our letterbox may differ by one of
    // 255 in a pixel. Rows a tenth above the threshold must have a counterpart.
    var compared = 0
    for row in 0..<rows.shape[0] {
      let v = rows.scalars[6 * row..<6 * row + 6].map { $0 }
      guard v[4] > 0.0011 else { continue }
      compared += 1
      let wanted = Box<ImagePixels>(minX: v[0], minY: v[1], maxX: v[2], maxY: v[3])
      let match = image.detections.first {
        $0.classIndex == Int(v[5]) && $0.box.iou(wanted) > 0.95
          && abs($0.confidence - v[4]) < 0.03 * v[4]
      }
      #expect(match != nil, "row \(row): \(v)")
    }
    #expect(compared > 30)
    #expect(abs(image.detections.count - rows.shape[0]) <= 4)
    countGoldenComparison()
  }
}
