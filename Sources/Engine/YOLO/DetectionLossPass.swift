internal import CKernels
internal import Geometry
internal import Mathematics
internal import Tensors

/// One anchor with what it is to learn.
struct TargetRow: Sendable {
  let anchor: Int
  let classIndex: Int
  /// The class score to reach, and the weight of the box losses.
  let target: Double
  /// The true box in input pixels.
  let box: Overlap.Edges

  init(_ assignment: TaskAlignedAssigner.Assignment, _ object: TaskAlignedAssigner.Object) {
    (anchor, target) = (assignment.anchor, assignment.target)
    (classIndex, box) = (object.classIndex, object.box)
  }
}

/// The three sums of one image, without gains.
struct LossSums: Sendable {
  var box = 0.0, cls = 0.0, dfl = 0.0

  static func + (a: LossSums, b: LossSums) -> LossSums {
    LossSums(box: a.box + b.box, cls: a.cls + b.cls, dfl: a.dfl + b.dfl)
  }
}

/// One result per task of a parallel step, each written by its own task.
@safe final class Results<Value: Sendable>: @unchecked Sendable {
  // `@unchecked`: every task writes its own element; they are read after all tasks have ended.
  private let elements: UnsafeMutableBufferPointer<Value>

  init(count: Int, empty: Value) {
    unsafe elements = .allocate(capacity: count)
    unsafe elements.initialize(repeating: empty)
  }

  deinit { unsafe elements.deinitialize().deallocate() }

  var values: [Value] { unsafe Array(elements) }

  subscript(task: Int) -> Value {
    get { unsafe elements[task] }
    set { unsafe elements[task] = newValue }
  }
}

/// The logits of one image as the assigner asks for them; boxes are decoded once, when first needed.
struct HeadPredictions: AnchorPredictions {
  private let levels: [HeadOutput.Level]
  private let grid: AnchorGrid
  private var boxes: [Overlap.Edges]

  init(_ output: HeadOutput, image: Int, grid: AnchorGrid) {
    levels = output.levels.map { $0.image(image) }
    self.grid = grid
    boxes = [Overlap.Edges](repeating: Overlap.Edges(repeating: .nan), count: grid.count)
  }

  func score(anchor: Int, classIndex: Int) -> Double {
    let level = grid.level(of: anchor), scores = levels[level].scores
    let position = anchor - grid.levels[level].first
    // SAFETY: the anchor lies in the level and the class was checked against its channels.
    return unsafe ElementaryFunctions.sigmoid(
      Double(scores.base[position * scores.pixel + classIndex]))
  }

  mutating func box(anchor: Int) -> Overlap.Edges {
    if boxes[anchor].x.isNaN { boxes[anchor] = levels.decodedBox(anchor, on: grid) }
    return boxes[anchor]
  }
}

extension HeadOutput.Level {
  /// One image of the level.
  func image(_ index: Int) -> HeadOutput.Level {
    HeadOutput.Level(
      stride: stride, boxes: boxes.images(index..<index + 1),
      scores: scores.images(index..<index + 1))
  }
}

extension [HeadOutput.Level] {
  /// The box that the logits of an anchor of the first image describe, in input pixels.
  func decodedBox(_ anchor: Int, on grid: AnchorGrid) -> Overlap.Edges {
    let (level, x, y) = grid.cell(of: anchor), map = self[level].boxes
    let position = anchor - grid.levels[level].first
    // SAFETY: the anchor lies in the level; four floats are written to room for four.
    let distances = unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 4) {
      guard let room = $0.baseAddress else { return SIMD4<Float>() }
      unsafe yolos_expected_distances(map.base + position * map.pixel, map.channels / 4, room)
      return unsafe SIMD4(room[0], room[1], room[2], room[3])
    }
    let stride = Float(self[level].stride)
    let edges = SIMD4(x - distances.x, y - distances.y, x + distances.z, y + distances.w) * stride
    return Overlap.Edges(edges)
  }
}

/// Loss and gradient of one image, after the anchors have been assigned.
struct LossPass {
  let output: HeadOutput
  let gradient: HeadOutput?
  let grid: AnchorGrid
  let image: Int
  /// What a unit of each sum adds to the batch's total.
  let boxWeight, clsWeight, dflWeight: Double

