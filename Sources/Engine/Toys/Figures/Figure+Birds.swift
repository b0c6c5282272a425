/// Duck, penguin and owl.
extension Figure {
  private var beakColor: Color { Color(0.96, 0.6, 0.16).mixed(look.dark, 0.08) }

  func duck() {
    look.posture == .standing ? duckFromTheSide() : duckFromTheFront()
  }

  private func duckFromTheSide() {
    let side = look.turn < 0 ? -1.0 : 1.0, orange = beakColor
    for x in [-0.16, 0.16] {
      brush.limb(Point(x, 0.6), Point(x, 0.8), 0.05, 0.05, orange)
      brush.blob(x + side * 0.1, 0.84, 0.19, 0.08, orange)
    }
    brush.part(-side * 0.1, 0.32, 0.7, 0.44, look.coat) {
      $0.loop([
        Point(side * 0.7, 0.0), Point(side * 0.66, 0.74), Point(-side * 0.3, 0.82),
        Point(-side * 0.8, 0.4), Point(-side * 1.1, -0.24), Point(-side * 0.5, 0.1),
        Point(side * 0.1, 0.1),
      ])
    }
    brush.part(-side * 0.12, 0.36, 0.36, 0.2, look.coat.darker(0.14)) {
      $0.loop([
        Point(side * 0.3, 0.2), Point(side * 0.26, 0.6), Point(-side * 0.3, 0.62),
        Point(-side * 0.72, 0.24), Point(-side * 0.2, 0.18),
      ])
    }
    canvas.within(x: side * 0.42, y: -0.36, scale: 0.46 * look.head, rotation: Rotation(look.tilt))
    {
      brush.limb(Point(0, 0.3), Point(-side * 0.1, 0.9), 0.55, 0.6, look.coat)
      let head = look.variant == 1 ? look.dark.mixed(Color(0.1, 0.5, 0.3), 0.6) : look.coat
      brush.blob(0, 0, 0.82, 0.8, head)
      tuft(0, -0.75)
      brush.part(side * 0.95, 0.18, 0.4, 0.18, orange) {
        $0.loop([
          Point(side * 0.5, -0.14), Point(side * 1.3, 0.1), Point(side * 1.42, 0.26),
          Point(side * 0.6, 0.5),
        ])
      }
      brush.thread([Point(side * 0.66, 0.22), Point(side * 1.2, 0.22)], look.dark, width: 0.04)
      eye(side * 0.3, -0.14, 0.14)
    }
  }

  private func duckFromTheFront() {
    let orange = beakColor
    for side in [-1.0, 1.0] { brush.blob(side * 0.3, 0.84, 0.26, 0.13, orange) }
    brush.blob(0, 0.38, 0.54 * look.stuffing, 0.46, look.coat)
    brush.blob(0, 0.46, 0.36, 0.34, look.belly)
    for side in [-1.0, 1.0] {
      let lift = side < 0 ? look.leftArm : look.rightArm
      brush.limb(
        Point(side * 0.42, 0.2), Point(side * (0.66 + 0.05 * lift), 0.46 - 0.3 * lift), 0.15, 0.09,
        look.coat.darker(0.1))
    }
    canvas.within(x: 0, y: -0.34, scale: 0.46 * look.head, rotation: Rotation(look.tilt)) {
      brush.blob(0, 0, 0.92, 0.86, look.coat)
      tuft(0, -0.82)
      let x = look.turn * 0.24
      brush.blob(x, 0.42, 0.36, 0.14, orange.darker(0.2))
      brush.blob(x, 0.32, 0.42, 0.17, orange)
      for side in [-1.0, 1.0] { brush.dot(x + side * 0.1, 0.28, 0.03, look.dark) }
      eyes(x, -0.06, apart: 0.4, radius: 0.14)
      cheeks(x, 0.24, apart: 0.64, radius: 0.17)
    }
  }

  private func tuft(_ x: Double, _ y: Double) {
    for lean in [-0.16, 0.02, 0.2] {
      brush.limb(Point(x, y + 0.06), Point(x + lean, y - 0.2), 0.08, 0.04, look.coat)
    }
  }

