package import Images

/// What an image looks like, in 64 bits and a mean color: alike for images that look alike.
///
/// The image is averaged to 9 x 8 gray cells; each bit says whether a cell is brighter than its right
/// neighbor (the "difference hash" of Neal Krawetz, 2013). The mean color keeps plain images apart.
package struct PerceptualHash: Hashable, Sendable {
  /// Row by row.
  package let bits: UInt64
  /// Mean red, green and blue, times 16.
  package let mean: SIMD3<Int32>

  package init(bits: UInt64, mean: SIMD3<Int32>) { (self.bits, self.mean) = (bits, mean) }

  package init(_ image: Image) {
    let cells = Self.cells(image)
    var bits: UInt64 = 0
    for row in 0..<8 {
      for column in 0..<8 {
        let i = 9 * row + column
        bits = bits << 1 | (Self.luma(cells[i]) > Self.luma(cells[i + 1]) ? 1 : 0)
      }
    }
    let sum = cells.reduce(SIMD3<Int32>()) { $0 &+ $1 }
    self.init(bits: bits, mean: sum / Int32(cells.count))
  }

  /// By the weights of ITU-R BT.601, of 1000.
  private static func luma(_ color: SIMD3<Int32>) -> Int32 {
    299 * color[0] + 587 * color[1] + 114 * color[2]
  }

  /// The mean colors, times 16, of 9 x 8 cells, row by row; cells of a tiny image share pixels.
  private static func cells(_ image: Image) -> [SIMD3<Int32>] {
    func range(_ cell: Int, of count: Int, _ side: Int) -> Range<Int> {
      let start = cell * side / count
      return start..<max((cell + 1) * side / count, start + 1)
    }
    var cells: [SIMD3<Int32>] = []
    // SAFETY: the ranges of rows and columns lie inside the image, which holds three bytes a pixel.
    unsafe image.pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<8 {
        for column in 0..<9 {
          let (xs, ys) = (range(column, of: 9, image.width), range(row, of: 8, image.height))
          var red = 0, green = 0, blue = 0
          for y in ys {
            var i = 3 * (y * image.width + xs.lowerBound)
            for _ in 0..<xs.count {
              unsafe red &+= Int(pixels[i])
              unsafe green &+= Int(pixels[i + 1])
              unsafe blue &+= Int(pixels[i + 2])
              i &+= 3
            }
          }
          let count = xs.count * ys.count
          cells.append(
            SIMD3(
              Int32(16 * red / count), Int32(16 * green / count), Int32(16 * blue / count)))
        }
      }
    }
    return cells
  }

  /// The number of differing bits, 0...64; nil where the colors say that the images differ.
  package func distance(_ other: PerceptualHash) -> Int? {
    let difference = mean &- other.mean
    let limit = SIMD3<Int32>(repeating: 16 * 12)
    guard all(difference .<= limit), all(difference .>= SIMD3<Int32>() &- limit) else {
      return nil
    }
    return (bits ^ other.bits).nonzeroBitCount
  }
}
