import Geometry
import Mathematics
import Tensors
import TestSupport
import Testing
import YOLO

/// A batch of random logits and objects.
private struct Batch: Sendable {
  let grid = AnchorGrid(height: 96, width: 128)
  let classes: Int
  var boxes: Tensor
  var scores: Tensor
  var targets: [[LabeledBox<Normalized>]]

  init(images: Int, classes: Int, objects: Int, seed: UInt64 = 3) {
    var source = RandomSource(seed: seed)
    let anchors = grid.count
    self.classes = classes
    boxes = Tensor(
      (0..<images * 64 * anchors).map { _ in Float(source.uniform(-2, 2)) },
      shape: [images, 64, anchors])
    scores = Tensor(
      (0..<images * classes * anchors).map { _ in Float(source.uniform(-6, 2)) },
      shape: [images, classes, anchors])
    targets = (0..<images).map { image in
      (0..<(image % 3 == 1 ? 0 : objects)).map { _ in
        let width = Float(source.uniform(0.02, 0.6)), height = Float(source.uniform(0.02, 0.6))
        return LabeledBox(
          box: Box(
            centerX: Float(source.uniform(0.1, 0.9)), centerY: Float(source.uniform(0.1, 0.9)),
            width: width, height: height),
          classIndex: source.below(classes))
      }
    }
  }

  func evaluate(
    _ loss: DetectionLoss = DetectionLoss(), threads: Int = 1, gap: Int = 0
  ) -> (LossComponents, boxes: Tensor, scores: Tensor) {
    let head = HeadTensors(boxes: boxes, scores: scores, grid: grid)
    let slope = HeadTensors(
      count: boxes.shape[0], regMax: 16, classes: classes, grid: grid, gap: gap)
    let result = withExtendedLifetime((head, slope)) {
      loss.evaluate(
        head.output, targets: targets, imageSize: (96, 128), gradient: slope.output,
        on: ThreadPool(threads: threads))
    }
    return (result, slope.boxes, slope.scores)
  }
}

@Suite struct DetectionLossTests {
  @Test func `one and many threads give the same bits`() {
    let batch = Batch(images: 5, classes: 3, objects: 6)
    let one = batch.evaluate()
    for threads in [2, 3, 8] {
      let many = batch.evaluate(threads: threads)
      #expect(many.0 == one.0 && many.boxes == one.boxes && many.scores == one.scores)
    }
  }

  @Test func `gaps between the pixels of the gradient change nothing but rounding of the sum`() {
    let batch = Batch(images: 2, classes: 5, objects: 4)
    let dense = batch.evaluate(), gaps = batch.evaluate(gap: 3)
    #expect(gaps.boxes == dense.boxes && gaps.scores == dense.scores)
    // The sums are cut at other places.
    #expect(abs(gaps.0.cls - dense.0.cls) < 1e-6 * dense.0.cls)
  }

  @Test func `the gradient by the class logits agrees with finite differences`() {
    let batch = Batch(images: 2, classes: 2, objects: 3)
    let slopes = batch.evaluate().scores.scalars
    // An assigned anchor's logit moves its own target as well, which counts as constant: compare the
    // anchors of the image without objects, and the classes that no object has in the other.
    let free = (0..<slopes.count).filter { $0 >= batch.grid.count * 2 }
    for i in stride(from: 0, to: free.count, by: 37).map({ free[$0] }) {
      let h: Float = 0.05
      var plus = batch, minus = batch
      plus.scores.scalars[i] += h
      minus.scores.scalars[i] -= h
      let step = Double(plus.scores.scalars[i] - minus.scores.scalars[i])
      let numeric = (plus.evaluate().0.total - minus.evaluate().0.total) / step
      // The sums carry single-precision terms of about 1 with errors of 1e-7, times 2 images x 252.
      #expect(abs(numeric - Double(slopes[i])) < 2e-3 * max(1, abs(numeric)))
    }
  }

