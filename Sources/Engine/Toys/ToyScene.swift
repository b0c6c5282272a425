public import Geometry
public import Images
internal import Mathematics

/// One drawn picture and what is in it.
public struct ToyScene: Equatable, Sendable {
  /// The picture.
  public let image: Image
  /// A tight box about the visible part of every toy, from the hindmost to the foremost.
  ///
  /// Empty for a picture without any toy. At least 35 % of each toy can be seen.
  public let boxes: [LabeledBox<ImagePixels>]
  /// For every pixel the toy that is seen there, counted from 1 in the order of `boxes`; 0 where none.
  package let owners: [UInt8]

  /// Draws picture `index` of a set's stream of random numbers.
  init(_ set: ToySet, stream: Int, index: Int) {
    var random = RandomSource(seed: set.seed, purpose: 0x54, epoch: stream, index: index)
    let (width, height) = (set.width, set.height)
    let backdrop = Backdrop(
      place: Backdrop.Place.allCases[random.below(Backdrop.Place.allCases.count)],
      width: Double(width), height: Double(height), boards: 2 + random.below(2))
    var ground = Raster(width: width, height: height)
    ground.draw { backdrop.draw($0, &random) }
    ground.grain(
      across: random.uniform(0.3, 3), along: random.uniform(0.05, 3), unit: backdrop.unit,
      contrast: random.uniform(6, 34), offset: random.below(1 << 16))
    var composer = Composer(ground)
    let light = Point(random.uniform(-1, 1), random.uniform(-1, -0.3))
    var crowd = Crowd(set, backdrop: backdrop, light: light, &random)
    crowd.fill(&composer, &random)
    var finished = composer.raster
    finished.finish(light, &random)
    image = finished.image()
    boxes = composer.labels()
    owners = composer.owners
  }
}

/// Who comes into a picture, where, and how large.
private struct Crowd {
  let set: ToySet
  let backdrop: Backdrop
  let light: Point
  /// Class of each toy, nil for a thing; from the back to the front.
  let members: [Int?]

  init(_ set: ToySet, backdrop: Backdrop, light: Point, _ random: inout RandomSource) {
    (self.set, self.backdrop, self.light) = (set, backdrop, light)
    let empty = random.happens(set.backgroundShare)
    let toys = empty ? 0 : 1 + random.below(2 + Int(4 * set.clutter))
    let things = random.below(2 + Int(10 * set.clutter))
    let all =
      (0..<toys).map { _ in Int?.some(random.below(set.kinds.count + set.invented)) }
      + [Int?](repeating: nil, count: things)
    members = random.permutation(of: all.count).map { all[$0] }
  }

  mutating func fill(_ composer: inout Composer, _ random: inout RandomSource) {
    for (i, member) in members.enumerated() {
      // Nearer things stand lower and are drawn later.
      let depth = (Double(i) + random.uniform()) / Double(members.count)
      let sprite = sprite(member, depth, &random)
      for _ in 0..<12 {
        guard !put(sprite, member, depth, &composer, &random) else { break }
      }
    }
  }

  private func sprite(_ member: Int?, _ depth: Double, _ random: inout RandomSource) -> Sprite {
    // Sizes from a ninth to more than half of the shorter side, small ones more often.
    let t = random.uniform(), near = 0.75 + 0.5 * depth
    let range = 2.2 + (member == nil ? 1 : 4) * set.closeness
    let scale = max(4, backdrop.unit * 0.055 * (1 + t * (0.6 + t) * range) * near)
    guard let member else { return Sprite(thing: scale * 0.9, light: light, &random) }
    let tumbles = backdrop.isSeenFromAbove ? 0.4 : 0.07
    guard member < set.kinds.count else {
      return Sprite(
        InventedToy.Plan(member - set.kinds.count), scale: scale, light: light, tumbles: tumbles,
        &random)
    }
    return Sprite(
      set.kinds[member], scale: scale, light: light, tumbles: tumbles, &random)
  }

  private func put(
    _ sprite: Sprite, _ member: Int?, _ depth: Double, _ composer: inout Composer,
    _ random: inout RandomSource
  ) -> Bool {
    let range = backdrop.standing
    let place = range.lowerBound + (range.upperBound - range.lowerBound) * depth
    var feet = backdrop.height * min(max(place + random.uniform(-0.12, 0.12), 0.1), 1.15)
    if backdrop.place == .shelf {
      let board = Double(1 + random.below(backdrop.boards)) / Double(backdrop.boards)
      feet = backdrop.height * board - backdrop.unit * random.uniform(0.005, 0.025)
    }
    let x = random.uniform(-0.02, 1.02) * backdrop.width
    let y = feet - Double(sprite.raster.height - sprite.originY)
    return composer.place(
      sprite, x: Int(x), y: Int(y), classIndex: member,
      shadow: backdrop.place == .blur ? nil : light)
  }
}

extension Sprite {
  /// A thing that is no toy, in a fabric that chance decides.
  fileprivate init(thing scale: Double, light: Point, _ random: inout RandomSource) {
    let kind = Distractor.Kind.allCases[random.below(Distractor.Kind.allCases.count)]
    let look = Look(ToyKind.allCases[random.below(ToyKind.allCases.count)], &random)
    let hard: Set<Distractor.Kind> = [.mug, .book, .block, .pear, .pot]
    let fabric = hard.contains(kind) ? nil : Fabric.allCases[random.below(5)]
    let lean = random.uniform(-0.5, 0.5)
    self.init(
      scale: scale, rotation: Rotation(lean), fabric: fabric, strand: Rotation(lean),
      offset: random.below(1 << 16)
    ) { canvas in
      Distractor(kind: kind, look: look, brush: Brush(canvas: canvas, light: light)).draw()
    }
  }
}
