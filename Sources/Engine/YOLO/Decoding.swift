internal import CKernels
public import Geometry
package import Tensors

extension HeadOutput {
  /// The box that the logits of an anchor describe, in input pixels.
  ///
  /// - Parameters:
  ///   - anchor: In 0..<``anchors``.
  ///   - image: In 0..<``count``.
  /// - Returns: The box as it is, not clipped to the input.
  public func box(anchor: Int, image: Int) -> Box<InputPixels> {
    let edges = levels.map { $0.image(image) }.decodedBox(anchor, on: AnchorGrid(self))
    return Box(edges)
  }

  /// Everything decoded.
  ///
  /// For each image and anchor: the box as center and size in input pixels, then the class scores.
  /// Inference decodes only what passes its threshold; this is for comparisons.
  ///
  /// - Returns: A tensor of shape (N, 4 + nc, A).
  package func decoded() -> Tensor {
    let grid = AnchorGrid(self), rows = 4 + classes
    var scalars = [Float](repeating: 0, count: count * rows * grid.count)
    for image in 0..<count {
      let part = levels.map { $0.image(image) }
      for anchor in 0..<grid.count {
        let box = Box<InputPixels>(part.decodedBox(anchor, on: grid))
        let scores = part.scores(anchor, on: grid)
        let column = [box.centerX, box.centerY, box.width, box.height] + scores
        for (row, value) in column.enumerated() {
          scalars[(image * rows + row) * grid.count + anchor] = value
        }
      }
    }
    return Tensor(scalars, shape: [count, rows, grid.count])
  }
}

extension Box {
  /// A box from its edges, rounded to single precision.
  init(_ edges: Overlap.Edges) {
    self.init(
      minX: Float(edges.x), minY: Float(edges.y), maxX: Float(edges.z), maxY: Float(edges.w))
  }
}

extension [HeadOutput.Level] {
  /// The class scores of an anchor of the first image.
  func scores(_ anchor: Int, on grid: AnchorGrid) -> [Float] {
    let level = grid.level(of: anchor), map = self[level].scores
    let position = anchor - grid.levels[level].first
    return unsafe [Float](unsafeUninitializedCapacity: map.channels) { room, count in
      // SAFETY: the anchor lies in the level; as many floats are written as were asked for.
      if let target = room.baseAddress {
        unsafe yolos_sigmoid(map.base + position * map.pixel, target, map.channels)
      }
      count = map.channels
    }
  }
}
