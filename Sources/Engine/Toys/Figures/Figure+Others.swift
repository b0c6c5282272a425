/// Turtle, whale, car and ball.
extension Figure {
  func turtle() {
    look.posture == .lying ? turtleFromAbove() : turtleFromTheSide()
  }

  private var shell: Color {
    look.variant < 2 ? look.cloth.mixed(look.dark, 0.35) : look.dark.mixed(look.coat, 0.35)
  }

  private func turtleFromTheSide() {
    let side = look.turn < 0 ? -1.0 : 1.0
    brush.limb(Point(-side * 0.7, 0.4), Point(-side * 0.98, 0.48), 0.09, 0.03, look.coat)
    for x in [-0.46, 0.42] {
      brush.limb(
        Point(x, 0.4), Point(x + side * 0.1 * look.legs, 0.68), 0.18, 0.19, look.coat.darker(0.1))
    }
    let head = Point(side * 0.86, -0.06 - 0.2 * look.ears)
    brush.limb(Point(side * 0.5, 0.34), Point(head.x, head.y + 0.1), 0.2, 0.2, look.coat)
    canvas.within(x: head.x, y: head.y, scale: 0.3 * look.head, rotation: Rotation(look.tilt)) {
      brush.blob(0, 0, 1, 0.92, look.coat)
      eye(side * 0.36, -0.2, 0.2)
      brush.smile(side * 0.5, 0.28, 0.34, 0.16, look.dark, width: 0.08)
    }
    brush.blob(0, 0.42, 0.78, 0.16, look.belly)
    let dome = { (c: Canvas) in
      c.move(-0.76, 0.4)
      c.curve(-0.78, -0.72 * look.stuffing, 0.78, -0.72 * look.stuffing, 0.76, 0.4)
      c.close()
    }
    brush.part(0, 0.1, 0.76, 0.6, shell, dome)
    canvas.clipped(dome) {
      plates([
        (0, -0.08, 0.26), (-0.46, 0.1, 0.2), (0.46, 0.1, 0.2), (-0.22, 0.3, 0.16),
        (0.22, 0.3, 0.16),
      ])
    }
    brush.limb(Point(-0.7, 0.42), Point(0.7, 0.42), 0.07, 0.07, shell.lighter(0.2))
  }

  private func turtleFromAbove() {
    for (x, y, dx, dy) in [
      (-0.42, -0.42, -0.34, -0.26), (0.42, -0.42, 0.34, -0.26), (-0.42, 0.44, -0.28, 0.26),
      (0.42, 0.44, 0.28, 0.26),
    ] {
      let reach = 1 + 0.3 * look.legs
      brush.limb(Point(x, y), Point(x + dx * reach, y + dy * reach), 0.19, 0.15, look.coat)
    }
    brush.limb(Point(0, 0.6), Point(0.04 * look.legs, 0.92), 0.1, 0.04, look.coat)
    canvas.within(
      x: look.turn * 0.1, y: -0.72, scale: 0.3 * look.head, rotation: Rotation(look.tilt)
    ) {
      brush.blob(0, 0, 0.9, 1, look.coat)
      eyes(0, -0.3, apart: 0.46, radius: 0.17)
      brush.smile(0, -0.02, 0.3, 0.14, look.dark, width: 0.07)
    }
    brush.blob(0, 0.08, 0.68, 0.72, shell.lighter(0.25))
    brush.blob(0, 0.08, 0.6, 0.64, shell)
    plates([
      (0, 0.08, 0.22), (0, -0.34, 0.18), (0, 0.48, 0.18), (-0.38, -0.1, 0.17), (0.38, -0.1, 0.17),
      (-0.36, 0.3, 0.17), (0.36, 0.3, 0.17),
    ])
  }

  /// Hexagons on a shell.
  private func plates(_ places: [(x: Double, y: Double, radius: Double)]) {
    for (x, y, radius) in places {
      canvas.polygon(
        (0..<6).map {
          let corner = Rotation(Double($0) / 3 * .pi + 0.5)
          return Point(x + corner.cosine * radius, y + corner.sine * radius)
        })
      canvas.fill(shell.lighter(0.22))
    }
  }

  func whale() {
    let side = look.turn < 0 ? -1.0 : 1.0
    let lift = -0.5 - 0.15 * look.ears
    for leaf in [-1.0, 1.0] {
      brush.blob(
        -side * 0.86 + leaf * 0.17, lift, 0.24, 0.13, look.coat.darker(0.05), turned: leaf * 0.5)
    }
    let body = { (c: Canvas) in
      c.move(-side * 0.94, lift + 0.04)
      c.curve(-side * 0.84, 0.1, -side * 0.6, -0.4, side * 0.2, -0.5)
      c.curve(side * 0.95, -0.56, side * 1.1, 0.5, side * 0.5, 0.62)
      c.curve(-side * 0.2, 0.76, -side * 0.8, 0.6, -side * 0.76, lift + 0.06)
      c.close()
    }
    brush.part(side * 0.2, 0, 0.9, 0.62, look.coat, body)
    canvas.clipped(body) {
      brush.blob(side * 0.4, 0.66, 0.8, 0.42, look.belly.lighter(0.35))
      for i in 0..<5 {
        let x = side * (0.05 + Double(i) * 0.2)
        brush.thread(
          [Point(x - side * 0.1, 0.36), Point(x, 0.7)], look.coat.darker(0.2), width: 0.02)
      }
    }
    brush.blob(
      side * 0.14, 0.44, 0.12, 0.26, look.coat.darker(0.14), turned: side * (0.5 + 0.3 * look.legs))
    eye(side * 0.62, 0.0, 0.075 * look.head)
    brush.smile(side * 0.74, 0.16, 0.14, 0.08, look.dark, width: 0.03)
    guard look.variant < 2 else { return }
    for lean in [-1.0, 1.0] {
      canvas.move(side * 0.2, -0.5)
      canvas.curve(
        side * 0.2, -0.8, side * 0.2 + lean * 0.18, -0.94, side * 0.2 + lean * 0.3, -0.72)
      canvas.stroke(Color(0.62, 0.82, 0.95), width: 0.08)
    }
  }

