internal import Geometry
internal import Mathematics

/// Puts a scene together from the back to the front, and keeps account of what remains visible.
struct Composer {
  /// A toy that loses more than the rest to what stands before it is not put there, so that every toy
  /// in a picture is labeled.
  static let leastVisible = 0.35

  private(set) var raster: Raster
  /// For every pixel the toy that is seen there, from 1; 0 where none is.
  private(set) var owners: [UInt8]
  private var toys: [(classIndex: Int, solid: Int, visible: Int)] = []

  init(_ backdrop: Raster) {
    raster = backdrop
    owners = [UInt8](repeating: 0, count: backdrop.width * backdrop.height)
  }

  /// Puts a sprite's origin at a place, unless too little of it or of a toy behind it would be seen.
  ///
  /// `classIndex` is the label's class, or nil for what is no toy; `shadow` is where the light comes
  /// from, or nil for no shadow. The result says whether there was room.
  mutating func place(_ sprite: Sprite, x: Int, y: Int, classIndex: Int?, shadow: Point?) -> Bool {
    let (left, top) = (x - sprite.originX, y - sprite.originY)
    let part = sprite.raster
    let columns = max(0, -left)..<max(max(0, -left), min(part.width, raster.width - left))
    let rows = max(0, -top)..<max(max(0, -top), min(part.height, raster.height - top))
    var covered = [Int](repeating: 0, count: toys.count + 1)
    var inside = 0
    for y in rows {
      for x in columns where part.pixels[y * part.width + x] >= 0x8000_0000 {
        covered[Int(owners[(top + y) * raster.width + left + x])] += 1
        inside += 1
      }
    }
    if classIndex != nil {
      guard inside >= 16, Double(inside) >= 0.6 * Double(sprite.solid) else { return false }
    }
    for (i, toy) in toys.enumerated() {
      let rest = toy.visible - covered[i + 1]
      guard rest >= 16, Double(rest) >= Composer.leastVisible * Double(toy.solid) else {
        return false
      }
    }
    if let shadow { cast(shadow, left: left, top: top, part) }
    raster.place(sprite, left: left, top: top)
    for i in toys.indices { toys[i].visible -= covered[i + 1] }
    if let classIndex { toys.append((classIndex, sprite.solid, inside)) }
    let owner = classIndex == nil ? 0 : UInt8(toys.count)
    for y in rows {
      for x in columns where part.pixels[y * part.width + x] >= 0x8000_0000 {
        owners[(top + y) * raster.width + left + x] = owner
      }
    }
    return true
  }

  /// A soft shadow on the ground, away from the light.
  private mutating func cast(_ light: Point, left: Int, top: Int, _ part: Raster) {
    let (w, h) = (Double(part.width), Double(part.height))
    let x = Double(left) + w * (0.5 - 0.16 * light.x), y = Double(top) + h * 0.95
    raster.draw { canvas in
      canvas.within(x: x, y: y, scale: w * 0.62, scaleY: h * 0.14) {
        canvas.ellipse(0, 0, 1, 1)
        canvas.fill(
          around: Point(0, 0), radius: 1,
          [(0, .black, 0.55), (0.5, .black, 0.35), (1, .black, 0)])
      }
    }
  }

  /// The tight boxes of what is visible, in the order in which the toys were put there.
  func labels() -> [LabeledBox<ImagePixels>] {
    var edges = [(minX: Int, minY: Int, maxX: Int, maxY: Int)](
      repeating: (raster.width, raster.height, -1, -1), count: toys.count)
    for y in 0..<raster.height {
      for x in 0..<raster.width {
        let owner = Int(owners[y * raster.width + x])
        guard owner > 0 else { continue }
        let old = edges[owner - 1]
        edges[owner - 1] = (min(old.minX, x), min(old.minY, y), max(old.maxX, x), y)
      }
    }
    return zip(toys, edges).map { toy, edge in
      LabeledBox(
        box: Box(
          minX: Float(edge.minX), minY: Float(edge.minY), maxX: Float(edge.maxX + 1),
          maxY: Float(edge.maxY + 1)), classIndex: toy.classIndex)
    }
  }
}
