internal import Mathematics

/// Every random decision about one image in one epoch.
///
/// All are drawn, in one order, whether the options use them or not: so a changed option changes what
/// it is about, and nothing else.
struct AugmentationDraws {
  /// 0..<1 each: compared with the probabilities of the options.
  let mosaic, flipud, fliplr, mixup: Double
  /// 0..<1 each: where the four images of a mosaic meet.
  let centerY, centerX: Double
  /// How far back in the epoch's order the other images lie: three of the mosaic, one to mix.
  let partners: [Int]
  /// -1...1 each: perspective, rotation, scale, shear, translation.
  let affine: [Double]
  /// -1...1 each: hue, saturation, value.
  let colors: [Double]
  /// The part of 256 that the image keeps when another is mixed in.
  let weight: Int

  /// Draws all decisions.
  ///
  /// - Parameters:
  ///   - random: A stream of the image's own.
  ///   - window: How many images a partner is chosen from.
  init(_ random: inout RandomSource, window: Int) {
    mosaic = random.uniform()
    centerY = random.uniform()
    centerX = random.uniform()
    partners = (0..<4).map { _ in random.below(window) }
    affine = (0..<8).map { _ in random.uniform(-1, 1) }
    colors = (0..<3).map { _ in random.uniform(-1, 1) }
    flipud = random.uniform()
    fliplr = random.uniform()
    mixup = random.uniform()
    // The 32nd of 63 uniform numbers in their order has the distribution Beta(32, 32).
    let beta = (0..<63).map { _ in random.uniform() }.sorted()[31]
    weight = Int((beta * 256).rounded())
  }
}
