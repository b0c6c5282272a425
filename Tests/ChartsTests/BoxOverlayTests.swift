import Charts
import Foundation
import Geometry
import Images
import Mathematics
import Testing

@Suite struct BoxOverlayTests {
  static let bounds = Rectangle(x: 0, y: 0, width: 400, height: 300)

  @Test func `names stay inside the picture`() {
    var random = RandomSource(seed: 3)
    for _ in 0..<200 {
      let boxes = (0..<6).map { _ in
        let x = random.uniform(0, 400), y = random.uniform(0, 300)
        return Rectangle(
          x: x, y: y, width: random.uniform(0, 400 - x), height: random.uniform(0, 300 - y))
      }
      let places = BoxLabels(bounds: Self.bounds, boxes: boxes).places(
        for: boxes.map { _ in (90, 16) })
      #expect(
        places.allSatisfy { $0.x >= 0 && $0.y >= 0 && $0.x + 90 <= 400 && $0.y + 16 <= 300 })
    }
  }

  @Test func `names of boxes in one place do not cover each other`() {
    let box = Rectangle(x: 150, y: 100, width: 100, height: 120)
    let places = BoxLabels(bounds: Self.bounds, boxes: [box, box, box, box, box]).places(
      for: [(80, 16), (80, 16), (80, 16), (80, 16), (80, 16)])
    for (index, place) in places.enumerated() {
      #expect(places[..<index].allSatisfy { $0.overlap(place) == 0 })
    }
  }

  @Test func `where boxes crowd, names go to the nearest free place`() {
    // Forty boxes in one corner of an image that has room for 4 × 18 names.
    let box = Rectangle(x: 300, y: 220, width: 90, height: 70)
    let boxes = [Rectangle](repeating: box, count: 40)
    let places = BoxLabels(bounds: Self.bounds, boxes: boxes).places(
      for: boxes.map { _ in (80, 16) })
    for (index, place) in places.enumerated() {
      #expect(places[..<index].allSatisfy { $0.overlap(place) == 0 })
      #expect(
        place.x >= 0 && place.y >= 0 && place.x + place.width <= 400
          && place.y + place.height <= 300)
    }
    // The first stay at the box.
    #expect(places[0] == Rectangle(x: 300, y: 204, width: 80, height: 16))
    // Where the image is full, every name is still drawn inside.
    let crowd = BoxLabels(bounds: Self.bounds, boxes: [Rectangle](repeating: box, count: 200))
    #expect(crowd.places(for: crowd.boxes.map { _ in (80, 16) }).count == 200)
  }

  @Test func `an overlay keeps the photograph's size and changes only what it draws over`() throws {
    let image = Image(width: 200, height: 150, gray: 120)
    let item = BoxOverlay.Item(
      box: Box(minX: 60, minY: 60, maxX: 120, maxY: 130), classIndex: 1, confidence: 0.5)
    let drawn = try BoxOverlay(names: ["a", "b"], items: [item]).drawn(on: image)
    #expect(drawn.width == 200 && drawn.height == 150)
    func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
      Array(image.pixels[((y * 200 + x) * 3)..<((y * 200 + x) * 3 + 3)])
    }
    #expect(pixel(drawn, 90, 100) == pixel(image, 90, 100))
    #expect(pixel(drawn, 190, 10) == pixel(image, 190, 10))
    // The second color of Okabe and Ito, vermillion, on the left edge.
    #expect(pixel(drawn, 60, 100) == [0xD5, 0x5E, 0x00])
  }

  @Test func `boxes beyond the edges and of unknown classes are drawn, too`() throws {
    let image = Image(width: 64, height: 48, gray: 114)
    let boxes: [Box<ImagePixels>] = [
      Box(minX: -50, minY: -50, maxX: 500, maxY: 500), Box(minX: 10, minY: 10, maxX: 10, maxY: 10),
      Box(minX: .nan, minY: 0, maxX: 5, maxY: 5), Box(minX: 60, minY: 40, maxX: 20, maxY: 10),
    ]
    let items = boxes.map { BoxOverlay.Item(box: $0, classIndex: 77, confidence: 1) }
    let drawn = try BoxOverlay(names: [], items: items).drawn(on: image)
    #expect(drawn != image)
  }
}