  @Test func `the gradient by the box logits agrees with finite differences`() throws {
    // One object that every learning anchor overlaps; a step too small to change who learns it. The
    // class scores are kept out: their targets move with the boxes, which counts as constant.
    var batch = Batch(images: 1, classes: 1, objects: 0)
    batch.targets = [
      [LabeledBox(box: Box(minX: 0.3, minY: 0.25, maxX: 0.72, maxY: 0.8), classIndex: 0)]
    ]
    let loss = DetectionLoss(gains: .init(box: 0, cls: 0, dfl: 1.5))
    let learning = batch.evaluate(loss)
    #expect(learning.0.assigned == 10)
    // The distribution loss weighs anchors by their targets, which move with the boxes too; so the
    // weighted mean is compared through one anchor, whose weight cancels.
    var alone = loss
    alone.assigner.topK = 1
    let slopes = batch.evaluate(alone).boxes.scalars
    let moved = slopes.indices.filter { slopes[$0] != 0 }
    #expect(moved.count == 64)
    let weight = weightOfSingleAnchor(batch, alone)
    for i in moved {
      let h: Float = 0.01
      var plus = batch, minus = batch
      plus.boxes.scalars[i] += h
      minus.boxes.scalars[i] -= h
      let step = Double(plus.boxes.scalars[i] - minus.boxes.scalars[i])
      let up = plus.evaluate(alone).0.dfl / weightOfSingleAnchor(plus, alone)
      let down = minus.evaluate(alone).0.dfl / weightOfSingleAnchor(minus, alone)
      // Central differences of a smooth function with third derivatives below 1.
      #expect(abs((up - down) / step * weight - Double(slopes[i])) < 1e-4)
    }
  }

  /// The target of the only learning anchor: the class loss is linear in it.
  private func weightOfSingleAnchor(_ batch: Batch, _ loss: DetectionLoss) -> Double {
    var cls = loss
    cls.gains = .init(box: 0, cls: 1, dfl: 0)
    let scores = batch.evaluate(cls).scores.scalars
    var empty = batch
    empty.targets = [[]]
    let without = empty.evaluate(cls).scores.scalars
    return zip(without, scores).reduce(0.0) { $0 + Double($1.0 - $1.1) }
  }

  @Test func `an image without objects pulls every score down and leaves boxes alone`() {
    var batch = Batch(images: 1, classes: 2, objects: 0)
    batch.targets = [[]]
    let (loss, boxes, scores) = batch.evaluate()
    #expect(loss.box == 0 && loss.dfl == 0 && loss.assigned == 0 && loss.cls > 0)
    #expect(boxes.scalars.allSatisfy { $0 == 0 } && scores.scalars.allSatisfy { $0 > 0 })
  }

  @Test func `objects without area get no anchors`() {
    var batch = Batch(images: 1, classes: 2, objects: 0)
    batch.targets = [
      [
        LabeledBox(
          box: Box(centerX: 0.5, centerY: 0.5, width: 0, height: 0), classIndex: 1),
        LabeledBox(
          box: Box(centerX: 0.5, centerY: 0.5, width: 0.3, height: 0), classIndex: 0),
      ]
    ]
    for rules in [DetectionLoss.Rules.current, .classic] {
      let (loss, boxes, _) = batch.evaluate(DetectionLoss(rules: rules))
      #expect(loss.assigned == 0 && loss.total.isFinite)
      #expect(boxes.scalars.allSatisfy { $0 == 0 })
    }
  }

  @Test func `by the classic rule an object between the centres gets no anchor`() {
    var batch = Batch(images: 1, classes: 1, objects: 0)
    batch.boxes = Tensor(repeating: 0, shape: batch.boxes.shape)
    // 6 x 6 pixels around the corner of four cells of stride 8: their centers are 4 pixels away.
    let box = Box<Normalized>(
      centerX: 64 / 128, centerY: 48 / 96, width: 6 / 128, height: 6 / 96)
    batch.targets = [[LabeledBox(box: box, classIndex: 0)]]
    #expect(batch.evaluate(DetectionLoss(rules: .classic)).0.assigned == 0)
    #expect(batch.evaluate(DetectionLoss(rules: .current)).0.assigned > 0)
  }

  @Test func `NaN among the logits shows in the total`() {
    for isScore in [true, false] {
      var batch = Batch(images: 1, classes: 2, objects: 4)
      if isScore {
        batch.scores.scalars[100] = .nan
      } else {
        batch.boxes = Tensor(repeating: .nan, shape: batch.boxes.shape)
      }
      let (loss, _, _) = batch.evaluate()
      // Boxes of NaN overlap nothing, so that no anchor learns them.
      #expect(isScore ? loss.total.isNaN : loss.assigned == 0)
    }
  }
}
