/// Heads about the origin with a radius near 1; the face moves sideways as the head turns.
extension Figure {
  func head() {
    switch kind {
    case .oslik: donkeyHead()
    case .ovecka: sheepHead()
    case .prasatko: pigHead()
    case .bear: bearHead()
    case .rabbit: rabbitHead()
    case .cat: catHead()
    case .fox: foxHead()
    case .elephant: elephantHead()
    default: frogHead()
    }
  }

  private var face: Double { look.turn * 0.22 }

  /// An ear as a long leaf from its root, leaning outwards, with its inside.
  private func ear(
    _ side: Double, _ x: Double, _ y: Double, width: Double, length: Double, lean: Double,
    tip: Color? = nil
  ) {
    canvas.within(x: side * x, y: y, rotation: Rotation(side * lean)) {
      let leaf = { (shrink: Double) in
        { (c: Canvas) in
          let (w, l) = (width * shrink, length * (0.5 + shrink / 2))
          c.move(0, 0)
          c.curve(-w * 1.5, -l * 0.3, -w * 1.2, -l, 0, -l)
          c.curve(w * 1.2, -l, w * 1.5, -l * 0.3, 0, 0)
          c.close()
        }
      }
      brush.part(0, -length / 2, width, length / 2, look.coat.darker(0.08), leaf(1))
      leaf(0.55)(canvas)
      canvas.fill(look.inner)
      guard let tip else { return }
      canvas.clipped(leaf(1)) { brush.oval(0, -length, width * 1.2, length * 0.3, tip) }
    }
  }

  /// A triangular ear with round corners.
  private func pointedEar(_ side: Double, _ x: Double, _ y: Double, _ size: Double, _ tip: Color?) {
    canvas.within(x: side * x, y: y, rotation: Rotation(side * (0.35 + 0.15 * look.ears))) {
      let triangle = { (s: Double) in
        { (c: Canvas) in
          c.move(-s * 0.6, s * 0.4)
          c.curve(-s * 0.5, -s * 0.5, -s * 0.15, -s * 1.1, 0, -s * 1.1)
          c.curve(s * 0.15, -s * 1.1, s * 0.5, -s * 0.5, s * 0.6, s * 0.4)
          c.close()
        }
      }
      brush.part(0, -size * 0.3, size * 0.6, size * 0.8, look.coat.darker(0.06), triangle(size))
      if let tip {
        canvas.clipped(triangle(size)) { brush.oval(0, -size, size * 0.5, size * 0.5, tip) }
      }
      triangle(size * 0.6)(canvas)
      canvas.fill(look.inner)
    }
  }

  private func donkeyHead() {
    for side in [-1.0, 1.0] {
      ear(side, 0.46, -0.6, width: 0.24, length: 1.15, lean: 0.36 + 0.3 * look.ears * side)
    }
    brush.blob(0, -0.06, 0.78, 0.86, look.coat)
    for i in 0..<5 {
      let x = (Double(i) - 2) * 0.12
      brush.limb(
        Point(x * 0.6, -0.78), Point(x * 1.6, -1.02 + abs(x) * 0.8), 0.1, 0.05, look.dark)
    }
    brush.blob(face, 0.52, 0.66, 0.5, look.belly)
    for side in [-1.0, 1.0] {
      brush.oval(face + side * 0.28, 0.42, 0.09, 0.13, look.dark, turned: side * 0.3)
    }
    brush.smile(face, 0.72, 0.34, 0.14, look.dark, width: 0.05)
    eyes(face * 1.1, -0.14, apart: 0.36, radius: 0.14)
  }

  private func sheepHead() {
    let skin = look.inner.mixed(look.dark, look.variant == 3 ? 0.75 : 0.15)
    for side in [-1.0, 1.0] {
      canvas.within(x: side * 0.66, y: -0.05, rotation: Rotation(side * (0.35 + 0.3 * look.ears))) {
        brush.blob(side * 0.32, 0, 0.42, 0.2, skin)
        brush.oval(side * 0.34, 0.02, 0.26, 0.09, look.inner)
      }
    }
    brush.blob(0, 0.16, 0.68, 0.76, skin)
    for i in 0..<7 {
      let x = (Double(i) - 3) * 0.22
      brush.blob(x, -0.5 + x * x * 0.5, 0.27, 0.26, look.coat.darker(i % 2 == 0 ? 0 : 0.05))
    }
    brush.blob(0, -0.52, 0.3, 0.26, look.coat)
    let nose = look.variant == 3 ? look.inner : look.dark
    brush.part(face, 0.46, 0.16, 0.1, nose) {
      $0.loop([
        Point(face - 0.24, 0.36), Point(face + 0.24, 0.36), Point(face, 0.66),
      ])
    }
    brush.thread([Point(face, 0.54), Point(face, 0.64)], nose, width: 0.045)
    brush.smile(face, 0.62, 0.2, 0.12, nose, width: 0.045)
    eyes(face, 0.08, apart: 0.32, radius: 0.13)
    cheeks(face, 0.36, apart: 0.44, radius: 0.16)
  }

