/// A square tile of smooth noise that repeats without a seam: the grain of fur, wood and carpets.
struct Noise: Sendable {
  /// Cells along a side, and samples along a cell: both powers of two.
  private static let cells = 128, fine = 4
  private let values: [Int8]

  /// The only tile that is needed: white noise from a hash, with smooth slopes between the cells.
  static let tile = Noise()

  private init() {
    let n = Noise.cells, fine = Noise.fine, side = n * fine
    let white = (0..<n * n).map { Int(hash(UInt32($0)) >> 24) - 128 }
    // 256 times the smooth step 3t^2 - 2t^3 at the middle of each sample.
    let steps = (0..<fine).map { i in
      let t = (Double(i) + 0.5) / Double(fine)
      return Int(256 * t * t * (3 - 2 * t))
    }
    values = (0..<side * side).map { i in
      let (x, y) = (i % side, i / side)
      let (left, top) = (x / fine, y / fine)
      let (right, bottom) = ((left + 1) % n, (top + 1) % n)
      let (u, v) = (steps[x % fine], steps[y % fine])
      let upper = white[top * n + left] * (256 - u) + white[top * n + right] * u
      let lower = white[bottom * n + left] * (256 - u) + white[bottom * n + right] * u
      return Int8((upper * (256 - v) + lower * v) >> 16)
    }
  }

  /// The value, -128...127, at a place in 1/256 of a cell, of any size.
  @inline(__always) func callAsFunction(_ x: Int32, _ y: Int32) -> Int32 {
    Int32(values[Int((y >> 6 & 511) << 9 | (x >> 6 & 511))])
  }
}

/// A mix of the bits of a number (the finalizer of MurmurHash3, by Austin Appleby).
private func hash(_ x: UInt32) -> UInt32 {
  var h = x &+ 0x9E37_79B9
  h = (h ^ h >> 16) &* 0x85EB_CA6B
  h = (h ^ h >> 13) &* 0xC2B2_AE35
  return h ^ h >> 16
}
