internal import Mathematics

/// What a toy is made of: how its surface is broken up after it was drawn.
enum Fabric: CaseIterable {
  case plush, shaggy, fleece, felt, corduroy

  /// How far the pile carries a pixel away, in figure heights.
  fileprivate var reach: Double {
    switch self {
    case .plush: 0.007
    case .shaggy: 0.012
    case .fleece: 0.008
    case .felt: 0.003
    case .corduroy: 0.004
    }
  }

  /// How much hairs differ in brightness, of 256.
  fileprivate var contrast: Int32 {
    switch self {
    case .plush: 48
    case .shaggy: 60
    case .fleece: 40
    case .felt: 22
    case .corduroy: 30
    }
  }

  /// Cells of noise along and across a hair, per figure height.
  fileprivate var cells: (along: Double, across: Double) {
    switch self {
    case .plush: (38, 90)
    case .shaggy: (20, 80)
    case .fleece: (62, 62)
    case .felt: (110, 110)
    case .corduroy: (8, 60)
    }
  }
}

extension Raster {
  /// Breaks the drawn surface up into a pile of hairs.
  ///
  /// Every pixel is taken from a place that noise has moved along the hairs, and hairs differ in
  /// brightness. The outline frays as well. `height` is the figure's height in pixels, which sets the
  /// size of a hair; `strand` is which way hairs lie; `offset` is where in the noise to begin, so that
  /// no two toys share their fur.
  func woven(_ fabric: Fabric, height figure: Double, strand: Rotation, offset: Int) -> Raster {
    var output = Raster(width: width, height: height)
    // Hairs thinner than a pixel and a half would only alias.
    let finest = figure / 1.5
    let across = min(fabric.cells.across, finest) / figure * 256
    let along = min(fabric.cells.along, finest) / figure * 256
    let (ux, uy) = (Int32(strand.cosine * across), Int32(strand.sine * across))
    let (vx, vy) = (Int32(-strand.sine * along), Int32(strand.cosine * along))
    let reach = fabric.reach * figure
    let (rx, ry) = (Int32(-strand.sine * reach * 4), Int32(strand.cosine * reach * 4))
    let spread = Int32(reach * 2)
    let start = Int32(truncatingIfNeeded: offset & 0xFFFF)
    let (width, height) = (Int32(width), Int32(height))
    let tile = Noise.tile, contrast = fabric.contrast
    for y in 0..<height {
      for x in 0..<width {
        let u = x &* ux &+ y &* uy &+ start, v = x &* vx &+ y &* vy &+ start
        let hair = tile(u, v), other = tile(v &+ 7777, u &+ 3333)
        // `hair` is -128...127, so the shift leaves twice the reach at most.
        let sx = x &+ (hair &* rx &+ other &* spread) >> 9
        let sy = y &+ (hair &* ry &- other &* spread) >> 9
        guard sx >= 0 && sx < width && sy >= 0 && sy < height else { continue }
        let pixel = pixels[Int(sy &* width &+ sx)]
        guard pixel != 0 else { continue }
        let shade = 224 &+ (hair &+ other / 2) &* contrast / 128
        output.pixels[Int(y &* width &+ x)] = shaded(pixel, by: UInt32(min(max(shade, 0), 256)))
      }
    }
    return output
  }
}

/// A pixel with its color, but not its opacity, multiplied by `factor / 256`.
@inline(__always) func shaded(_ pixel: UInt32, by factor: UInt32) -> UInt32 {
  scaled(pixel & 0x00FF_FFFF, by: factor) | pixel & 0xFF00_0000
}
