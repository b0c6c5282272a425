internal import Mathematics

/// Things that lie about and are no toys of ours, some of them plush and with faces, to be told apart.
struct Distractor {
  enum Kind: CaseIterable {
    case star, cloud, cushion, mushroom, cactus, mug, book, block, yarn, pear, slipper, pot
  }

  let kind: Kind
  let look: Look
  let brush: Brush
  private var canvas: Canvas { brush.canvas }

  func draw() {
    switch kind {
    case .star: star()
    case .cloud: cloud()
    case .cushion: cushion()
    case .mushroom: mushroom()
    case .cactus: cactus()
    case .mug: mug()
    case .book: book()
    case .block: block()
    case .yarn: yarn()
    case .pear: pear()
    case .slipper: slipper()
    case .pot: pot()
    }
  }

  /// A toy's face where no toy is.
  private func face(_ x: Double, _ y: Double, _ size: Double) {
    guard look.variant > 0 else { return }
    canvas.within(x: x, y: y, scale: size) {
      let figure = Figure(kind: .bear, look: look, brush: brush)
      figure.eyes(look.turn * 0.1, 0, apart: 0.4, radius: 0.13)
      figure.cheeks(look.turn * 0.1, 0.2, apart: 0.6, radius: 0.15)
      brush.smile(look.turn * 0.1, 0.24, 0.2, 0.16, .black, width: 0.05)
    }
  }

  private func star() {
    brush.part(0, 0, 0.9, 0.9, look.cloth) { canvas in
      canvas.loop(
        (0..<10).flatMap { i -> [Point] in
          let way = Rotation(Double(i) / 5 * .pi - .pi / 2), radius = i % 2 == 0 ? 1.15 : 0.5
          let point = Point(way.cosine * radius, way.sine * radius)
          return i % 2 == 0 ? [point] : [point, point]
        })
    }
    face(0, 0.05, 0.6)
  }

  private func cloud() {
    for (x, y, r) in [(-0.6, 0.1, 0.36), (0.6, 0.1, 0.38), (-0.25, -0.2, 0.44), (0.3, -0.16, 0.4)] {
      brush.blob(x, y, r, r, look.trim.lighter(0.5))
    }
    brush.part(0, 0.2, 0.9, 0.4, look.trim.lighter(0.55)) { $0.rounded(-0.9, -0.1, 1.8, 0.58, 0.3) }
    face(0, 0.1, 0.6)
  }

  private func cushion() {
    brush.part(0, 0, 0.9, 0.7, look.coat) {
      $0.loop([
        Point(-1.1, -0.9), Point(0, -0.55), Point(1.1, -0.9), Point(0.85, 0), Point(1.1, 0.9),
        Point(0, 0.6), Point(-1.1, 0.9), Point(-0.85, 0),
      ])
    }
    for i in -2...2 where look.variant < 2 {
      brush.thread(
        [Point(Double(i) * 0.3, -0.5), Point(Double(i) * 0.3, 0.5)], look.belly, width: 0.06)
    }
    brush.dot(0, 0, 0.07, look.dark)
  }

  private func mushroom() {
    brush.limb(Point(0, 0.1), Point(0, 0.7), 0.28, 0.34, Color(0.95, 0.9, 0.8))
    brush.part(0, -0.2, 0.9, 0.6, look.cloth) {
      $0.move(-0.9, 0.1)
      $0.curve(-0.9, -1.1, 0.9, -1.1, 0.9, 0.1)
      $0.curve(0.5, 0.28, -0.5, 0.28, -0.9, 0.1)
      $0.close()
    }
    for (x, y, r) in [(-0.45, -0.25, 0.14), (0.1, -0.5, 0.16), (0.5, -0.15, 0.12)] {
      brush.dot(x, y, r, look.trim.lighter(0.4))
    }
    face(0, 0.42, 0.42)
  }

  private func cactus() {
    let green = Color(hue: 0.36, saturation: 0.5, value: 0.55)
    brush.limb(Point(0.2, 0.1), Point(0.62, 0.02), 0.16, 0.15, green)
    brush.limb(Point(0.62, 0.02), Point(0.62, -0.3), 0.15, 0.14, green)
    brush.limb(Point(0, -0.5), Point(0, 0.5), 0.34, 0.34, green)
    for x in [-0.16, 0.0, 0.16] {
      brush.thread([Point(x, -0.7), Point(x, 0.4)], green.lighter(0.3), width: 0.03)
    }
    face(0, -0.2, 0.4)
    pot()
  }

