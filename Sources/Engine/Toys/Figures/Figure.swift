/// Draws one toy about the origin, roughly within -1...1 on both axes, y pointing down.
struct Figure {
  let kind: ToyKind
  let look: Look
  let brush: Brush
  var canvas: Canvas { brush.canvas }

  func draw() {
    switch kind {
    case .duck: duck()
    case .penguin: penguin()
    case .owl: owl()
    case .turtle: turtle()
    case .whale: whale()
    case .car: car()
    case .ball: ball()
    default:
      switch look.posture {
      case .sitting: sitting()
      case .standing: standing()
      case .lying: lying()
      }
    }
  }

  // MARK: Eyes

  /// A pair of eyes about a point.
  func eyes(_ x: Double, _ y: Double, apart: Double, radius: Double) {
    for side in [-1.0, 1.0] {
      // The far eye comes a little closer when the head turns.
      let near = 1 - 0.14 * max(0, -side * look.turn)
      eye(x + side * apart * near, y, radius)
    }
  }

  func eye(_ x: Double, _ y: Double, _ radius: Double) {
    switch look.eyes {
    case .buttons:
      brush.dot(x, y, radius, .black)
      brush.dot(x - radius * 0.32, y - radius * 0.36, radius * 0.32, .white, opacity: 0.9)
    case .round:
      brush.dot(x, y, radius * 1.45, Color(0.97, 0.96, 0.93))
      brush.dot(x + look.turn * radius * 0.35, y + radius * 0.1, radius, look.trim.darker(0.45))
      brush.dot(x + look.turn * radius * 0.35, y + radius * 0.1, radius * 0.62, .black)
      brush.dot(
        x + look.turn * radius * 0.35 - radius * 0.3, y - radius * 0.3, radius * 0.3, .white)
    case .sewn:
      brush.oval(x, y, radius * 0.72, radius * 1.15, .black)
      brush.dot(x - radius * 0.2, y - radius * 0.5, radius * 0.24, .white, opacity: 0.8)
    case .sleepy:
      canvas.move(x - radius * 1.3, y)
      canvas.curve(
        x - radius * 0.6, y + radius, x + radius * 0.6, y + radius, x + radius * 1.3, y)
      canvas.stroke(.black, width: radius * 0.5)
    }
  }

  /// Blush on both cheeks.
  func cheeks(_ x: Double, _ y: Double, apart: Double, radius: Double) {
    guard look.variant % 2 == 0 else { return }
    let blush = Color(0.95, 0.42, 0.45)
    for side in [-1.0, 1.0] {
      canvas.ellipse(x + side * apart, y, radius, radius * 0.8)
      canvas.fill(
        around: Point(x + side * apart, y), radius: radius,
        [(0, blush, 0.5), (0.6, blush, 0.32), (1, blush, 0)])
    }
  }
}
