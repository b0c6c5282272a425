import Files
import Foundation
import Geometry
import Images
import Tensors
import TestSupport
import Testing

@Suite(.golden("labels")) struct GoldenDecodingTests {
  struct Expected: Decodable {
    struct Entry: Decodable {
      struct Image: Decodable { var decoded: String? }
      var image: String
      var imread: Image?
    }
    var image_files: [Entry]
  }

  @Test func `every picture decodes as the reference decodes it, or fails where that fails`() throws
  {
    let folder = try #require(Shared.golden("labels"))
    let list = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    try #require(!list.image_files.isEmpty)
    for entry in list.image_files {
      let path = folder.appendingPathComponent(entry.image).path
      guard let decoded = entry.imread?.decoded else {
        #expect(throws: ImageError.self, "\(entry.image)") { try Image(contentsOf: path) }
        continue
      }
      let image = try Image(contentsOf: path)
      let want = try Image(contentsOf: folder.appendingPathComponent(decoded).path)
      // PNG is lossless; JPEG decoders may differ by 3 according to the notes of the data.
      let tolerance = entry.image.contains("jpeg") || entry.image.contains("exif") ? 3 : 0
      #expect(greatestDifference(image, want) ?? 256 <= tolerance, "\(entry.image)")
      let size = try Image.size(of: path)
      #expect(size.width == want.width && size.height == want.height, "\(entry.image)")
      countGoldenComparison()
    }
  }
}

@Suite(.golden("augment")) struct GoldenLetterboxTests {
  struct File: Decodable {
    struct Letterboxed: Decodable {
      var file: String
      var new_shape, new_unpad, output_hw: [Int]
      var auto, scaleup, center, scale_fill: Bool?
      var stride: Int?
      var ratio: [Double]
      var top, bottom, left, right: Int
      var boxes_xyxy_pixels: [[Float]]
    }
    var boxes_xywh_normalized: [[Float]]
    var letterbox: [Letterboxed]
  }

  @Test func `letterboxes have the reference's geometry, pixels and boxes`() throws {
    let folder = try #require(Shared.golden("augment"))
    let file = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: folder.appendingPathComponent("augment.json")))
    let input = try Image(contentsOf: folder.appendingPathComponent("input.png").path)
    for entry in file.letterbox {
      let rules = Letterbox.Rules(
        stride: entry.auto == true ? entry.stride : nil, enlarges: entry.scaleup ?? true,
        stretches: entry.scale_fill ?? false, centers: entry.center ?? true)
      let (image, box) = input.letterboxed(
        width: entry.new_shape[1], height: entry.new_shape[0], rules: rules)
      let padding: [Int] = [box.left, box.top, box.right, box.bottom]
      let expected: [Int] = [entry.left, entry.top, entry.right, entry.bottom]
      #expect(padding == expected, "\(entry.file)")
      #expect([box.resizedWidth, box.resizedHeight] == entry.new_unpad, "\(entry.file)")
      #expect([box.scaleX, box.scaleY] == entry.ratio, "\(entry.file)")
      #expect([box.inputHeight, box.inputWidth] == entry.output_hw, "\(entry.file)")
      let want = try Image(contentsOf: folder.appendingPathComponent(entry.file).path)
      #expect(image == want, "\(entry.file)")
      for (label, moved) in zip(file.boxes_xywh_normalized, entry.boxes_xyxy_pixels) {
        let got = box.toInput(
          Box<Normalized>(centerX: label[0], centerY: label[1], width: label[2], height: label[3]))
        let differences = zip([got.minX, got.minY, got.maxX, got.maxY], moved).map { abs($0 - $1) }
        // Single precision at coordinates of a few hundred.
        #expect(differences.allSatisfy { $0 < 1e-3 }, "\(entry.file)")
      }
      countGoldenComparison()
    }
  }
}

@Suite(.golden("model")) struct GoldenScalingTests {
  @Test(arguments: ["rect", "square"])
  func `detections return to the photograph where the reference puts them`(_ shape: String) throws {
    let folder = try #require(Shared.golden("model"))
    let golden = try GoldenFile(folder.appendingPathComponent("image_\(shape)_320.safetensors"))
    let image = try Image(contentsOf: folder.appendingPathComponent("image.png").path)
    let input = try golden.tensor("input")
    let (resized, letterbox) = image.letterboxed(
      width: 320, height: 320, rules: .init(stride: shape == "rect" ? 32 : nil))
    #expect(input.shape == [1, 3, resized.height, resized.width])
    let area = resized.width * resized.height
    let worst = (0..<3 * area).map { i in
      abs(Float(resized.pixels[i % area * 3 + i / area]) - input.scalars[i] * 255)
    }.max()
    // The rounding of the division by 255.
    #expect(worst ?? 256 < 0.001)
    for name in ["conf0.001_multilabel", "conf0.001_singlelabel", "confmid_multilabel"] {
      let rows = try golden.tensor("nms.\(name)"), want = try golden.tensor("scaled.\(name)")
      for row in 0..<rows.shape[0] {
        let box = Array(rows.scalars[6 * row..<6 * row + 4])
        let got = letterbox.toImage(
          Box<InputPixels>(minX: box[0], minY: box[1], maxX: box[2], maxY: box[3]))
        let expected = Array(want.scalars[6 * row..<6 * row + 4])
        let edges = [got.minX, got.minY, got.maxX, got.maxY]
        let differences = zip(edges, expected).map { abs($0 - $1) }
        // Single precision at coordinates of a few hundred.
        #expect(differences.allSatisfy { $0 < 1e-3 }, "\(name), row \(row)")
      }
      countGoldenComparison()
    }
  }
}

/// The largest difference of two pixels' channels, or nil where the sides differ.
func greatestDifference(_ a: Image, _ b: Image) -> Int? {
  guard (a.width, a.height) == (b.width, b.height) else { return nil }
  return zip(a.pixels, b.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}