  func penguin() {
    let orange = beakColor, x = look.turn * 0.12, fat = look.stuffing
    for side in [-1.0, 1.0] {
      brush.blob(side * 0.26, 0.86, 0.24, 0.11, orange)
      let lift = side < 0 ? look.leftArm : look.rightArm
      let wing = Point(side * (0.66 + 0.1 * lift), 0.34 - 0.4 * lift)
      brush.limb(Point(side * 0.4 * fat, -0.08), wing, 0.14, 0.08, look.coat.darker(0.1))
    }
    brush.blob(0, 0.26, 0.54 * fat, 0.62, look.coat)
    brush.blob(x, 0.36, 0.4 * fat, 0.5, Color(0.96, 0.95, 0.92))
    canvas.within(x: 0, y: -0.46, scale: 0.46 * look.head, rotation: Rotation(look.tilt)) {
      brush.blob(0, 0, 0.9, 0.84, look.coat)
      for side in [-1.0, 1.0] {
        brush.blob(x * 2 + side * 0.32, 0.14, 0.38, 0.48, Color(0.97, 0.96, 0.94))
      }
      brush.part(x * 3, 0.3, 0.18, 0.16, orange) {
        $0.loop([
          Point(x * 3 - 0.26, 0.16), Point(x * 3 + 0.26, 0.16), Point(x * 3, 0.62),
        ])
      }
      eyes(x * 2, -0.02, apart: 0.32, radius: 0.12)
      cheeks(x * 2, 0.3, apart: 0.52, radius: 0.15)
    }
    scarf(0, -0.1, 0.42)
  }

  private func scarf(_ x: Double, _ y: Double, _ width: Double) {
    guard look.clothes == .scarf || look.clothes == .shirt else { return }
    brush.limb(Point(x + width * 0.6, y), Point(x + width * 0.75, y + 0.42), 0.09, 0.1, look.cloth)
    brush.limb(Point(x - width, y), Point(x + width, y), 0.1, 0.1, look.cloth)
    brush.thread([Point(x - width, y), Point(x + width, y)], look.trim, width: 0.04)
  }

  func owl() {
    let x = look.turn * 0.1, fat = look.stuffing
    for side in [-1.0, 1.0] {
      brush.part(side * 0.4, -0.74, 0.2, 0.24, look.coat.darker(0.1)) {
        $0.loop([
          Point(side * 0.1, -0.5), Point(side * 0.6, -0.45),
          Point(side * (0.62 + 0.1 * look.ears), -1.15),
        ])
      }
      for toe in [-0.08, 0.0, 0.08] {
        brush.blob(side * 0.24 + toe, 0.88, 0.06, 0.09, beakColor)
      }
    }
    brush.blob(0, 0.1, 0.62 * fat, 0.8, look.coat)
    brush.blob(x, 0.42, 0.42 * fat, 0.42, look.belly)
    for row in 0..<4 {
      for column in -2...2 where (row + column) % 2 == 0 {
        let y = 0.22 + Double(row) * 0.13, place = x + Double(column) * 0.13
        brush.smile(place, y, 0.06, 0.07, look.dark, width: 0.028)
      }
    }
    for side in [-1.0, 1.0] {
      let lift = side < 0 ? look.leftArm : look.rightArm
      brush.blob(
        side * 0.6 * fat, 0.22, 0.17, 0.44, look.coat.darker(0.18),
        turned: side * (0.05 - 0.25 * (lift + 1)))
    }
    for side in [-1.0, 1.0] {
      brush.blob(x + side * 0.25, -0.32, 0.3, 0.3, look.belly.lighter(0.3))
      brush.dot(x + side * 0.25, -0.32, 0.19, look.trim)
      eye(x + side * 0.25, -0.32, 0.12)
    }
    brush.part(x, -0.16, 0.09, 0.12, beakColor) {
      $0.loop([Point(x - 0.12, -0.26), Point(x + 0.12, -0.26), Point(x, 0.08)])
    }
  }
}
