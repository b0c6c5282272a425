import Files
import Foundation
import Geometry
import Images
import TestSupport
import Testing

/// An image with smooth and sharp parts, the same everywhere.
func sample(width: Int, height: Int) -> Image {
  var image = Image(width: width, height: height, gray: 0)
  for y in 0..<height {
    for x in 0..<width {
      let i = 3 * (y * width + x)
      image.pixels[i] = UInt8(x * 255 / max(1, width - 1))
      image.pixels[i + 1] = UInt8(y * 255 / max(1, height - 1))
      image.pixels[i + 2] = (x / 5 + y / 3) % 2 == 0 ? 220 : 40
    }
  }
  return image
}

@Suite struct CodecTests {
  @Test func `a PNG file gives back every pixel and the same bytes each time`() throws {
    for (width, height) in [(1, 1), (7, 3), (64, 50)] {
      let image = sample(width: width, height: height)
      let file = image.png(text: [("Title", "two toys"), ("Author", "kůzlátko")])
      #expect(try Image(decoding: file, name: "x") == image)
      #expect(file == image.png(text: [("Title", "two toys"), ("Author", "kůzlátko")]))
      #expect(file.range(of: Data("kůzlátko".utf8)) != nil)
    }
  }

  @Test func `a PNG file with a palette keeps few colours exactly and many nearly`() throws {
    var few = Image(width: 40, height: 30, gray: 255)
    for index in 0..<120 { few.pixels[index * 7] = UInt8(index % 9 * 20) }
    let exact = few.png(colors: 256)
    #expect(try Image(decoding: exact, name: "a.png") == few)
    #expect(exact == few.png(colors: 256))

    let many = sample(width: 80, height: 60)
    let merged = try Image(decoding: many.png(colors: 64), name: "b.png")
    let colors = Set((0..<80 * 60).map { Array(merged.pixels[3 * $0..<3 * $0 + 3]) })
    #expect(colors.count <= 64)
    let far = zip(many.pixels, merged.pixels).map { abs(Int($0) - Int($1)) }
    // Sixty-four boxes part a cube of 256 levels into four along each side: half of one is 32.
    #expect(far.reduce(0, +) < 32 * far.count)
  }