  private func pot() {
    if kind == .pot {
      for i in 0..<7 {
        let x = (Double(i) - 3) * 0.3, green = Color(hue: 0.3, saturation: 0.55, value: 0.5)
        brush.limb(Point(x * 0.3, 0.3), Point(x, -0.75 + abs(x) * 0.6), 0.1, 0.05, green)
      }
    }
    brush.part(0, 0.6, 0.5, 0.4, look.cloth) {
      $0.polygon([Point(-0.54, 0.28), Point(0.54, 0.28), Point(0.38, 0.95), Point(-0.38, 0.95)])
    }
    brush.part(0, 0.3, 0.6, 0.1, look.cloth.lighter(0.1)) { $0.rounded(-0.6, 0.2, 1.2, 0.2, 0.06) }
  }

  private func mug() {
    canvas.ellipse(0.6, 0.05, 0.3, 0.36)
    canvas.stroke(look.cloth.darker(0.2), width: 0.16)
    brush.part(0, 0, 0.6, 0.8, look.cloth) { $0.rounded(-0.6, -0.65, 1.2, 1.4, 0.2) }
    brush.oval(0, -0.6, 0.6, 0.17, look.cloth.darker(0.25))
    brush.oval(0, -0.58, 0.5, 0.12, Color(0.3, 0.18, 0.1))
    face(0, 0.1, 0.55)
  }

  private func book() {
    let tall = look.variant < 2 ? 0.75 : 0.3
    canvas.rounded(-0.9, -tall, 1.8, 2 * tall, 0.05)
    canvas.fill(look.cloth)
    canvas.rectangle(-0.9, -tall, 0.16, 2 * tall)
    canvas.fill(look.cloth.darker(0.3))
    canvas.rounded(-0.5, -tall * 0.6, 1.1, tall * 0.5, 0.04)
    canvas.fill(look.trim)
    canvas.rectangle(-0.4, tall * 0.3, 0.8, tall * 0.12)
    canvas.fill(look.trim, opacity: 0.7)
  }

  private func block() {
    canvas.rounded(-0.75, -0.75, 1.5, 1.5, 0.16)
    canvas.fill(Color(0.86, 0.7, 0.46))
    canvas.rounded(-0.58, -0.58, 1.16, 1.16, 0.1)
    canvas.fill(look.cloth)
    canvas.polygon([Point(-0.3, 0.4), Point(0, -0.42), Point(0.3, 0.4)])
    canvas.stroke(look.trim, width: 0.14)
  }

  private func yarn() {
    brush.blob(0, 0, 0.85, 0.85, look.cloth)
    canvas.clipped({ $0.ellipse(0, 0, 0.85, 0.85) }) {
      for i in 0..<14 {
        canvas.within(x: 0, y: 0, rotation: Rotation(Double(i) * 1.3)) {
          canvas.ellipse(0, 0.2 + Double(i % 4) * 0.2, 0.95, 0.3)
          canvas.stroke(look.cloth.darker(i % 2 == 0 ? 0.3 : 0.1), width: 0.05)
        }
      }
    }
    canvas.move(0.6, 0.6)
    canvas.curve(0.9, 0.8, 0.6, 1, 1.1, 0.9)
    canvas.stroke(look.cloth.darker(0.2), width: 0.06)
  }

  private func pear() {
    let skin = Color(hue: 0.12 + 0.14 * look.head, saturation: 0.6, value: 0.78)
    brush.blob(0, 0.3, 0.62, 0.6, skin)
    brush.limb(Point(0, -0.35), Point(0, 0.1), 0.32, 0.5, skin)
    brush.thread([Point(0, -0.6), Point(0.1, -0.9)], Color(0.3, 0.2, 0.12), width: 0.08)
    brush.oval(0.3, -0.8, 0.22, 0.1, Color(0.3, 0.5, 0.2), turned: -0.4)
  }

  private func slipper() {
    for ear in [-0.2, 0.14] {
      guard look.variant == 1 else { continue }
      brush.limb(Point(0.2 + ear, -0.1), Point(0.16 + ear * 1.6, -0.7), 0.12, 0.1, look.coat)
    }
    brush.part(0, 0.2, 0.95, 0.4, look.coat) {
      $0.loop([
        Point(-1.05, -0.2), Point(0, 0.1), Point(0.2, -0.4), Point(1.05, -0.2), Point(1.05, 0.6),
        Point(-1.05, 0.6),
      ])
    }
    brush.oval(-0.4, 0.06, 0.44, 0.15, look.dark)
    brush.thread([Point(-0.9, 0.48), Point(0.9, 0.48)], look.belly, width: 0.1)
  }
}
