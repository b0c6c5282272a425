/// Draws soft, stuffed parts, lit from one side.
struct Brush {
  let canvas: Canvas
  /// Where the light comes from: a step of at most one radius in the figure's own directions.
  let light: Point

  /// A stuffed ellipse.
  func blob(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double, _ color: Color, turned angle: Double = 0
  ) {
    canvas.within(x: x, y: y, rotation: angle == 0 ? nil : Rotation(angle)) {
      canvas.within(x: 0, y: 0, scale: a, scaleY: b) {
        canvas.ellipse(0, 0, 1, 1)
        canvas.fill(around: Point(light.x * 0.4, light.y * 0.4), radius: 1.35, stuffing(color))
      }
    }
  }

  /// A stuffed part of any outline; the ellipse given by its center and radii carries the shading.
  func part(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double, _ color: Color,
    _ path: (Canvas) -> Void
  ) {
    path(canvas)
    let radius = max(a, b)
    canvas.fill(
      around: Point(x + light.x * a * 0.4, y + light.y * b * 0.4), radius: radius * 1.35,
      stuffing(color))
  }

  /// A stuffed limb from one point to another, round at both ends.
  func limb(
    _ start: Point, _ end: Point, _ from: Double, _ to: Double, _ color: Color
  ) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = max((dx * dx + dy * dy).squareRoot(), 1e-6)
    // The normal, to the left of the way from start to end.
    let (nx, ny) = (dy / length, -dx / length)
    canvas.ellipse(start.x, start.y, from, from)
    canvas.ellipse(end.x, end.y, to, to)
    canvas.polygon([
      Point(start.x + nx * from, start.y + ny * from), Point(end.x + nx * to, end.y + ny * to),
      Point(end.x - nx * to, end.y - ny * to), Point(start.x - nx * from, start.y - ny * from),
    ])
    let wide = max(from, to), side = light.x * nx + light.y * ny
    let middle = Point((start.x + end.x) / 2, (start.y + end.y) / 2)
    // Across the limb the light falls as on a cylinder.
    let sign = side < 0 ? -1.0 : 1.0
    canvas.fill(
      from: Point(middle.x + nx * wide * sign, middle.y + ny * wide * sign),
      to: Point(middle.x - nx * wide * sign, middle.y - ny * wide * sign),
      [(0, color.lighter(0.1), 1), (0.3, color.lighter(0.16), 1), (1, color.darker(0.36), 1)])
  }

  /// A flat circle.
  func dot(_ x: Double, _ y: Double, _ radius: Double, _ color: Color, opacity: Double = 1) {
    canvas.ellipse(x, y, radius, radius)
    canvas.fill(color, opacity: opacity)
  }

  /// A flat ellipse.
  func oval(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double, _ color: Color, turned angle: Double = 0
  ) {
    canvas.within(x: x, y: y, rotation: angle == 0 ? nil : Rotation(angle)) {
      canvas.ellipse(0, 0, a, b)
      canvas.fill(color)
    }
  }

  /// A line through points, as a thread is sewn.
  func thread(_ points: [Point], _ color: Color, width: Double) {
    for (i, point) in points.enumerated() {
      if i == 0 { canvas.move(point.x, point.y) } else { canvas.line(point.x, point.y) }
    }
    canvas.stroke(color, width: width)
  }

  /// A smile or, with a negative depth, a frown.
  func smile(
    _ x: Double, _ y: Double, _ half: Double, _ depth: Double, _ color: Color, width: Double
  ) {
    canvas.move(x - half, y)
    canvas.curve(x - half * 0.5, y + depth, x + half * 0.5, y + depth, x + half, y)
    canvas.stroke(color, width: width)
  }

  private func stuffing(_ color: Color) -> [Canvas.Stop] {
    [
      (0, color.lighter(0.26), 1), (0.45, color, 1), (0.8, color.darker(0.2), 1),
      (1, color.darker(0.46), 1),
    ]
  }
}
