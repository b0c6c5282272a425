internal import Mathematics

extension Raster {
  /// Multiplies the picture by a grain as of wood, plaster or carpet.
  ///
  /// - Parameters:
  ///   - across: Width of a grain in hundredths of `unit`.
  ///   - along: Height of a grain in hundredths of `unit`.
  ///   - unit: The picture's shorter side in pixels.
  ///   - contrast: The strongest change, of 256.
  ///   - offset: Where in the noise to begin.
  mutating func grain(
    across: Double, along: Double, unit: Double, contrast: Double, offset: Int
  ) {
    let u = Int32(256 / max(across * unit / 100, 1)), v = Int32(256 / max(along * unit / 100, 1))
    let strength = Int32(contrast), start = Int32(truncatingIfNeeded: offset)
    for y in 0..<Int32(height) {
      for x in 0..<Int32(width) {
        let noise = Noise.tile(x &* u &+ start, y &* v &+ start)
        let factor = 256 &- strength &+ (noise &* strength) / 128
        let i = Int(y) * width + Int(x)
        pixels[i] = shaded(pixels[i], by: UInt32(min(max(factor, 0), 256)))
      }
    }
  }

  /// What a camera does: the room's light falls off, has a colour, and the sensor makes noise.
  mutating func finish(_ light: Point, _ random: inout RandomSource) {
    let exposure = random.uniform(0.62, 1.12), warmth = random.uniform(-0.12, 0.12)
    let fall = random.uniform(0, 0.4), sensor = Int32(random.uniform(1, 15))
    let gains = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)]
    let offset = Int32(random.below(1 << 16))
    for y in 0..<height {
      let rowLight = light.y * (Double(y) / Double(height) - 0.5)
      for x in 0..<width {
        let level = 1 + fall * (light.x * (Double(x) / Double(width) - 0.5) + rowLight)
        let i = y * width + x, pixel = pixels[i]
        let noise = Noise.tile(Int32(x) &* 419 &+ offset, Int32(y) &* 463 &+ offset)
        let grain = noise &* sensor / 128
        var result: UInt32 = 0xFF
        for c in 0..<3 {
          let level8 = Double((pixel >> UInt32(16 - 8 * c)) & 255) * gains[c] * level
          result = result << 8 | UInt32(min(max(Int32(level8) &+ grain, 0), 255))
        }
        pixels[i] = result
      }
    }
  }
}
