/// Three postures that all four-legged toys share; the head is drawn facing us in each.
extension Figure {
  private var hoofed: Bool { [.oslik, .ovecka, .prasatko].contains(kind) }
  private var limbColor: Color { kind == .ovecka ? look.inner.mixed(look.dark, 0.3) : look.coat }

  /// The head about a point, leaning as the toy pleases.
  private func head(at x: Double, _ y: Double, size: Double) {
    canvas.within(x: x, y: y, scale: size * look.head, rotation: Rotation(look.tilt)) { head() }
  }

  // MARK: Sitting, seen from the front

  func sitting() {
    let fat = look.stuffing
    tail(at: Point(0.36, 0.62), toward: Point(0.82, 0.3))
    coatBlob(0, 0.36, 0.44 * fat, 0.5)
    if kind != .ovecka { brush.blob(0, 0.42, 0.3 * fat, 0.36, look.belly) }
    shirt(0, 0.34, 0.44 * fat, 0.46)
    for side in [-1.0, 1.0] {
      let spread = 0.36 + 0.08 * look.legs
      let foot = Point(side * (spread + 0.06), 0.78)
      brush.limb(Point(side * 0.24, 0.62), foot, 0.19, 0.2, limbColor.darker(0.06))
      sole(foot.x, foot.y, side)
      let lift = side < 0 ? look.leftArm : look.rightArm
      let hand = Point(side * (0.62 + 0.06 * lift), 0.34 - 0.42 * lift)
      brush.limb(Point(side * 0.3 * fat, 0.06), hand, 0.16, 0.14, limbColor)
      if hoofed { brush.dot(hand.x, hand.y, 0.12, look.dark) }
    }
    collar(0, -0.04, 0.34)
    head(at: 0, -0.42, size: 0.46)
  }

  private func sole(_ x: Double, _ y: Double, _ side: Double) {
    let angle = side * 0.25
    if hoofed {
      brush.blob(x, y, 0.17, 0.2, look.dark, turned: angle)
      brush.thread([Point(x, y - 0.17), Point(x, y + 0.02)], look.dark.darker(0.5), width: 0.03)
      return
    }
    brush.blob(x, y, 0.2, 0.23, look.coat, turned: angle)
    brush.oval(x, y + 0.05, 0.11, 0.1, look.inner, turned: angle)
    for toe in [-1.0, 0, 1] {
      brush.dot(x + toe * 0.085, y - 0.1 + abs(toe) * 0.03, 0.04, look.inner)
    }
  }

  // MARK: Standing, seen from the side

  func standing() {
    let side = look.turn < 0 ? -1.0 : 1.0, fat = look.stuffing
    tail(at: Point(-side * 0.56, 0.02), toward: Point(-side * 0.92, 0.3))
    for (x, shade) in [(-0.28, 0.3), (0.36, 0.3), (-0.44, 0.0), (0.2, 0.0)] {
      let swing = look.legs * (shade > 0 ? -0.1 : 0.1)
      let foot = Point(side * (x + swing), 0.8)
      brush.limb(Point(side * x, 0.32), foot, 0.17, 0.14, limbColor.darker(shade))
      let shoe = hoofed ? look.dark : look.coat.darker(shade + 0.06)
      brush.blob(foot.x + side * 0.03, foot.y + 0.02, 0.16, 0.12, shoe)
    }
    coatBlob(0, 0.12, 0.64, 0.4 * fat)
    if kind != .ovecka { brush.blob(side * 0.02, 0.34 * fat, 0.42, 0.15, look.belly) }
    shirt(0, 0.12, 0.64, 0.4 * fat)
    brush.limb(Point(side * 0.36, 0), Point(side * 0.52, -0.22), 0.3, 0.26, limbColor)
    collar(side * 0.48, -0.1, 0.28)
    head(at: side * 0.56, -0.38, size: 0.4)
  }

  // MARK: Lying on the belly

