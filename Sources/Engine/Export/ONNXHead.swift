/// Writes what turns the head's logits into boxes and scores.
///
/// A side's distance is the mean of its distribution over `regMax` bins; boxes are center, width and
/// height in input pixels, scores are probabilities. Source: the head of YOLOv8, decoded as in
/// golden/export.
struct ONNXHead {
  /// The number of classes.
  let classes: Int
  /// Bins of one side.
  let regMax: Int
  /// Input pixels from one cell to the next, finest level first.
  let strides: [Int]
  /// Rows and columns of the images, or nil where they are known only when the model runs.
  let size: (height: Int, width: Int)?

  /// The number of cells of all levels, or nil where it is not known.
  var anchors: Int? {
    size.map { size in strides.reduce(0) { $0 + (size.height / $1) * (size.width / $1) } }
  }

  /// Adds the decoding of box and class maps, level by level; the result is called "output0".
  func write(boxes: [String], scores: [String], to graph: inout ONNXGraph) {
    let logits = joined(boxes, channels: 4 * regMax, "boxes", in: &graph)
    let distances = distances(logits, in: &graph)
    let (centers, steps) =
      size.map { fixedAnchors($0, in: &graph) } ?? anchors(of: boxes, in: &graph)
    let axis = graph.constant("axis.1", [1])
    let two = graph.constant("channel.2", [2])
    let leftTop = graph.add(
      "Slice", "/head/leftTop", [distances, graph.constant("channel.0", [0]), two, axis])
    let rightBottom = graph.add(
      "Slice", "/head/rightBottom", [distances, two, graph.constant("channel.4", [4]), axis])
    let low = graph.add("Sub", "/head/low", [centers, leftTop])
    let high = graph.add("Add", "/head/high", [centers, rightBottom])
    let sum = graph.add("Add", "/head/sum", [low, high])
    let middle = graph.add("Div", "/head/middle", [sum, graph.constant("head.two", [2], [])])
    let extent = graph.add("Sub", "/head/extent", [high, low])
    let cells = graph.add("Concat", "/head/cells", [middle, extent], [.integer("axis", 1)])
    let pixels = graph.add("Mul", "/head/pixels", [cells, steps])
    let logitsOfClasses = joined(scores, channels: classes, "scores", in: &graph)
    let probabilities = graph.add("Sigmoid", "/head/probabilities", [logitsOfClasses])
    _ = graph.add(
      "Concat", "/head/output", [pixels, probabilities], [.integer("axis", 1)], result: "output0")
  }

  /// All levels' maps as one value of shape (batch, channels, anchors).
  private func joined(
    _ maps: [String], channels: Int, _ name: String, in graph: inout ONNXGraph
  ) -> String {
    // 0 keeps the batch, -1 takes what is left.
    let shape = graph.constant("head.\(name).shape", [0, channels, -1])
    let flat = maps.enumerated().map { level, map in
      graph.add("Reshape", "/head/\(name)/\(level)", [map, shape])
    }
    return graph.add("Concat", "/head/\(name)", flat, [.integer("axis", 2)])
  }

  /// Means of the distributions: (batch, 4, anchors), in cells.
  private func distances(_ logits: String, in graph: inout ONNXGraph) -> String {
    let apart = graph.add(
      "Reshape", "/head/dfl/sides", [logits, graph.constant("head.sides", [0, 4, regMax, -1])])
    let bins = graph.add(
      "Transpose", "/head/dfl/bins", [apart], [.integers("perm", [0, 2, 1, 3])])
    let distribution = graph.add(
      "Softmax", "/head/dfl/Softmax", [bins], [.integer("axis", 1)])
    let weights = graph.constant(
      "head.dfl.weight", (0..<regMax).map(Float.init), [1, regMax, 1, 1])
    let mean = graph.add(
      "Conv", "/head/dfl/Conv", [distribution, weights],
      [.integers("kernel_shape", [1, 1]), .integers("pads", [0, 0, 0, 0])])
    return graph.add(
      "Reshape", "/head/dfl/distances", [mean, graph.constant("head.distances", [0, 4, -1])])
  }

  /// Centers (1, 2, anchors) in cells and strides (1, anchors), as constants.
  private func fixedAnchors(
    _ size: (height: Int, width: Int), in graph: inout ONNXGraph
  ) -> (centers: String, steps: String) {
    var x: [Float] = [], y: [Float] = [], steps: [Float] = []
    for stride in strides {
      for row in 0..<size.height / stride {
        for column in 0..<size.width / stride {
          x.append(Float(column) + 0.5)
          y.append(Float(row) + 0.5)
          steps.append(Float(stride))
        }
      }
    }
    return (
      graph.constant("head.centers", x + y, [1, 2, x.count]),
      graph.constant("head.strides", steps, [1, steps.count])
    )
  }

  /// The same, computed from the sizes that the maps turn out to have.
  private func anchors(
    of maps: [String], in graph: inout ONNXGraph
  ) -> (centers: String, steps: String) {
    var centers: [String] = [], steps: [String] = []
    for (level, map) in maps.enumerated() {
      let path = "/head/anchors/\(level)"
      let shape = graph.add("Shape", "\(path)/shape", [map])
      let x = positions(axis: 3, shape, path + "/x", [1, 1, 1, -1], in: &graph)
      let y = positions(axis: 2, shape, path + "/y", [1, 1, -1, 1], in: &graph)
      // (1, 1, 1, W) and (1, 1, H, 1) stretch over each other when nought of the other is added.
      let zero = graph.constant("head.anchors.\(level).zero", [0], [])
      let xOverY = graph.add(
        "Add", path + "/x/all", [x, graph.add("Mul", path + "/y/zero", [y, zero])])
      let yOverX = graph.add(
        "Add", path + "/y/all", [y, graph.add("Mul", path + "/x/zero", [x, zero])])
      let grid = graph.add("Concat", path + "/grid", [xOverY, yOverX], [.integer("axis", 1)])
      let flat = graph.add(
        "Reshape", path + "/centers", [grid, graph.constant("head.grid", [1, 2, -1])])
      centers.append(flat)
      let row = graph.add(
        "Reshape", path + "/row", [xOverY, graph.constant("head.row", [1, -1])])
      let none = graph.add("Mul", path + "/none", [row, zero])
      let step = graph.constant("head.anchors.\(level).stride", [Float(strides[level])], [])
      steps.append(graph.add("Add", path + "/steps", [none, step]))
    }
    return (
      graph.add("Concat", "/head/centers", centers, [.integer("axis", 2)]),
      graph.add("Concat", "/head/strides", steps, [.integer("axis", 1)])
    )
  }

  /// 0.5, 1.5, … along one axis of a map, as floats of the given shape.
  private func positions(
    axis: Int, _ shape: String, _ path: String, _ extents: [Int], in graph: inout ONNXGraph
  ) -> String {
    let count = graph.add(
      "Gather", path + "/count", [shape, graph.scalar("scalar.\(axis)", axis)],
      [.integer("axis", 0)])
    let indices = graph.add(
      "Range", path + "/indices",
      [graph.scalar("scalar.0", 0), count, graph.scalar("scalar.1", 1)])
    // 1 is the format's number for floats.
    let floats = graph.add("Cast", path + "/floats", [indices], [.integer("to", 1)])
    let half = graph.constant(path + "/half", [0.5], [])
    let centers = graph.add("Add", path + "/centers", [floats, half])
    return graph.add(
      "Reshape", path + "/line", [centers, graph.constant(path + "/shape", extents)])
  }
}
