internal import Mathematics

/// A room, a shelf and a table.
extension Backdrop {
  func room(_ canvas: Canvas, _ random: inout RandomSource) {
    let floor = height * random.uniform(0.5, 0.68)
    let wall = Backdrop.cloth(&random, saturation: 0.03...0.35)
    slope(canvas, 0, floor, wall, 0.2)
    wallpaper(canvas, floor, wall, &random)
    if random.happens(0.6) { frame(canvas, floor, &random) }
    if random.happens(0.55) { sofa(canvas, floor, &random) }
    let wood = Backdrop.wood(&random)
    slope(canvas, floor, height, wood, 0.3)
    for i in -6...17 {
      // Boards run towards a point above the middle of the far edge.
      let x = Double(i) / 11 - 0.5
      canvas.move(width * (0.5 + x * 0.55), floor)
      canvas.line(width * (0.5 + x * 1.6), height)
      canvas.stroke(wood.darker(0.5), width: unit * 0.004, opacity: 0.6)
    }
    canvas.rectangle(0, floor - unit * 0.025, width, unit * 0.03)
    canvas.fill(.white, opacity: 0.75)
  }

  private func wallpaper(
    _ canvas: Canvas, _ floor: Double, _ wall: Color, _ random: inout RandomSource
  ) {
    let step = unit * random.uniform(0.05, 0.14), ink = wall.darker(random.uniform(0.05, 0.3))
    switch random.below(3) {
    case 0:
      for i in 0...Int(width / step) { canvas.rectangle(Double(i) * step, 0, step * 0.45, floor) }
      canvas.fill(ink, opacity: 0.5)
    case 1:
      for i in 0...Int(width / step) {
        for j in 0...Int(floor / step) {
          let x = Double(i) * step + (j % 2 == 0 ? 0 : step / 2)
          canvas.ellipse(x, Double(j) * step, step * 0.14, step * 0.14)
        }
      }
      canvas.fill(ink, opacity: 0.6)
    default: break
    }
  }

  private func frame(_ canvas: Canvas, _ floor: Double, _ random: inout RandomSource) {
    let (w, h) = (unit * random.uniform(0.2, 0.4), unit * random.uniform(0.2, 0.38))
    let x = random.uniform(0, width - w), y = random.uniform(0, max(1, floor - h) * 0.5)
    canvas.rectangle(x, y, w, h)
    canvas.fill(Backdrop.wood(&random))
    canvas.rectangle(x + w * 0.08, y + h * 0.08, w * 0.84, h * 0.84)
    let sky = Backdrop.cloth(&random, value: 0.7...1)
    canvas.fill(
      from: Point(x, y), to: Point(x, y + h),
      [(0, sky.lighter(0.3), 1), (0.6, sky, 1), (1, Backdrop.cloth(&random), 1)])
    canvas.ellipse(x + w * random.uniform(0.3, 0.7), y + h * 0.5, w * 0.14, w * 0.14)
    canvas.fill(Backdrop.cloth(&random, saturation: 0.3...0.9))
  }

  private func sofa(_ canvas: Canvas, _ floor: Double, _ random: inout RandomSource) {
    let color = Backdrop.cloth(&random, saturation: 0.1...0.6, value: 0.25...0.75)
    let w = width * random.uniform(0.4, 0.8), h = unit * random.uniform(0.22, 0.36)
    let x = random.uniform(-w * 0.3, width - w * 0.7)
    for (dx, dy, dw, dh, dim) in [
      (0.0, -1.0, 1.0, 1.1, 0.15), (0.05, -0.45, 0.9, 0.5, 0.0), (-0.06, -0.65, 0.14, 0.75, 0.08),
      (0.92, -0.65, 0.14, 0.75, 0.08),
    ] {
      canvas.rounded(x + dx * w, floor + dy * h, dw * w, dh * h, h * 0.16)
      canvas.fill(
        from: Point(x, floor + dy * h), to: Point(x, floor + dy * h + dh * h),
        [(0, color.lighter(0.12).darker(dim), 1), (1, color.darker(0.3 + dim), 1)])
    }
  }

  func shelf(_ canvas: Canvas, _ random: inout RandomSource) {
    let wood = Backdrop.wood(&random)
    slope(canvas, 0, height, wood.darker(0.45), 0.3)
    let board = unit * 0.03
    for row in 1...boards {
      let y = height * Double(row) / Double(boards)
      var x = random.uniform(0, width * 0.3)
      let end = random.uniform(width * 0.3, width)
      while x < end {
        let w = unit * random.uniform(0.015, 0.06)
        spine(
          canvas, x, y - board, w, height / Double(boards) * random.uniform(0.45, 0.86), &random)
        x += w + unit * (random.happens(0.1) ? 0.06 : 0.002)
      }
      canvas.rectangle(0, y - board, width, board)
      canvas.fill(wood)
      canvas.rectangle(0, y, width, board * 0.8)
      canvas.fill(.black, opacity: 0.35)
    }
  }

  /// One book on a shelf.
  private func spine(
    _ canvas: Canvas, _ x: Double, _ foot: Double, _ w: Double, _ h: Double,
    _ random: inout RandomSource
  ) {
    let color = Backdrop.cloth(&random, saturation: 0.1...0.8, value: 0.25...0.9)
    canvas.rectangle(x, foot - h, w, h)
    canvas.fill(
      from: Point(x, 0), to: Point(x + w, 0),
      [(0, color.lighter(0.12), 1), (1, color.darker(0.3), 1)])
    canvas.rectangle(x, foot - h * 0.85, w, h * 0.07)
    canvas.fill(Color(0.92, 0.86, 0.7), opacity: 0.7)
  }

  func table(_ canvas: Canvas, _ random: inout RandomSource) {
    let edge = height * random.uniform(0.2, 0.42)
    slope(canvas, 0, edge, Backdrop.cloth(&random, value: 0.2...0.8), 0.3)
    for _ in 0..<5 {
      let x = random.uniform(0, width), w = unit * random.uniform(0.05, 0.25)
      canvas.rectangle(x, random.uniform(-0.1, 0.7) * edge, w, edge)
      canvas.fill(Backdrop.cloth(&random, value: 0.2...0.8), opacity: 0.6)
    }
    let wood = Backdrop.wood(&random)
    slope(canvas, edge, height, wood, 0.2)
    for _ in 0..<26 {
      let y = random.uniform(edge, height), sag = unit * random.uniform(-0.03, 0.03)
      canvas.move(0, y)
      canvas.curve(width * 0.3, y + sag, width * 0.6, y - sag, width, y + sag)
      canvas.stroke(wood.darker(0.4), width: unit * 0.005, opacity: random.uniform(0.15, 0.5))
    }
  }
}
