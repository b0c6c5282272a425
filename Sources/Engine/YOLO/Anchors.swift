internal import Tensors

/// Where the cells of all levels lie: level by level from the finest, row by row inside a level.
public struct AnchorGrid: Hashable, Sendable {
  /// The cells of one level.
  public struct Level: Hashable, Sendable {
    /// Input pixels from one cell to the next.
    public let stride: Int
    /// Rows and columns.
    public let height, width: Int
    /// The number of its first anchor.
    public let first: Int

    /// The anchors of this level.
    public var anchors: Range<Int> { first..<first + height * width }
  }

  /// From the finest to the coarsest.
  public let levels: [Level]
  /// A, the number of cells of all levels.
  public let count: Int

  /// The grid of levels given by stride, height and width.
  public init(levels sizes: [(stride: Int, height: Int, width: Int)]) {
    var levels: [Level] = [], count = 0
    for size in sizes {
      levels.append(
        Level(stride: size.stride, height: size.height, width: size.width, first: count))
      count += size.height * size.width
    }
    (self.levels, self.count) = (levels, count)
  }

  /// The grid of a network input whose size is a multiple of all strides.
  public init(height: Int, width: Int, strides: [Int] = [8, 16, 32]) {
    self.init(levels: strides.map { ($0, height / $0, width / $0) })
  }

  /// The grid that a head's output fills.
  public init(_ output: HeadOutput) {
    self.init(levels: output.levels.map { ($0.stride, $0.boxes.height, $0.boxes.width) })
  }

  /// The level that holds an anchor.
  public func level(of anchor: Int) -> Int {
    precondition(anchor >= 0 && anchor < count, "anchor \(anchor) is not below \(count)")
    var level = 0
    while anchor >= levels[level].anchors.upperBound { level += 1 }
    return level
  }

  /// The center of an anchor's cell and its stride, in cells: multiply by the stride for pixels.
  public func cell(of anchor: Int) -> (level: Int, x: Float, y: Float) {
    let level = level(of: anchor), size = levels[level]
    let position = anchor - size.first
    return (level, Float(position % size.width) + 0.5, Float(position / size.width) + 0.5)
  }
}
