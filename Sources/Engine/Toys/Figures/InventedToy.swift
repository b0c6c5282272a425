internal import Mathematics

/// A soft toy that no shop sells: body, limbs, head, pattern and colors are drawn from its number.
///
/// All toys of one number are of one class: alike in plan, apart in pose, color and stuffing. A model that
/// has to tell dozens of them apart needs an eye for outline, pattern and cloth.
struct InventedToy {
  /// What all toys of one class have in common.
  struct Plan {
    enum Body: CaseIterable { case ball, egg, star, slab, pear, ring, bean, drop }
    enum Pattern: CaseIterable { case plain, stripes, dots, checks, patch, halves }
    enum Ears: CaseIterable { case none, round, pointed, long, antennae, crest }

    let body: Body
    let pattern: Pattern
    let ears: Ears
    let fabric: Fabric?
    let hue, saturation, value, otherHue, otherValue: Double
    let width, height: Double
    let points: Int
    let limbs: Int
    let limbLength, limbWidth, hand, spread, start: Double
    let hasHead: Bool
    let headSize, headSide: Double
    let eyes: Int
    let patternScale, patternAngle: Double

    /// The plan of a class, counted from 0; the same in every dataset.
    init(_ index: Int) {
      var random = RandomSource(seed: 0x696E_7665_6E74, purpose: 0x69, index: index)
      body = Body.allCases[random.below(Body.allCases.count)]
      pattern = Pattern.allCases[random.below(Pattern.allCases.count)]
      ears = Ears.allCases[random.below(Ears.allCases.count)]
      fabric = random.happens(0.75) ? Fabric.allCases[random.below(5)] : nil
      hue = random.uniform()
      saturation = random.uniform(0.05, 0.85)
      value = random.uniform(0.25, 0.95)
      otherHue = hue + random.uniform(0.2, 0.8)
      otherValue = value > 0.6 ? random.uniform(0.15, 0.45) : random.uniform(0.7, 0.98)
      width = random.uniform(0.42, 0.8)
      height = random.uniform(0.42, 0.8)
      points = 3 + random.below(5)
      limbs = [0, 2, 3, 4, 4, 5, 6, 8][random.below(8)]
      limbLength = random.uniform(0.25, 0.6)
      limbWidth = random.uniform(0.06, 0.18)
      hand = random.happens(0.5) ? random.uniform(1, 1.8) : 0
      spread = random.uniform(0.35, 1)
      start = random.uniform(0, 6.28)
      hasHead = random.happens(0.55)
      headSize = random.uniform(0.26, 0.48)
      headSide = random.happens(0.5) ? 0 : random.uniform(0.3, 0.6)
      eyes = random.below(4)
      patternScale = random.uniform(0.14, 0.36)
      patternAngle = random.uniform(0, 3.14)
    }
  }

  let plan: Plan
  let look: Look
  let brush: Brush
  private let coat, other: Color
  /// One side longer than the other, limbs bent, the whole mirrored.
  private let stretch, swing, side: Double
  private var canvas: Canvas { brush.canvas }

  init(_ plan: Plan, brush: Brush, _ random: inout RandomSource) {
    (self.plan, self.brush) = (plan, brush)
    look = Look(.bear, &random)
    let shift = random.uniform(-0.03, 0.03), light = random.uniform(0.85, 1.12)
    coat = Color(
      hue: plan.hue + shift, saturation: min(plan.saturation * random.uniform(0.75, 1.2), 0.95),
      value: min(plan.value * light, 0.98))
    other = Color(
      hue: plan.otherHue + shift, saturation: min(plan.saturation + 0.15, 0.9),
      value: min(plan.otherValue * light, 0.98))
    stretch = random.uniform(0.85, 1.15)
    swing = random.uniform(-0.35, 0.35)
    side = random.happens(0.5) ? -1 : 1
  }