  private func pigHead() {
    for side in [-1.0, 1.0] {
      canvas.within(x: side * 0.56, y: -0.7, rotation: Rotation(side * (0.5 + 0.35 * look.ears))) {
        brush.part(0, 0, 0.34, 0.36, look.coat.darker(0.1)) {
          $0.loop([Point(-0.42, 0.36), Point(0.42, 0.36), Point(0.16 * side, -0.62)])
        }
        canvas.loop([Point(-0.24, 0.24), Point(0.24, 0.24), Point(0.1 * side, -0.34)])
        canvas.fill(look.inner)
      }
    }
    brush.blob(0, 0, 0.94, 0.84, look.coat)
    brush.blob(face * 1.3, 0.27, 0.42, 0.33, look.coat.darker(0.22))
    brush.blob(face * 1.35, 0.25, 0.38, 0.29, look.inner)
    for side in [-1.0, 1.0] {
      brush.oval(face * 1.4 + side * 0.14, 0.26, 0.065, 0.12, look.dark)
    }
    brush.smile(face, 0.64, 0.22, 0.1, look.dark, width: 0.045)
    eyes(face, -0.16, apart: 0.44, radius: 0.12)
    cheeks(face, 0.24, apart: 0.64, radius: 0.19)
  }

  private func bearHead() {
    for side in [-1.0, 1.0] {
      brush.blob(side * 0.7, -0.62, 0.33, 0.33, look.coat.darker(0.06))
      brush.blob(side * 0.69, -0.58, 0.2, 0.2, look.inner)
    }
    brush.blob(0, 0, 0.94, 0.84, look.coat)
    brush.blob(face, 0.34, 0.42, 0.36, look.belly)
    brush.blob(face * 1.2, 0.2, 0.17, 0.12, look.dark)
    brush.thread([Point(face * 1.2, 0.3), Point(face * 1.2, 0.42)], look.dark, width: 0.05)
    brush.smile(face * 1.2, 0.42, 0.18, 0.13, look.dark, width: 0.05)
    eyes(face, -0.12, apart: 0.38, radius: 0.12)
    cheeks(face, 0.26, apart: 0.62, radius: 0.16)
  }

  private func rabbitHead() {
    for side in [-1.0, 1.0] {
      let lean = 0.14 + 0.2 * look.ears * side + (look.variant == 1 ? 1.5 : 0)
      ear(side, 0.32, -0.62, width: 0.26, length: 1.35, lean: lean)
    }
    brush.blob(0, 0, 0.82, 0.78, look.coat)
    for side in [-1.0, 1.0] { brush.blob(face + side * 0.2, 0.36, 0.28, 0.24, look.belly) }
    canvas.rounded(face - 0.1, 0.48, 0.2, 0.2, 0.05)
    canvas.fill(.white)
    brush.thread([Point(face, 0.5), Point(face, 0.66)], look.dark, width: 0.025)
    brush.part(face, 0.2, 0.13, 0.09, Color(0.93, 0.5, 0.55)) {
      $0.loop([Point(face - 0.18, 0.14), Point(face + 0.18, 0.14), Point(face, 0.36)])
    }
    eyes(face, -0.1, apart: 0.38, radius: 0.14)
    cheeks(face, 0.22, apart: 0.58, radius: 0.17)
  }

  private func whiskers(_ y: Double) {
    for side in [-1.0, 1.0] {
      for i in 0..<3 {
        let slope = (Double(i) - 1) * 0.12
        brush.thread(
          [Point(face + side * 0.34, y + slope * 0.5), Point(face + side * 0.88, y + slope)],
          look.variant == 2 ? .white : look.dark, width: 0.022)
      }
    }
  }