  func car() {
    let side = look.turn < 0 ? -1.0 : 1.0
    let roof = look.variant == 0 ? -0.5 : -0.62 + 0.1 * look.head
    let tail = look.variant == 1 ? 0.72 : 0.5
    let cabin = { (c: Canvas) in
      c.loop([
        Point(-side * tail, 0.2), Point(-side * (tail - 0.02), roof),
        Point(-side * 0.1, roof - 0.04),
        Point(side * 0.26, roof), Point(side * 0.66, 0.2),
      ])
    }
    brush.part(0, -0.1, 0.6, 0.5, look.coat, cabin)
    canvas.clipped(cabin) {
      let glass = Color(0.7, 0.85, 0.92)
      for (x, width) in [(-0.44, 0.38), (0.02, 0.36)] {
        let left = side > 0 ? x : -x - width
        canvas.rounded(left, roof + 0.2, width, 0.3, 0.08)
        canvas.fill(
          from: Point(left, roof), to: Point(left + width, 0.1),
          [(0, glass.lighter(0.5), 1), (0.5, glass, 1), (1, glass.darker(0.3), 1)])
      }
    }
    brush.part(0, 0.2, 0.94, 0.3, look.coat) { $0.rounded(-0.94, -0.06, 1.88, 0.5, 0.24) }
    canvas.rounded(-0.92, 0.2, 1.84, 0.09, 0.04)
    canvas.fill(look.trim, opacity: look.variant == 2 ? 1 : 0.25)
    for x in [-0.5, 0.5] {
      brush.dot(x, 0.44, 0.29, look.coat.darker(0.6))
      brush.blob(x, 0.46, 0.25, 0.25, Color(0.16, 0.16, 0.18))
      brush.blob(x, 0.46, 0.13, 0.13, look.trim)
    }
    brush.blob(side * 0.88, 0.1, 0.09, 0.1, Color(1, 0.93, 0.6))
    brush.blob(-side * 0.9, 0.1, 0.06, 0.09, Color(0.85, 0.15, 0.15))
    if look.eyes == .round { eye(side * 0.3, roof + 0.36, 0.09) }
  }

  func ball() {
    let rim = { (c: Canvas) in c.ellipse(0, 0, 0.9, 0.9) }
    brush.blob(0, 0, 0.9, 0.9, look.variant == 1 ? .white : look.coat)
    canvas.clipped(rim) {
      canvas.within(x: look.turn * 0.3, y: look.ears * 0.3, rotation: Rotation(look.leftArm * 3)) {
        switch look.variant {
        case 0: panels([look.cloth, look.trim, .white])
        case 1: patches()
        case 2:
          for i in -3...3 {
            for j in -3...3 {
              brush.dot(
                Double(i) * 0.42 + (j % 2 == 0 ? 0 : 0.21), Double(j) * 0.36, 0.12, look.trim)
            }
          }
        default:
          for i in -1...1 {
            canvas.rectangle(-2, Double(i) * 0.55 - 0.13, 4, 0.26)
            canvas.fill(i == 0 ? look.trim : look.cloth)
          }
        }
      }
      // The light lies over the paint.
      rim(canvas)
      canvas.fill(
        around: Point(brush.light.x * 0.4, brush.light.y * 0.4), radius: 1.25,
        [(0, .white, 0.45), (0.3, .white, 0.05), (0.6, .black, 0.04), (1, .black, 0.55)])
    }
  }

  /// Six slices of a beach ball.
  private func panels(_ colors: [Color]) {
    for i in 0..<6 {
      let (a, b) = (Rotation(Double(i) / 3 * .pi), Rotation(Double(i + 1) / 3 * .pi))
      canvas.polygon([
        Point(0, 0), Point(a.cosine * 2, a.sine * 2), Point(b.cosine * 2, b.sine * 2),
      ])
      canvas.fill(colors[i % colors.count])
    }
    brush.dot(0, 0, 0.14, .white)
  }

  /// A football's dark pentagons: one in the middle, five about it.
  private func patches() {
    func pentagon(_ x: Double, _ y: Double, _ radius: Double, _ turn: Double) {
      canvas.polygon(
        (0..<5).map {
          let corner = Rotation(Double($0) / 2.5 * .pi + turn)
          return Point(x + corner.cosine * radius, y + corner.sine * radius)
        })
      canvas.fill(look.dark)
    }
    pentagon(0, 0, 0.3, 0)
    for i in 0..<5 {
      let way = Rotation(Double(i) / 2.5 * .pi)
      let turn = Double(i) / 2.5 * .pi + .pi
      brush.thread(
        [Point(way.cosine * 0.3, way.sine * 0.3), Point(way.cosine * 0.52, way.sine * 0.52)],
        look.dark, width: 0.03)
      pentagon(way.cosine * 0.76, way.sine * 0.76, 0.27, turn)
    }
  }
}