  /// Draws the toy about the origin, roughly within -1...1.
  func draw() {
    let (a, b) = (plan.width * stretch, plan.height / stretch)
    limbs(a, b)
    if plan.hasHead, plan.headSide > 0 { head(a, b) }
    outline(a, b)(canvas)
    canvas.fill(coat)
    brush.part(0, 0, a, b, coat, outline(a, b))
    canvas.clipped(outline(a, b)) { pattern(a, b) }
    if plan.body == .ring { brush.blob(0, 0, a * 0.38, b * 0.38, other) }
    if plan.hasHead {
      if plan.headSide == 0 { head(a, b) }
    } else {
      face(0, -b * 0.15, min(a, b) * 0.7)
    }
  }

  private func limbs(_ a: Double, _ b: Double) {
    for i in 0..<plan.limbs {
      let share = Double(i) / Double(plan.limbs)
      let way = Rotation(plan.start + share * 6.2832 * plan.spread + swing * (i % 2 == 0 ? 1 : -1))
      let reach = 1 + plan.limbLength / max(a, b)
      let root = Point(side * way.cosine * a * 0.7, way.sine * b * 0.7)
      let end = Point(side * way.cosine * a * reach, way.sine * b * reach)
      brush.limb(root, end, plan.limbWidth * 1.2, plan.limbWidth, coat.darker(0.08))
      guard plan.hand > 0 else { continue }
      brush.blob(end.x, end.y, plan.limbWidth * plan.hand, plan.limbWidth * plan.hand, other)
    }
  }

  /// The outline of the body.
  private func outline(_ a: Double, _ b: Double) -> (Canvas) -> Void {
    let plan = plan, side = side
    return { canvas in
      switch plan.body {
      case .ball, .ring: canvas.ellipse(0, 0, a, b)
      case .egg:
        canvas.loop([
          Point(0, -1.35 * b), Point(1.2 * a, -0.3 * b), Point(1.25 * a, 1.1 * b),
          Point(-1.25 * a, 1.1 * b), Point(-1.2 * a, -0.3 * b),
        ])
      case .star:
        let count = plan.points
        canvas.loop(
          (0..<2 * count).map { i in
            let way = Rotation(Double(i) / Double(count) * .pi - .pi / 2)
            let radius = i % 2 == 0 ? 1.3 : 0.62
            return Point(way.cosine * radius * a, way.sine * radius * b)
          })
      case .slab: canvas.rounded(-a, -b, 2 * a, 2 * b, 0.25 * min(a, b))
      case .pear:
        canvas.loop([
          Point(-0.4 * a, -1.3 * b), Point(0.4 * a, -1.3 * b), Point(0.6 * a, 0),
          Point(1.4 * a, 0.5 * b), Point(0.9 * a, 1.3 * b), Point(-0.9 * a, 1.3 * b),
          Point(-1.4 * a, 0.5 * b), Point(-0.6 * a, 0),
        ])
      case .bean:
        canvas.loop([
          Point(-1.3 * a, -0.9 * b), Point(0, -0.5 * b), Point(1.3 * a, -0.9 * b),
          Point(1.2 * a, 0.9 * b), Point(0, 1.3 * b), Point(-1.2 * a, 0.9 * b),
        ])
      case .drop:
        canvas.loop([
          Point(side * 1.6 * a, -0.9 * b), Point(side * 0.5 * a, 0.9 * b),
          Point(-side * a, 1.1 * b),
          Point(-side * 1.2 * a, -0.4 * b), Point(-side * 0.3 * a, -0.9 * b),
        ])
      }
    }
  }

