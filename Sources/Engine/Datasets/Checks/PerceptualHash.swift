package import Images

/// What a picture looks like, in 64 bits and a mean colour: alike for pictures that look alike.
///
/// The picture is averaged to 9 x 8 gray cells; each bit says whether a cell is brighter than its right
/// neighbour (the "difference hash" of Neal Krawetz, 2013). The mean colour keeps plain pictures apart.
package struct PerceptualHash: Hashable, Sendable {
  /// Row by row.
  package let bits: UInt64
  /// Mean red, green and blue.
  package let mean: [Int]

  package init(_ photo: Photo) {
    let (columns, rows) = (9, 8)
    var cells = [Int](repeating: 0, count: columns * rows)
    var sums = [0, 0, 0]
    // SAFETY: x and y stay below the picture's sides, whose product times three is the buffer's length.
    unsafe photo.pixels.withUnsafeBufferPointer { bytes in
      for row in 0..<rows {
        let ys = row * photo.height / rows..<max((row + 1) * photo.height / rows, row * photo.height / rows + 1)
        for column in 0..<columns {
          let left = column * photo.width / columns
          let xs = left..<max((column + 1) * photo.width / columns, left + 1)
          var sum = 0
          for y in ys where y < photo.height {
            for x in xs where x < photo.width {
              let i = 3 * (y * photo.width + x)
              let (r, g, b) = unsafe (Int(bytes[i]), Int(bytes[i + 1]), Int(bytes[i + 2]))
              // Luma weights of ITU-R BT.601, of 1000.
              sum += 299 * r + 587 * g + 114 * b
              (sums[0], sums[1], sums[2]) = (sums[0] + r, sums[1] + g, sums[2] + b)
            }
          }
          cells[row * columns + column] = sum / max(ys.count * xs.count, 1)
        }
      }
    }
    var bits: UInt64 = 0
    for row in 0..<rows {
      for column in 0..<8 {
        let i = row * columns + column
        bits = bits << 1 | (cells[i] > cells[i + 1] ? 1 : 0)
      }
    }
    self.bits = bits
    mean = sums.map { $0 / max(photo.width * photo.height, 1) }
  }

  /// The number of differing bits, 0...64; nil where the colours say that the pictures differ.
  package func distance(_ other: PerceptualHash) -> Int? {
    guard zip(mean, other.mean).allSatisfy({ abs($0 - $1) <= 12 }) else { return nil }
    return (bits ^ other.bits).nonzeroBitCount
  }
}