  @Test func `a JPEG file keeps its comment and its pixels`() throws {
    let image = sample(width: 33, height: 21), text = "Title: kůzlátko"
    let plain = image.jpeg(quality: 90), file = image.jpeg(quality: 90, comment: text)
    #expect(file.count == plain.count + text.utf8.count + 4)
    #expect(file.range(of: Data(text.utf8)) != nil)
    #expect(
      try Image(decoding: file, name: "a.jpg") == Image(decoding: plain, name: "a.jpg"))
  }

  @Test(arguments: [75, 92, 100]) func `a JPEG file comes back nearly unchanged`(quality: Int)
    throws
  {
    let image = sample(width: 61, height: 40)
    let file = image.jpeg(quality: quality)
    let back = try Image(decoding: file, name: "x")
    #expect(back.width == 61 && back.height == 40)
    let mean =
      zip(image.pixels, back.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      / image.pixels.count
    // A checked pattern of 5 x 3 pixels in one color channel is the hardest case for JPEG.
    #expect(mean <= (quality > 90 ? 4 : 25))
    #expect(file == image.jpeg(quality: quality))
  }

  @Test func `what is no picture is named with its file and first bytes`() {
    #expect {
      try Image(decoding: Data("GIMPxcf-".utf8), name: "a.jpg")
    } throws: {
      "\($0)" == """
        a.jpg: expected an image (JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF), but the file begins \
        with "GIMPxcf-"
        """
    }
    #expect { try Image(decoding: Data(), name: "b.png") } throws: {
      "\($0)" == "b.png: the file is empty; expected an image"
    }
    #expect { try Image(contentsOf: "/no/such.png") } throws: {
      "\($0)" == "/no/such.png: cannot read the image: no such file"
    }
    #expect { try Image.size(of: "/no/such.png") } throws: {
      "\($0)" == "/no/such.png: cannot read the image: no such file"
    }
  }

  @Test func `a header that asks for gigabytes is refused before any memory is`() {
    var file = Image(width: 2, height: 2, gray: 9).png()
    file.replaceSubrange(16..<24, with: [0, 0x0F, 0, 0, 0, 0x0F, 0, 0])
    #expect { try Image(decoding: file, name: "c.png") } throws: {
      ($0 as? ImageError)?.problem == .tooLarge(width: 983040, height: 983040)
    }
    var image = Image(width: 16, height: 16, gray: 9).jpeg()
    guard let frame = image.range(of: Data([0xFF, 0xC0])) else { Issue.record("no frame"); return }
    image.replaceSubrange(frame.upperBound + 3..<frame.upperBound + 7, with: [255, 255, 255, 255])
    #expect { try Image(decoding: image, name: "d.jpg") } throws: {
      ($0 as? ImageError)?.problem == .tooLarge(width: 65535, height: 65535)
    }
  }

  @Test func `every truncation is an error`() {
    let image = sample(width: 23, height: 17)
    for file in [image.png(text: [("Title", "x")]), image.jpeg(quality: 90)] {
      for count in 0..<file.count {
        #expect(throws: ImageError.self, "\(count) of \(file.count) bytes") {
          try Image(decoding: file.prefix(count), name: "cut")
        }
      }
    }
  }

  @Test func `damaged files end in a picture or an error and never otherwise`() {
    var files = [sample(width: 33, height: 21).png(), sample(width: 33, height: 21).jpeg()]
    if let folder = Shared.golden("labels")?.appendingPathComponent("images"),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    {
      files += names.sorted().compactMap {
        try? Data(contentsOf: folder.appendingPathComponent($0))
      }
    }
    var state: UInt64 = 1
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var outcomes = [0, 0]
    for file in files where !file.isEmpty {
      for _ in 0..<150 {
        var hurt = file
        for _ in 0...next(4) { hurt[next(hurt.count)] = UInt8(next(256)) }
        let image = try? Image(decoding: hurt, name: "hurt")
        outcomes[image == nil ? 0 : 1] += 1
        if let image { #expect(image.pixels.count == 3 * image.width * image.height) }
      }
    }
    #expect(outcomes.allSatisfy { $0 > 0 })
  }

  @Test func `the size comes from the header and follows the orientation`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "yolos-images-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.jpg").path
    for orientation in 1...8 {
      let image = sample(width: 40, height: 24)
      try AtomicFile.write(image.jpeg(quality: 100).withOrientation(orientation), to: path)
      let turned = try Image(contentsOf: path)
      let size = try Image.size(of: path)
      #expect(size.width == turned.width && size.height == turned.height)
      #expect(size.width == (orientation < 5 ? 40 : 24))
      // Where the stored first pixel lies: top-left, top-right, bottom-right, bottom-left, twice.
      let (right, bottom) = (
        [2, 3, 6, 7].contains(orientation), [3, 4, 7, 8].contains(orientation)
      )
      let x = right ? turned.width - 1 : 0, y = bottom ? turned.height - 1 : 0
      let corner = color(turned, x, y)
      #expect(corner.allSatisfy { $0 < 12 }, "orientation \(orientation): \(corner)")
      let alongRow = color(turned, turned.width - 1 - x, y)
      #expect((alongRow[0] > 240) == (orientation < 5), "orientation \(orientation)")
    }
  }
}

/// Red and green of one pixel.
private func color(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
  let start = 3 * (y * image.width + x)
  return Array(image.pixels[start..<start + 2])
}

extension Data {
  /// A JPEG file with an EXIF block of one tag after its first marker.
  func withOrientation(_ value: Int) -> Data {
    let exif: [UInt8] =
      [
        0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1,
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(value), 0, 0, 0, 0, 0, 0,
      ]
    return prefix(2) + Data(exif) + dropFirst(2)
  }
}