  /// Adds up the image's loss and writes its gradient.
  func run(_ rows: [TargetRow]) -> LossSums {
    var sums = LossSums()
    let levels = output.levels.map { $0.image(image) }
    let slopes = gradient?.levels.map { $0.image(image) }
    for (index, level) in levels.enumerated() {
      let slope = slopes?[index]
      if let boxes = slope?.boxes { clear(boxes) }
      sums.cls += entropy(level.scores, slope?.scores)
    }
    for row in rows {
      let level = grid.level(of: row.anchor)
      sums.cls -= reward(row, levels[level].scores, slopes?[level].scores, level)
      let (box, dfl) = regression(row, levels[level].boxes, slopes?[level].boxes)
      sums.box += box * row.target
      sums.dfl += dfl * row.target
    }
    return sums
  }

  private func clear(_ map: FeatureMap) {
    for position in 0..<map.pixels {
      // SAFETY: the pixel lies in the map.
      unsafe (map.base + position * map.pixel).update(repeating: 0, count: map.channels)
    }
  }

  /// The cross-entropy of all scores of one level against zero.
  private func entropy(_ scores: FeatureMap, _ slope: FeatureMap?) -> Double {
    let isDense = scores.pixel == scores.channels && (slope.map { $0.pixel == $0.channels } ?? true)
    // Maps with gaps between their pixels go pixel by pixel.
    let run = isDense ? scores.pixels : 1
    var sum = 0.0, position = 0
    while position < scores.pixels {
      let count = min(run, scores.pixels - position) * scores.channels
      // SAFETY: `count` floats from this pixel on belong to the maps: they are dense or it is one pixel.
      let target = unsafe slope.map { unsafe $0.base + position * $0.pixel }
      unsafe sum += yolos_zero_target_entropy(
        scores.base + position * scores.pixel, target, count, Float(clsWeight))
      position += run
    }
    return sum
  }

  /// What the target of an assigned anchor takes off the cross-entropy.
  private func reward(
    _ row: TargetRow, _ scores: FeatureMap, _ slope: FeatureMap?, _ level: Int
  ) -> Double {
    let position = row.anchor - grid.levels[level].first
    if let slope {
      // SAFETY: the anchor lies in the level, the class among its channels.
      unsafe slope.base[position * slope.pixel + row.classIndex] -= Float(clsWeight * row.target)
    }
    // SAFETY: as above.
    return unsafe Double(scores.base[position * scores.pixel + row.classIndex]) * row.target
  }

  /// 1 - CIoU and the distribution loss of an assigned anchor, without its weight.
  private func regression(
    _ row: TargetRow, _ boxes: FeatureMap, _ slope: FeatureMap?
  ) -> (box: Double, dfl: Double) {
    let bins = boxes.channels / 4, (level, x, y) = grid.cell(of: row.anchor)
    let position = row.anchor - grid.levels[level].first
    let center = SIMD2(Double(x), Double(y)), stride = Double(grid.levels[level].stride)
    let truth = row.box / stride
    let distances = SIMD4(
      center.x - truth.x, center.y - truth.y, truth.z - center.x, truth.w - center.y)
    // SAFETY: the pixel lies in the map; each side reads `bins` of its channels.
    let logits = unsafe boxes.base + position * boxes.pixel
    var sides: [SideDistribution] = [], means = SIMD4<Double>(), dfl = 0.0
    for side in 0..<4 {
      var distribution = SideDistribution(bins: bins)
      distribution.load { unsafe logits[side * bins + $0] }
      means[side] = distribution.expectation
      dfl += distribution.loss(distances[side]) / 4
      sides.append(distribution)
    }
    let box = SIMD4(
      center.x - means.x, center.y - means.y, center.x + means.z, center.y + means.w)
    let overlap = Overlap.value(.complete, box, truth)
    guard let slope else { return (1 - overlap, dfl) }
    let byEdge = Overlap.gradient(.complete, box, truth).a * (-boxWeight * row.target)
    let byMean = byEdge * SIMD4(-1, -1, 1, 1)
    // SAFETY: as above.
    let target = unsafe slope.base + position * slope.pixel
    for side in 0..<4 {
      for i in 0..<bins {
        unsafe target[side * bins + i] = Float(
          sides[side].slope(
            i, distance: distances[side], lossWeight: dflWeight * row.target / 4,
            byDistance: byMean[side], expectation: means[side]))
      }
    }
    return (1 - overlap, dfl)
  }
}
