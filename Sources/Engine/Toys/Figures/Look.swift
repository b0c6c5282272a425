internal import Mathematics

/// Everything about one toy that is left to chance: colors, face, clothes and posture.
struct Look {
  enum Posture: CaseIterable { case sitting, standing, lying }
  enum Eyes: CaseIterable { case buttons, round, sewn, sleepy }
  enum Clothes: CaseIterable { case none, scarf, bow, shirt }

  var posture: Posture
  var eyes: Eyes
  var clothes: Clothes
  /// The coat, the lighter belly and muzzle, inner ears, and hooves or nose.
  var coat, belly, inner, dark: Color
  /// Clothes and paint.
  var cloth, trim: Color
  /// Where the face looks: -1 left, 1 right.
  var turn: Double
  /// How the head leans, in radians.
  var tilt: Double
  /// How far ears, arms and legs are from their usual place: -1...1 each.
  var ears, leftArm, rightArm, legs: Double
  /// One of a kind's markings or models: 0..<4.
  var variant: Int
  /// How fat the toy is stuffed, about 1, and how large its head is.
  var stuffing, head: Double

  init(_ kind: ToyKind, _ random: inout RandomSource) {
    posture = Posture.allCases[random.below(3)]
    eyes = Eyes.allCases[[0, 0, 0, 1, 1, 2, 3][random.below(7)]]
    clothes = random.happens(0.35) ? Clothes.allCases[1 + random.below(3)] : .none
    let colors = Palette(kind, &random)
    (coat, belly, inner, dark) = (colors.coat, colors.belly, colors.inner, colors.dark)
    let hue = random.uniform()
    cloth = Color(
      hue: hue, saturation: random.uniform(0.35, 0.85), value: random.uniform(0.45, 0.95))
    trim = Color(
      hue: hue + random.uniform(0.3, 0.7), saturation: random.uniform(0.1, 0.7),
      value: random.uniform(0.7, 1))
    turn = random.uniform(-1, 1)
    tilt = random.uniform(-0.22, 0.22)
    (ears, leftArm) = (random.uniform(-1, 1), random.uniform(-1, 1))
    (rightArm, legs) = (random.uniform(-1, 1), random.uniform(-1, 1))
    variant = random.below(4)
    stuffing = random.uniform(0.88, 1.12)
    head = random.uniform(0.88, 1.14)
  }
}

/// The colors of one toy's coat.
struct Palette {
  var coat, belly, inner, dark: Color

  init(_ kind: ToyKind, _ random: inout RandomSource) {
    let choices = Palette.usual(kind)
    let (hue, saturation, value) = choices[random.below(choices.count)]
    // Now and then a factory takes whatever cloth there is.
    let odd = random.happens(0.12)
    let shift = odd ? random.uniform() : random.uniform(-0.025, 0.025)
    let strength = odd ? random.uniform(0.2, 0.7) : saturation * random.uniform(0.75, 1.2)
    coat = Color(
      hue: hue + shift, saturation: min(strength, 0.95),
      value: min(max(value * random.uniform(0.84, 1.12), 0.12), 0.98))
    let pale = random.uniform(0.35, 0.75)
    belly = coat.mixed(Color(0.98, 0.94, 0.86), pale)
    inner = coat.mixed(Color(0.96, 0.64, 0.66), random.uniform(0.4, 0.85))
    dark = coat.mixed(Color(0.14, 0.1, 0.1), random.uniform(0.62, 0.9))
  }

  /// Hue in turns, saturation and value that a kind usually has.
  private static func usual(_ kind: ToyKind) -> [(Double, Double, Double)] {
    switch kind {
    case .oslik: [(0.08, 0.1, 0.56), (0.07, 0.28, 0.5), (0.6, 0.1, 0.6), (0.08, 0.2, 0.7)]
    case .ovecka: [(0.11, 0.08, 0.95), (0.1, 0.16, 0.9), (0.08, 0.25, 0.8), (0.07, 0.2, 0.35)]
    case .prasatko: [(0.98, 0.3, 0.95), (0.99, 0.42, 0.9), (0.02, 0.26, 0.93)]
    case .bear: [(0.08, 0.55, 0.62), (0.09, 0.45, 0.78), (0.07, 0.6, 0.4), (0.1, 0.06, 0.94)]
    case .rabbit: [(0.09, 0.2, 0.82), (0.6, 0.05, 0.7), (0.1, 0.04, 0.96), (0.07, 0.4, 0.6)]
    case .cat: [(0.08, 0.65, 0.85), (0.6, 0.06, 0.5), (0.7, 0.1, 0.24), (0.1, 0.12, 0.92)]
    case .fox: [(0.06, 0.8, 0.86), (0.05, 0.72, 0.72)]
    case .elephant: [(0.58, 0.16, 0.66), (0.6, 0.24, 0.74), (0.92, 0.12, 0.72)]
    case .frog: [(0.27, 0.6, 0.68), (0.33, 0.55, 0.58), (0.22, 0.62, 0.74)]
    case .duck: [(0.14, 0.7, 0.97), (0.12, 0.12, 0.96), (0.08, 0.5, 0.55), (0.36, 0.5, 0.45)]
    case .penguin: [(0.63, 0.35, 0.24), (0.6, 0.4, 0.42), (0.6, 0.1, 0.3)]
    case .owl: [(0.08, 0.5, 0.52), (0.09, 0.25, 0.74), (0.75, 0.25, 0.5)]
    case .turtle: [(0.3, 0.45, 0.6), (0.38, 0.4, 0.55), (0.18, 0.5, 0.65)]
    case .whale: [(0.58, 0.5, 0.7), (0.55, 0.35, 0.8), (0.65, 0.4, 0.5)]
    case .car, .ball:
      [(0, 0.75, 0.82), (0.13, 0.75, 0.92), (0.33, 0.6, 0.6), (0.58, 0.7, 0.78), (0.9, 0.4, 0.9)]
    }
  }
}