  func lying() {
    let side = look.turn < 0 ? -1.0 : 1.0
    tail(at: Point(-side * 0.72, 0.18), toward: Point(-side * 1.02, -0.12))
    brush.limb(Point(-side * 0.5, 0.4), Point(-side * 0.86, 0.5), 0.17, 0.15, limbColor.darker(0.2))
    coatBlob(-side * 0.12, 0.22, 0.68, 0.36 * look.stuffing)
    shirt(-side * 0.12, 0.22, 0.68, 0.36 * look.stuffing)
    for (x, reach) in [(-0.42, -0.1), (0.2, 0.12), (0.66, 0.2)] {
      let hand = Point(side * (x + reach * (1 + look.legs)), 0.56)
      brush.limb(Point(side * x, 0.38), hand, 0.16, 0.14, limbColor)
      if hoofed { brush.blob(hand.x, hand.y + 0.02, 0.14, 0.12, look.dark) }
    }
    collar(side * 0.4, 0.2, 0.3)
    head(at: side * 0.44, 0.0, size: 0.42)
  }

  // MARK: Parts

  /// A body's ellipse, or a cloud of wool where the animal bears it.
  private func coatBlob(_ x: Double, _ y: Double, _ a: Double, _ b: Double) {
    guard kind == .ovecka else { return brush.blob(x, y, a, b, look.coat) }
    wool(x, y, a, b, 13)
  }

  /// Curls along the rim of an ellipse, and the ellipse.
  func wool(_ x: Double, _ y: Double, _ a: Double, _ b: Double, _ count: Int) {
    for i in 0..<count {
      let around = Rotation(Double(i) / Double(count) * 2 * .pi + 0.3)
      brush.blob(
        x + around.cosine * a * 0.84, y + around.sine * b * 0.84, a * 0.32, max(b, a * 0.7) * 0.32,
        look.coat.darker(i % 2 == 0 ? 0 : 0.06))
    }
    brush.blob(x, y, a * 0.86, b * 0.86, look.coat)
  }

  private func tail(at root: Point, toward tip: Point) {
    let middle = Point((root.x + tip.x) / 2, (root.y + tip.y) / 2)
    let end = Point(tip.x, tip.y - 0.12 * look.ears)
    switch kind {
    case .fox:
      brush.limb(root, end, 0.12, 0.24, look.coat)
      brush.blob(end.x, end.y, 0.17, 0.17, .white)
    case .cat:
      brush.limb(root, middle, 0.09, 0.09, look.coat)
      brush.limb(middle, Point(middle.x, end.y - 0.3), 0.09, 0.07, look.coat.darker(0.1))
    case .oslik, .elephant:
      brush.limb(root, end, 0.06, 0.04, look.coat)
      brush.blob(end.x, end.y, 0.09, 0.12, look.dark)
    case .rabbit, .ovecka:
      brush.blob(root.x + (tip.x - root.x) * 0.3, root.y, 0.17, 0.16, look.belly)
    case .prasatko:
      canvas.move(root.x, root.y)
      canvas.curve(end.x, root.y - 0.3, end.x, root.y + 0.25, middle.x, middle.y - 0.1)
      canvas.stroke(look.coat.darker(0.12), width: 0.08)
    case .bear: brush.blob(root.x, root.y, 0.14, 0.13, look.coat)
    default: break
    }
  }

  // MARK: Clothes

  private func shirt(_ x: Double, _ y: Double, _ a: Double, _ b: Double) {
    guard look.clothes == .shirt else { return }
    canvas.clipped({ $0.ellipse(x, y, a * 1.03, b * 1.03) }) {
      brush.blob(x, y, a * 1.04, b * 1.04, look.cloth)
      guard look.variant != 0 else { return }
      for i in 0..<6 {
        canvas.rectangle(x - a * 1.1, y - b + Double(i) * b * 0.36, a * 2.2, b * 0.13)
        canvas.fill(look.trim, opacity: 0.75)
      }
    }
  }

  private func collar(_ x: Double, _ y: Double, _ width: Double) {
    switch look.clothes {
    case .scarf:
      brush.limb(
        Point(x + width * 0.5, y), Point(x + width * 0.75, y + 0.4), 0.09, 0.1, look.cloth)
      brush.limb(Point(x - width, y), Point(x + width, y + 0.04), 0.1, 0.1, look.cloth)
      brush.thread(
        [Point(x - width, y + 0.03), Point(x + width, y + 0.07)], look.trim, width: 0.03)
    case .bow:
      for side in [-1.0, 1.0] {
        brush.part(x + side * 0.16, y + 0.08, 0.16, 0.14, look.cloth) {
          $0.polygon([
            Point(x, y + 0.08), Point(x + side * 0.3, y - 0.06), Point(x + side * 0.3, y + 0.22),
          ])
        }
      }
      brush.dot(x, y + 0.08, 0.07, look.cloth.darker(0.2))
    case .none, .shirt: break
    }
  }
}
