internal import Mathematics
public import Images

extension ToyKind {
  /// The toy alone before a pale wall, to look at: a `size` x `size` picture, 32...2048 pixels.
  ///
  /// The posture, colors and cloth are a pure function of `seed`.
  public func portrait(size: Int, seed: UInt64 = 0) -> Image {
    precondition((32...2048).contains(size), "a portrait has 32 to 2048 pixels a side, not \(size)")
    var random = RandomSource(seed: seed, purpose: 0x74, index: kindIndex)
    let toy = Sprite(
      self, scale: Double(size) * 0.36, light: Point(-0.7, -0.7), tumbles: 0, &random)
    var scene = Raster(width: size, height: size)
    scene.draw { canvas in
      canvas.rectangle(0, 0, Double(size), Double(size))
      canvas.fill(
        from: Point(0, 0), to: Point(0, Double(size)),
        [(0, Color(0.93, 0.92, 0.9), 1), (1, Color(0.78, 0.77, 0.76), 1)])
    }
    scene.place(toy, left: (size - toy.raster.width) / 2, top: (size - toy.raster.height) / 2)
    return scene.image()
  }
}

extension Sprite {
  /// One toy in a look, a fabric and a leaning that chance decides; `tumbles` is the probability
  /// that it lies in any direction.
  init(
    _ kind: ToyKind, scale: Double, light: Point, tumbles: Double, _ random: inout RandomSource
  ) {
    let look = Look(kind, &random)
    let fabric: Fabric? =
      switch kind {
      case .ovecka: [.fleece, .plush, .shaggy][random.below(3)]
      case .ball, .car: random.happens(0.5) ? .felt : nil
      default: Fabric.allCases[random.below(5)]
      }
    let round = kind == .ball
    let lean =
      random.happens(tumbles) || round ? random.uniform(-3.1, 3.1) : random.uniform(-0.3, 0.3)
    let rotation = Rotation(lean)
    // The light stays where it is while the toy turns.
    let own = Point(
      light.x * rotation.cosine + light.y * rotation.sine,
      light.y * rotation.cosine - light.x * rotation.sine)
    self.init(
      scale: scale, rotation: rotation, fabric: fabric,
      strand: Rotation(lean + random.uniform(-0.6, 0.6)), offset: random.below(1 << 16)
    ) { canvas in
      Figure(kind: kind, look: look, brush: Brush(canvas: canvas, light: own)).draw()
    }
  }
}

extension Raster {
  /// Lays a sprite over the picture; parts outside are cut off.
  mutating func place(_ sprite: Sprite, left: Int, top: Int) {
    let part = sprite.raster
    let columns = max(0, -left)..<max(max(0, -left), min(part.width, width - left))
    for y in max(0, -top)..<max(max(0, -top), min(part.height, height - top)) {
      for x in columns {
        let over = part.pixels[y * part.width + x]
        guard over != 0 else { continue }
        let i = (top + y) * width + left + x
        pixels[i] = over &+ scaled(pixels[i], by: 256 - (over >> 24) - (over >> 31))
      }
    }
  }
}
