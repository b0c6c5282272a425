internal import Mathematics

/// Where a picture is taken: a room, a shelf, a meadow, a table, a quilt, a carpet, or before a blur.
struct Backdrop {
  enum Place: CaseIterable { case room, shelf, meadow, table, quilt, blur, carpet }

  let place: Place
  let width, height: Double
  /// How many boards a shelf has.
  let boards: Int
  /// The shorter side, by which things are measured.
  var unit: Double { min(width, height) }

  /// Where things can stand, as shares of the height.
  var standing: ClosedRange<Double> {
    switch place {
    case .room: 0.62...1.02
    case .shelf: 0.2...1.0
    case .meadow: 0.55...1.05
    case .table: 0.5...1.02
    case .quilt, .blur, .carpet: 0.15...1.1
    }
  }

  func draw(_ canvas: Canvas, _ random: inout RandomSource) {
    switch place {
    case .room: room(canvas, &random)
    case .shelf: shelf(canvas, &random)
    case .meadow: meadow(canvas, &random)
    case .table: table(canvas, &random)
    case .quilt: quilt(canvas, &random)
    case .blur: blur(canvas, &random)
    case .carpet: carpet(canvas, &random)
    }
  }

  /// Whether things lie there in any direction, seen from above.
  var isSeenFromAbove: Bool { [.quilt, .blur, .carpet].contains(place) }

  /// A color of walls and cloths.
  static func cloth(
    _ random: inout RandomSource, saturation: ClosedRange<Double> = 0.05...0.5,
    value: ClosedRange<Double> = 0.4...0.95
  ) -> Color {
    Color(
      hue: random.uniform(),
      saturation: random.uniform(saturation.lowerBound, saturation.upperBound),
      value: random.uniform(value.lowerBound, value.upperBound))
  }

  static func wood(_ random: inout RandomSource) -> Color {
    Color(
      hue: random.uniform(0.05, 0.1), saturation: random.uniform(0.25, 0.6),
      value: random.uniform(0.35, 0.85))
  }

  /// A band over the whole width, from light to dim.
  func slope(_ canvas: Canvas, _ top: Double, _ bottom: Double, _ color: Color, _ dim: Double) {
    canvas.rectangle(0, top, width, bottom - top)
    canvas.fill(
      from: Point(0, top), to: Point(width * 0.3, bottom),
      [(0, color.lighter(0.12), 1), (1, color.darker(dim), 1)])
  }

  // MARK: Outside and lying down

  private func meadow(_ canvas: Canvas, _ random: inout RandomSource) {
    let horizon = height * random.uniform(0.2, 0.5)
    let sky = Color(
      hue: random.uniform(0.54, 0.62), saturation: random.uniform(0.15, 0.5), value: 0.95)
    slope(canvas, 0, horizon, sky, 0.1)
    let grass = Color(
      hue: random.uniform(0.2, 0.34), saturation: random.uniform(0.35, 0.7),
      value: random.uniform(0.35, 0.7))
    for i in 0..<9 {
      let r = unit * random.uniform(0.1, 0.25)
      canvas.ellipse(width * Double(i) / 8, horizon, r * 1.3, r)
      canvas.fill(grass.darker(random.uniform(0.2, 0.5)))
    }
    slope(canvas, horizon, height, grass, 0.35)
    for i in 0..<700 {
      let far = Double(i) / 700, y = horizon + (height - horizon) * far * 1.05
      let x = random.uniform(0, width)
      let size = unit * (0.02 + 0.06 * far) * random.uniform(0.6, 1.2)
      let lean = random.uniform(-0.4, 0.4) * size
      canvas.polygon([
        Point(x - size * 0.07, y), Point(x + size * 0.07, y), Point(x + lean, y - size),
      ])
      canvas.fill(random.happens(0.5) ? grass.lighter(0.22) : grass.darker(0.25), opacity: 0.8)
    }
    for _ in 0..<random.below(24) {
      let x = random.uniform(0, width), y = random.uniform(horizon, height)
      let r = unit * random.uniform(0.004, 0.01)
      canvas.ellipse(x, y, r, r)
      canvas.fill(Backdrop.cloth(&random, saturation: 0.2...0.9, value: 0.85...1))
      canvas.ellipse(x, y, r * 0.4, r * 0.4)
      canvas.fill(Color(0.95, 0.8, 0.2))
    }
  }

  private func quilt(_ canvas: Canvas, _ random: inout RandomSource) {
    let step = unit * random.uniform(0.1, 0.3), turn = Rotation(random.uniform(-0.7, 0.7))
    let colors = (0..<4).map { _ in Backdrop.cloth(&random, saturation: 0.05...0.6) }
    canvas.within(x: width / 2, y: height / 2, rotation: turn) {
      let count = Int((width + height) / step / 1.8) + 1
      for i in -count...count {
        for j in -count...count {
          let (x, y) = (Double(i) * step, Double(j) * step)
          canvas.rectangle(x, y, step, step)
          canvas.fill(colors[random.below(4)])
          guard random.happens(0.3) else { continue }
          canvas.ellipse(x + step / 2, y + step / 2, step * 0.3, step * 0.3)
          canvas.fill(colors[random.below(4)])
        }
      }
    }
  }

  private func blur(_ canvas: Canvas, _ random: inout RandomSource) {
    slope(canvas, 0, height, Backdrop.cloth(&random, value: 0.15...0.9), 0.5)
    for _ in 0..<(8 + random.below(16)) {
      let r = unit * random.uniform(0.05, 0.35)
      let (x, y) = (random.uniform(0, width), random.uniform(0, height))
      let color = Backdrop.cloth(&random, saturation: 0.1...0.8, value: 0.3...1)
      canvas.ellipse(x, y, r, r)
      canvas.fill(
        around: Point(x, y), radius: r, [(0, color, 0.6), (0.8, color, 0.5), (1, color, 0)])
    }
  }

  private func carpet(_ canvas: Canvas, _ random: inout RandomSource) {
    let ground = Backdrop.cloth(&random, saturation: 0.05...0.55, value: 0.3...0.85)
    slope(canvas, 0, height, ground, 0.25)
    let (x, y) = (random.uniform(0, width), random.uniform(0, height))
    for i in (1...8).reversed() {
      let r = unit * 0.13 * Double(i) * random.uniform(0.85, 1.1)
      canvas.ellipse(x, y, r, r * 0.8)
      canvas.stroke(
        Backdrop.cloth(&random, saturation: 0.05...0.55, value: 0.3...0.9),
        width: unit * random.uniform(0.01, 0.06), opacity: 0.8)
    }
  }
}
