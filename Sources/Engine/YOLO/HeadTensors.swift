package import Tensors

/// A head's logits as two tensors, the layout of reference data.
///
/// Boxes are (N, 4 regMax, A), scores (N, nc, A). It owns the memory that its ``output`` sees.
package struct HeadTensors: Sendable {
  /// The same numbers as maps; valid while this value lives.
  package let output: HeadOutput
  private let buffers: [FloatBuffer]

  /// Copies two tensors into maps.
  package init(boxes: Tensor, scores: Tensor, grid: AnchorGrid) {
    self.init(
      count: boxes.shape[0], regMax: boxes.shape[1] / 4, classes: scores.shape[1], grid: grid)
    for (level, place) in zip(output.levels, grid.levels) {
      level.boxes.fill(from: boxes.columns(place))
      level.scores.fill(from: scores.columns(place))
    }
  }

  /// Maps of zeros, with so many floats between their pixels.
  package init(count: Int, regMax: Int, classes: Int, grid: AnchorGrid, gap: Int = 0) {
    var buffers: [FloatBuffer] = [], levels: [HeadOutput.Level] = []
    for level in grid.levels {
      let maps = [4 * regMax, classes].map { channels in
        let buffer = FloatBuffer(count: count * level.height * level.width * (channels + gap))
        buffers.append(buffer)
        return buffer.map(
          count: count, height: level.height, width: level.width, channels: channels + gap
        ).slice(0..<channels)
      }
      levels.append(HeadOutput.Level(stride: level.stride, boxes: maps[0], scores: maps[1]))
    }
    (self.buffers, output) = (buffers, HeadOutput(levels: levels))
  }

  /// The box logits, (N, 4 regMax, A).
  package var boxes: Tensor { joined(output.levels.map { $0.boxes.tensor() }) }
  /// The class logits, (N, nc, A).
  package var scores: Tensor { joined(output.levels.map { $0.scores.tensor() }) }

  /// Lays maps of shape (N, C, H, W) next to each other along their pixels.
  private func joined(_ maps: [Tensor]) -> Tensor {
    guard let first = maps.first else { return Tensor([], shape: [0, 0, 0]) }
    let rows = first.shape[0] * first.shape[1]
    var scalars: [Float] = []
    for row in 0..<rows {
      for map in maps {
        let plane = map.shape[2] * map.shape[3]
        scalars += map.scalars[row * plane..<(row + 1) * plane]
      }
    }
    return Tensor(scalars, shape: [first.shape[0], first.shape[1], scalars.count / max(rows, 1)])
  }
}

extension Tensor {
  /// The columns of one level, of a tensor (N, C, A), as (N, C, H, W).
  fileprivate func columns(_ level: AnchorGrid.Level) -> Tensor {
    let rows = shape[0] * shape[1], width = shape[2]
    let scalars = (0..<rows).flatMap { row in
      self.scalars[row * width + level.first..<row * width + level.anchors.upperBound]
    }
    return Tensor(scalars, shape: [shape[0], shape[1], level.height, level.width])
  }
}
