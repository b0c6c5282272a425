package import Images

/// What an image looks like, in 64 bits and a mean color: alike for images that look alike.
///
/// The image is averaged to 9 x 8 gray cells; each bit says whether a cell is brighter than its right
/// neighbor (the "difference hash" of Neal Krawetz, 2013). The mean color keeps plain images apart.
package struct PerceptualHash: Hashable, Sendable {
  /// Row by row.
  package let bits: UInt64
  /// Mean red, green and blue, times 16.
  package let mean: [Int]

  package init(_ image: Image) {
    let cells = Self.cells(image)
    var bits: UInt64 = 0
    for row in 0..<8 {
      for column in 0..<8 {
        let i = 9 * row + column
        bits = bits << 1 | (Self.luma(cells[i]) > Self.luma(cells[i + 1]) ? 1 : 0)
      }
    }
    self.bits = bits
    mean = (0..<3).map { c in cells.reduce(0) { $0 + $1[c] } / cells.count }
  }

  /// By the weights of ITU-R BT.601, of 1000.
  private static func luma(_ color: [Int]) -> Int {
    299 * color[0] + 587 * color[1] + 114 * color[2]
  }

  /// The mean colors, times 16, of 9 x 8 cells, row by row; cells of a tiny image share pixels.
  private static func cells(_ image: Image) -> [[Int]] {
    func range(_ cell: Int, of count: Int, _ side: Int) -> Range<Int> {
      let start = cell * side / count
      return start..<max((cell + 1) * side / count, start + 1)
    }
    var cells: [[Int]] = []
    for row in 0..<8 {
      for column in 0..<9 {
        let (xs, ys) = (range(column, of: 9, image.width), range(row, of: 8, image.height))
        var sum = [0, 0, 0]
        for y in ys {
          for x in xs {
            let i = 3 * (y * image.width + x)
            for c in 0..<3 { sum[c] += Int(image.pixels[i + c]) }
          }
        }
        cells.append(sum.map { 16 * $0 / (xs.count * ys.count) })
      }
    }
    return cells
  }

  /// The number of differing bits, 0...64; nil where the colors say that the images differ.
  package func distance(_ other: PerceptualHash) -> Int? {
    guard zip(mean, other.mean).allSatisfy({ abs($0 - $1) <= 16 * 12 }) else { return nil }
    return (bits ^ other.bits).nonzeroBitCount
  }
}
