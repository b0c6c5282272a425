import Datasets
import Foundation
import Geometry
import Images
import TestSupport
import Testing

@Suite(.golden("augment")) struct GoldenAugmentationTests {
  private let section: URL
  private let json: [String: Any]

  init() throws {
    section = try #require(Shared.golden("augment"))
    json = try goldenJSON(section.appendingPathComponent("augment.json"))
  }

  private func image(_ name: String) throws -> Image {
    try Image(contentsOf: section.appendingPathComponent(name).path)
  }

  private func rows(_ value: Any?) throws -> [[Float]] {
    try #require(value as? [[Double]]).map { $0.map { Float($0) } }
  }

  private func entries(_ name: String) throws -> [[String: Any]] {
    try #require(json[name] as? [[String: Any]])
  }

  private func normalized(_ rows: [[Float]]) -> [Box<Normalized>] {
    rows.map { Box(centerX: $0[0], centerY: $0[1], width: $0[2], height: $0[3]) }
  }

  private func corners(_ rows: [[Float]]) -> [Box<InputPixels>] {
    rows.map { Box(minX: $0[0], minY: $0[1], maxX: $0[2], maxY: $0[3]) }
  }

  private func expectClose<S>(_ got: [Box<S>], _ want: [Box<S>], _ name: String) {
    countGoldenComparison()
    #expect(got.count == want.count, "\(name)")
    for (a, b) in zip(got, want) {
      for (x, y) in [(a.minX, b.minX), (a.minY, b.minY), (a.maxX, b.maxX), (a.maxY, b.maxY)] {
        // The reference multiplies float32 matrices; 1e-3 of a pixel is the README's tolerance.
        #expect(abs(x - y) <= 1e-3, "\(name): \(x), expected \(y)")
      }
    }
  }

  /// How many bytes differ by more than `slack`, as a part of all, and the greatest difference.
  private func difference(_ a: Image, _ b: Image, slack: Int) -> (share: Double, greatest: Int) {
    countGoldenComparison()
    guard (a.width, a.height) == (b.width, b.height) else { return (1, 255) }
    let differences = zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }
    let over = differences.count { $0 > slack }
    return (Double(over) / Double(max(differences.count, 1)), differences.max() ?? 0)
  }

  @Test func `affine and perspective maps move pixels and boxes as the reference does`() throws {
    let input = try image("input.png")
    for entry in try entries("affine") {
      let name = try #require(entry["file"] as? String)
      let size = try #require(entry["size_wh"] as? [Int])
      let given = try #require(entry["parameters"] as? [String: Any])
      var parameters = AffineParameters()
      parameters.degrees = try #require(given["deg"] as? Double)
      parameters.scale = try #require(given["s"] as? Double)
      let shear = try #require(given["sh"] as? [Double]),
        place = try #require(given["tr"] as? [Double])
      (parameters.shearX, parameters.shearY) = (shear[0], shear[1])
      (parameters.centerX, parameters.centerY) = (place[0], place[1])
      if let tilt = given["persp"] as? [Double] {
        (parameters.perspectiveX, parameters.perspectiveY) = (tilt[0], tilt[1])
      }
      let map = parameters.projection(
        fromWidth: input.width, fromHeight: input.height, toWidth: size[0], toHeight: size[1])
      for (got, want) in zip(map.m, try rows(entry["M"]).joined()) {
        // float32 matrices over there: some units in the last place of numbers around 100.
        #expect(abs(got - Double(want)) < 2e-5, "\(name)")
      }
      let warped = input.warped(by: map, width: size[0], height: size[1])
      // Within 1 of OpenCV's float sampling; our 11-bit weights may round the other way once more.
      let found = difference(warped, try image(name), slack: 1)
      #expect(found.greatest <= 2 && found.share < 1e-3, "\(name): \(found)")
      let before = corners(try rows(entry["boxes_in_xyxy_pixels"]))
      let moved = before.map { map.hull(of: $0) }
      expectClose(moved, corners(try rows(entry["boxes_moved"])), "\(name) moved")
      let clipped = moved.map { $0.clipped(width: Float(size[0]), height: Float(size[1])) }
      expectClose(clipped, corners(try rows(entry["boxes_clipped"])), "\(name) clipped")
      let scale = Float(parameters.scale)
      let kept = zip(before, clipped).map { before, after in
        isCandidate(
          before: Box(
            minX: before.minX * scale, minY: before.minY * scale, maxX: before.maxX * scale,
            maxY: before.maxY * scale), after: after)
      }
      #expect(kept == entry["candidates"] as? [Bool], "\(name)")
    }
  }

  @Test func `box candidates are kept by the reference's rule`() throws {
    let entry = try #require(json["box_candidates"] as? [String: Any])
    let before = corners(try rows(entry["before"])), after = corners(try rows(entry["after"]))
    let kept = zip(before, after).map { isCandidate(before: $0, after: $1) }
    #expect(kept == entry["keep"] as? [Bool])
    countGoldenComparison()
  }

  @Test func `hue, saturation and value shift as the reference shifts them`() throws {
    for entry in try entries("hsv") {
      let name = try #require(entry["file"] as? String)
      let r = try #require(entry["r"] as? [Double])
      var shifted = try image("input.png")
      shifted.shift(ColorShift(hue: r[0], saturation: r[1], value: r[2]))
      // The README's measure: within 2 for 99.8 % of the values, at most 9 elsewhere.
      let found = difference(shifted, try image(name), slack: 2)
      #expect(found.share <= 0.002 && found.greatest <= 9, "\(name): \(found)")
    }
  }

  @Test func `flips move pixels exactly`() throws {
    var left = try image("input.png"), up = left
    left.flipLeftRight()
    up.flipUpDown()
    let (mirrored, upended) = (try image("fliplr.png"), try image("flipud.png"))
    #expect(left == mirrored && up == upended)
    countGoldenComparison()
  }

  @Test func `mosaics place pictures and boxes exactly`() throws {
    let mosaic = try #require(json["mosaic"] as? [String: Any])
    let size = try #require(mosaic["imgsz"] as? Int)
    let boxes = try #require(mosaic["patch_boxes_xywh_normalized"] as? [[[Double]]])
    let classes = try #require(mosaic["patch_classes"] as? [[Double]])
    let patches = try (0..<4).map { i in
      Mosaic.Patch(
        image: try image("mosaic_in_\(i).png"),
        boxes: zip(normalized(boxes[i].map { $0.map { Float($0) } }), classes[i]).map {
          LabeledBox(box: $0, classIndex: Int($1))
        })
    }
    for entry in try #require(mosaic["cases"] as? [[String: Any]]) {
      let name = try #require(entry["file"] as? String)
      let got = Mosaic(
        patches, size: size, centerX: try #require(entry["xc"] as? Int),
        centerY: try #require(entry["yc"] as? Int))
      let want = try image(name)
      #expect(got.image == want, "\(name)")
      expectClose(got.boxes.map(\.box), corners(try rows(entry["boxes_xyxy_pixels"])), name)
      #expect(got.boxes.map { Double($0.classIndex) } == entry["classes"] as? [Double], "\(name)")
    }
  }

  @Test func `rectangular batches and their padding are the reference's`() throws {
    for entry in try entries("rect_batches") {
      let shapes = try #require(entry["image_hw"] as? [[Int]])
      let samples = shapes.map {
        Sample(imagePath: "", labelPath: nil, width: $0[1], height: $0[0], rows: [])
      }
      let plan = ValidationPlan(
        samples: samples, imageSize: try #require(entry["imgsz"] as? Int),
        batchSize: try #require(entry["batch"] as? Int),
        stride: try #require(entry["stride"] as? Int),
        padding: try #require(entry["pad"] as? Double))
      let got = plan.entries.enumerated().flatMap { number, entry in
        entry.indices.map { index -> [Int] in
          let box = plan.letterbox(index, in: entry)
          return [
            index, number, entry.height, entry.width, box.imageHeight, box.imageWidth, box.top,
            box.left, box.bottom, box.right,
          ]
        }
      }
      let want = try #require(entry["rows_in_loading_order"] as? [[String: Any]]).map { row in
        let numbers = ["image_index", "batch"].compactMap { row[$0] as? Int }
        let pairs = ["batch_hw", "loaded_hw"].compactMap { row[$0] as? [Int] }.flatMap { $0 }
        return numbers + pairs + ["top", "left", "bottom", "right"].compactMap { row[$0] as? Int }
      }
      #expect(got == want)
      countGoldenComparison()
    }
  }

  @Test func `letterboxed boxes lie where the reference puts them`() throws {
    let boxes = normalized(try rows(json["boxes_xywh_normalized"]))
    let shape = try #require(json["input_hw"] as? [Int])
    for entry in try entries("letterbox") {
      let size = try #require(entry["new_shape"] as? [Int])
      let rules = Letterbox.Rules(
        stride: entry["auto"] as? Bool == true ? entry["stride"] as? Int : nil,
        enlarges: entry["scaleup"] as? Bool ?? true,
        stretches: entry["scale_fill"] as? Bool ?? false,
        centers: entry["center"] as? Bool ?? true)
      let letterbox = Letterbox(
        imageWidth: shape[1], imageHeight: shape[0], inputWidth: size[1], inputHeight: size[0],
        rules: rules)
      expectClose(
        boxes.map { letterbox.toInput($0) }, corners(try rows(entry["boxes_xyxy_pixels"])),
        entry["file"] as? String ?? "")
    }
  }
}
