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
    let tile = Noise.tile
    for y in 0..<Int32(height) {
      for x in 0..<Int32(width) {
        let noise = tile(x &* u &+ start, y &* v &+ start)
        let factor = 256 &- strength / 2 &+ (noise &* strength) / 128
        let i = Int(y) * width + Int(x)
        pixels[i] = shaded(pixels[i], by: UInt32(min(max(factor, 0), 256)))
      }
    }
  }

  /// What a camera does: the room's light falls off, has a color, and the sensor makes noise.
  mutating func finish(_ light: Point, _ random: inout RandomSource) {
    let exposure = random.uniform(0.78, 1.16), warmth = random.uniform(-0.1, 0.1)
    let fall = random.uniform(0, 0.4), sensor = Int32(random.uniform(1, 13))
    let offset = Int32(random.below(1 << 16)), tile = Noise.tile
    // Gains in 1/65536, which is fine enough for 4096 columns to differ.
    let red = Int(exposure * (1 + warmth) * 65536), green = Int(exposure * 65536)
    let blue = Int(exposure * (1 - warmth) * 65536)
    let step = Int(fall * light.x / Double(width) * 65536 * 16)
    for y in 0..<height {
      let rowLevel = 1 + fall * (light.y * (Double(y) / Double(height) - 0.5) - light.x / 2)
      var level = Int(rowLevel * 65536 * 16)
      for x in 0..<width {
        let i = y * width + x, pixel = pixels[i]
        let noise = tile(Int32(x) &* 419 &+ offset, Int32(y) &* 463 &+ offset)
        let grain = Int(noise &* sensor / 128), gain = level >> 12
        // Shifts bind more tightly than products in Swift, hence the parentheses.
        let r = ((Int(pixel >> 16 & 255) * red * gain) >> 24) + grain
        let g = ((Int(pixel >> 8 & 255) * green * gain) >> 24) + grain
        let b = ((Int(pixel & 255) * blue * gain) >> 24) + grain
        pixels[i] =
          0xFF00_0000 | UInt32(min(max(r, 0), 255)) << 16 | UInt32(min(max(g, 0), 255)) << 8
          | UInt32(min(max(b, 0), 255))
        level += step
      }
    }
  }
}