@Suite struct ResamplingTests {
  @Test(arguments: [(1, 1), (40, 30), (17, 90), (101, 7), (80, 60)])
  func `integers agree with exact bilinear interpolation`(width: Int, height: Int) {
    let image = sample(width: 40, height: 30)
    let got = image.resized(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let exact = bilinear(image, x, y, c, width, height)
          // Half a level of rounding and 11-bit weights; the two rows lose up to a quarter each.
          let difference = Double(got.pixels[3 * (y * width + x) + c]) - exact
          #expect(difference > -1.14 && difference < 0.63)
        }
      }
    }
  }

  /// What `cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)` makes of the same image,
  /// with OpenCV 4.10 and 5.0 alike.
  @Test(arguments: [
    (1, 1, "e24ef5da3066"), (40, 30, "abdd9ec9d16b"), (20, 15, "8f3c9ef79cbe"),
    (17, 90, "276ddb6849e2"), (101, 7, "e31864129a3d"), (80, 60, "b32ad230133d"),
  ])
  func `every bit is OpenCV's`(width: Int, height: Int, digest: String) {
    let resized = sample(width: 40, height: 30).resized(width: width, height: height)
    #expect(Digest(of: Data(resized.pixels)).short == digest)
  }

  @Test func `the same size changes nothing`() {
    let image = sample(width: 37, height: 19)
    #expect(image.resized(width: 37, height: 19) == image)
  }

  /// The definition, in double precision.
  private func bilinear(
    _ image: Image, _ x: Int, _ y: Int, _ c: Int, _ width: Int, _ height: Int
  ) -> Double {
    func place(_ i: Int, _ from: Int, _ to: Int) -> (Int, Int, Double) {
      let p = min(max((Double(i) + 0.5) * Double(from) / Double(to) - 0.5, 0), Double(from - 1))
      return (Int(p), min(Int(p) + 1, from - 1), p - p.rounded(.down))
    }
    let (x0, x1, u) = place(x, image.width, width), (y0, y1, v) = place(y, image.height, height)
    func pixel(_ x: Int, _ y: Int) -> Double { Double(image.pixels[3 * (y * image.width + x) + c]) }
    return (pixel(x0, y0) * (1 - u) + pixel(x1, y0) * u) * (1 - v)
      + (pixel(x0, y1) * (1 - u) + pixel(x1, y1) * u) * v
  }
}

@Suite struct LetterboxTests {
  @Test func `boxes go there and back within half a pixel`() {
    for (width, height) in [(450, 331), (1024, 768), (3, 2000), (640, 640)] {
      let letterbox = Letterbox(
        imageWidth: width, imageHeight: height, inputWidth: 320, inputHeight: 320)
      let box = Box<ImagePixels>(
        minX: 0.2 * Float(width), minY: 0.1 * Float(height), maxX: 0.9 * Float(width),
        maxY: 0.7 * Float(height))
      let back = letterbox.toImage(letterbox.toInput(box))
      // The resized sides are rounded by half an input pixel at most.
      let pixel = Float(1 / letterbox.scaleY)
      #expect(
        abs(back.maxX - box.maxX) <= 0.51 * pixel && abs(back.maxY - box.maxY) <= 0.51 * pixel)
      #expect(letterbox.inputWidth == 320 && letterbox.inputHeight == 320)
    }
  }

  @Test func `normalized boxes are pixels divided by the sides`() {
    let box = Box<ImagePixels>(minX: 10, minY: 20, maxX: 50, maxY: 40)
    let normalized = box.normalized(width: 100, height: 80)
    #expect(normalized == Box<Normalized>(minX: 0.1, minY: 0.25, maxX: 0.5, maxY: 0.5))
    #expect(normalized.pixels(width: 100, height: 80) == box)
  }
}