  private func pattern(_ a: Double, _ b: Double) {
    let step = plan.patternScale, count = Int(1.6 / step)
    canvas.within(x: 0, y: 0, rotation: Rotation(side * plan.patternAngle + swing * 0.3)) {
      switch plan.pattern {
      case .plain: break
      case .stripes:
        for i in -count...count {
          canvas.rectangle(-2, (Double(i) - 0.25) * step, 4, step * 0.5)
          canvas.fill(other, opacity: 0.85)
        }
      case .dots:
        for i in -count...count {
          for j in -count...count {
            let x = (Double(i) + (j % 2 == 0 ? 0 : 0.5)) * step
            brush.dot(x, Double(j) * step, step * 0.28, other, opacity: 0.9)
          }
        }
      case .checks:
        for i in -count...count {
          for j in -count...count where (i + j) % 2 == 0 {
            canvas.rectangle(Double(i) * step, Double(j) * step, step, step)
            canvas.fill(other, opacity: 0.8)
          }
        }
      case .patch: brush.blob(a * 0.2, b * 0.25, a * 0.62, b * 0.6, other)
      case .halves:
        canvas.rectangle(-2, 0, 4, 2)
        canvas.fill(other, opacity: 0.9)
      }
    }
  }

  private func head(_ a: Double, _ b: Double) {
    let size = plan.headSize * look.head
    let x = side * plan.headSide * (a + size),
      y = -(plan.headSide > 0 ? 0.55 : 0.95) * b - size * 0.4
    canvas.within(x: x, y: y, scale: size, rotation: Rotation(look.tilt)) {
      ears()
      brush.blob(0, 0, 1, 0.9, coat)
      face(0, 0, 1)
    }
  }

  private func ears() {
    for side in [-1.0, 1.0] {
      switch plan.ears {
      case .none: break
      case .round: brush.blob(side * 0.75, -0.65, 0.38, 0.38, other)
      case .pointed:
        canvas.polygon([
          Point(side * 0.25, -0.7), Point(side * 0.85, -1.4), Point(side * 0.95, -0.3),
        ])
        canvas.fill(coat.darker(0.15))
      case .long:
        brush.limb(
          Point(side * 0.4, -0.6), Point(side * (0.6 + 0.3 * look.ears), -1.6), 0.24, 0.18, coat)
      case .antennae:
        brush.thread([Point(side * 0.3, -0.7), Point(side * 0.6, -1.5)], other, width: 0.12)
        brush.blob(side * 0.6, -1.5, 0.2, 0.2, other)
      case .crest: brush.blob(side * 0.28, -0.95, 0.26, 0.3, other)
      }
    }
  }

  private func face(_ x: Double, _ y: Double, _ size: Double) {
    guard plan.eyes > 0 else { return }
    canvas.within(x: x, y: y, scale: size) {
      let figure = Figure(kind: .bear, look: look, brush: brush)
      switch plan.eyes {
      case 1: figure.eye(look.turn * 0.1, -0.1, 0.26)
      case 2: figure.eyes(look.turn * 0.12, -0.1, apart: 0.42, radius: 0.14)
      default:
        figure.eyes(look.turn * 0.12, -0.1, apart: 0.42, radius: 0.12)
        brush.oval(look.turn * 0.15, 0.25, 0.3, 0.2, other)
      }
      brush.smile(look.turn * 0.12, 0.4, 0.22, 0.14, look.dark, width: 0.06)
    }
  }
}

extension Sprite {
  /// One invented toy in a pose that chance decides; `tumbles` is the probability that it lies in any
  /// direction.
  init(
    _ plan: InventedToy.Plan, scale: Double, light: Point, tumbles: Double,
    _ random: inout RandomSource
  ) {
    let lean = random.happens(tumbles) ? random.uniform(-3.1, 3.1) : random.uniform(-0.35, 0.35)
    let rotation = Rotation(lean)
    // The light stays where it is while the toy turns.
    let own = Point(
      light.x * rotation.cosine + light.y * rotation.sine,
      light.y * rotation.cosine - light.x * rotation.sine)
    let strand = Rotation(lean + random.uniform(-0.6, 0.6)), offset = random.below(1 << 16)
    var pose = RandomSource(seed: UInt64(random.below(1 << 30)), purpose: 0x69, index: 0)
    self.init(
      scale: scale, rotation: rotation, fabric: plan.fabric, strand: strand, offset: offset
    ) { canvas in
      InventedToy(plan, brush: Brush(canvas: canvas, light: own), &pose).draw()
    }
  }
}