  private func catHead() {
    for side in [-1.0, 1.0] { pointedEar(side, 0.58, -0.6, 0.5, nil) }
    brush.blob(0, 0, 0.92, 0.78, look.coat)
    if look.variant < 3 {
      for i in -1...1 {
        let x = Double(i) * 0.2
        brush.thread(
          [Point(x, -0.7 + abs(x) * 0.3), Point(x * 0.8, -0.42)], look.dark, width: 0.08)
      }
      for side in [-1.0, 1.0] {
        brush.thread([Point(side * 0.86, 0.02), Point(side * 0.62, 0.06)], look.dark, width: 0.07)
      }
    }
    for side in [-1.0, 1.0] { brush.blob(face + side * 0.17, 0.36, 0.23, 0.18, look.belly) }
    brush.part(face, 0.22, 0.1, 0.07, look.inner.darker(0.1)) {
      $0.loop([Point(face - 0.15, 0.16), Point(face + 0.15, 0.16), Point(face, 0.34)])
    }
    for side in [-1.0, 1.0] {
      brush.smile(face + side * 0.11, 0.4, 0.11, 0.09, look.dark, width: 0.04)
    }
    eyes(face, -0.1, apart: 0.4, radius: 0.15)
    whiskers(0.36)
  }

  private func foxHead() {
    for side in [-1.0, 1.0] { pointedEar(side, 0.56, -0.56, 0.58, look.dark) }
    brush.part(0, 0, 0.96, 0.84, look.coat) {
      $0.loop([
        Point(-0.95, -0.85), Point(0, -0.8), Point(0.95, -0.85), Point(1.15, 0.25),
        Point(0.35, 0.8),
        Point(face, 0.98), Point(-0.35, 0.8), Point(-1.15, 0.25),
      ])
    }
    for side in [-1.0, 1.0] {
      brush.part(face + side * 0.4, 0.36, 0.4, 0.36, Color(0.97, 0.94, 0.9)) {
        $0.loop([
          Point(face + side * 0.04, 0.15), Point(face + side * 0.5, 0.08),
          Point(side * 0.98, 0.22), Point(face + side * 0.4, 0.72), Point(face + side * 0.02, 0.86),
        ])
      }
    }
    brush.blob(face * 1.3, 0.6, 0.14, 0.11, .black)
    brush.smile(face * 1.2, 0.74, 0.14, 0.06, look.dark, width: 0.04)
    eyes(face, -0.06, apart: 0.36, radius: 0.12)
  }

  private func elephantHead() {
    for side in [-1.0, 1.0] {
      let a = 0.62 + 0.1 * look.ears * side
      brush.blob(side * 0.98, -0.1, a, 0.74, look.coat.darker(0.08), turned: side * 0.2)
      brush.blob(side * 0.98, -0.06, a * 0.66, 0.52, look.inner, turned: side * 0.2)
    }
    brush.blob(0, 0, 0.8, 0.8, look.coat)
    let bend = look.turn * 0.5
    if look.variant < 2 {
      for side in [-1.0, 1.0] {
        brush.limb(
          Point(face + side * 0.26, 0.46), Point(face + side * 0.38, 0.84), 0.09, 0.05,
          Color(0.97, 0.94, 0.86))
      }
    }
    brush.limb(Point(face, 0.3), Point(face, 0.76), 0.25, 0.2, look.coat)
    brush.limb(
      Point(face, 0.76), Point(face + bend, 1.06 - abs(bend) * 0.3), 0.2, 0.15,
      look.coat.darker(0.04))
    for i in 0..<3 {
      let y = 0.46 + Double(i) * 0.15
      brush.smile(face, y, 0.15, 0.05, look.coat.darker(0.35), width: 0.03)
    }
    eyes(face, -0.08, apart: 0.4, radius: 0.12)
    cheeks(face, 0.26, apart: 0.5, radius: 0.16)
  }

  private func frogHead() {
    brush.blob(0, 0.12, 1.04, 0.7, look.coat)
    brush.blob(face * 0.5, 0.42, 0.8, 0.34, look.belly)
    for side in [-1.0, 1.0] {
      brush.blob(side * 0.52, -0.48, 0.36, 0.36, look.coat)
      brush.dot(side * 0.52 + face * 0.3, -0.5, 0.25, Color(0.97, 0.96, 0.9))
      eye(side * 0.52 + face * 0.5, -0.48, 0.16)
    }
    canvas.move(face - 0.68, 0.2)
    canvas.curve(face - 0.3, 0.52, face + 0.3, 0.52, face + 0.68, 0.2)
    canvas.stroke(look.dark, width: 0.06)
    for side in [-1.0, 1.0] { brush.dot(face + side * 0.08, 0.12, 0.03, look.dark) }
    cheeks(face, 0.26, apart: 0.74, radius: 0.16)
  }
}
