import Foundation
import Geometry
import Tensors
import TestSupport
import Testing
import YOLO

/// One case of the golden loss data.
private struct LossCase {
  let file: GoldenFile
  let grid: AnchorGrid
  let size: (height: Int, width: Int)
  let gains: DetectionLoss.Gains

  static var names: [String] {
    guard let folder = Shared.golden("loss"),
      let json = try? goldenJSON(folder.appendingPathComponent("loss.json")),
      let cases = json["cases"] as? [String: Any]
    else { return [] }
    return cases.keys.sorted()
  }

  init(_ name: String) throws {
    let folder = try #require(Shared.golden("loss"))
    file = try GoldenFile(folder.appendingPathComponent("\(name).safetensors"))
    let json = try goldenJSON(folder.appendingPathComponent("loss.json"))
    let cases = try #require(json["cases"] as? [String: [String: Any]])
    let facts = try #require(cases[name])
    let image = try #require(facts["image_hw"] as? [Int])
    let maps = try #require(facts["feature_hw"] as? [[Int]])
    let gains = try #require(facts["gains"] as? [String: Double])
    size = (image[0], image[1])
    grid = AnchorGrid(levels: maps.map { (image[0] / $0[0], $0[0], $0[1]) })
    self.gains = .init(
      box: try #require(gains["box"]), cls: try #require(gains["cls"]),
      dfl: try #require(gains["dfl"]))
  }

  /// The objects of each image.
  func targets(images: Int) throws -> [[LabeledBox<Normalized>]] {
    let rows = try file.tensor("targets")
    var targets = [[LabeledBox<Normalized>]](repeating: [], count: images)
    for row in 0..<rows.shape[0] {
      let v = Array(rows.scalars[6 * row..<6 * row + 6])
      targets[Int(v[0])].append(
        LabeledBox(
          box: Box(centerX: v[2], centerY: v[3], width: v[4], height: v[5]),
          classIndex: Int(v[1])))
    }
    return targets
  }
}

/// Predictions of one image as the golden file gives them to the assigner.
private struct GivenPredictions: AnchorPredictions {
  let scores, boxes: Tensor
  let image: Int

  func score(anchor: Int, classIndex: Int) -> Double {
    Double(scores.scalars[(image * scores.shape[1] + anchor) * scores.shape[2] + classIndex])
  }

  func box(anchor: Int) -> Overlap.Edges {
    let first = (image * boxes.shape[1] + anchor) * 4
    return Overlap.Edges(SIMD4(boxes.scalars[first..<first + 4]))
  }
}

@Suite(.golden("loss")) struct GoldenLossTests {
  @Test(arguments: LossCase.names)
  func `loss and gradients agree with the reference`(name: String) throws {
    let given = try LossCase(name)
    let head = HeadTensors(
      boxes: try given.file.tensor("pred.boxes"), scores: try given.file.tensor("pred.scores"),
      grid: given.grid)
    let count = head.output.count
    let slope = HeadTensors(
      count: count, regMax: head.output.regMax, classes: head.output.classes, grid: given.grid)
    let loss = withExtendedLifetime((head, slope)) {
      DetectionLoss(gains: given.gains).evaluate(
        head.output, targets: (try? given.targets(images: count)) ?? [], imageSize: given.size,
        gradient: slope.output, on: ThreadPool(threads: 2))
    }
    let parts = [loss.box, loss.cls, loss.dfl]
    // Relative 1e-5: single-precision sums of a few thousand terms in the reference.
    expectGolden(
      Tensor(parts.map { Float($0) }, shape: [3]), equals: try given.file.tensor("loss.components"),
      "loss.components", absolute: 1e-7, relative: 1e-5)
    expectGolden(
      Tensor(parts.map { Float($0 * Double(count)) }, shape: [3]),
      equals: try given.file.tensor("loss.components_times_batch"),
      "loss.components_times_batch", absolute: 1e-7, relative: 1e-5)
    expectGolden(
      Tensor([Float(loss.total)], shape: []), equals: try given.file.tensor("loss.total"),
      "loss.total", absolute: 1e-7, relative: 1e-5)
    for (key, got) in [("grad.boxes", slope.boxes), ("grad.scores", slope.scores)] {
      let want = try given.file.tensor(key)
      let top = want.scalars.reduce(0) { max($0, abs($1)) }
      expectGolden(got, equals: want, key, absolute: 1e-5 * top)
    }
  }

  @Test(arguments: LossCase.names)
  func `the assignment is that of the reference`(name: String) throws {
    let given = try LossCase(name)
    let scores = try given.file.tensor("assign.in.scores")
    let boxes = try given.file.tensor("assign.in.boxes")
    let truths = try given.file.tensor("assign.in.gt_boxes")
    let labels = try given.file.tensor("assign.in.gt_labels")
    let mask = try given.file.tensor("assign.in.gt_mask")
    let wantScores = try given.file.tensor("assign.out.scores")
    let isLearning = try given.file.integers("assign.out.fg")
    let wantObject = try given.file.integers("assign.out.gt_index")
    let count = given.grid.count, classes = scores.shape[2], room = truths.shape[1]
    for image in 0..<scores.shape[0] {
      let objects = (0..<room).filter { mask.scalars[image * room + $0] > 0 }.map { row in
        let first = (image * room + row) * 4
        return TaskAlignedAssigner.Object(
          box: Overlap.Edges(SIMD4(truths.scalars[first..<first + 4])),
          classIndex: Int(labels.scalars[image * room + row]))
      }
      var predictions = GivenPredictions(scores: scores, boxes: boxes, image: image)
      let rows = TaskAlignedAssigner().assign(objects, on: given.grid, seeing: &predictions)
      let anchors = (0..<count).filter { isLearning[image * count + $0] == 1 }
      #expect(rows.map(\.anchor) == anchors)
      #expect(rows.map(\.object) == anchors.map { Int(wantObject[image * count + $0]) })
      var targets = [Float](repeating: 0, count: count * classes)
      for row in rows {
        targets[row.anchor * classes + objects[row.object].classIndex] = Float(row.target)
      }
      let want = Array(wantScores.scalars[image * count * classes..<(image + 1) * count * classes])
      expectGolden(
        Tensor(targets, shape: [count, classes]), equals: Tensor(want, shape: [count, classes]),
        "assign.out.scores", absolute: 1e-5)
      countGoldenComparison()
    }
  }

  @Test func `the distribution loss agrees with the reference`() throws {
    let folder = try #require(Shared.golden("loss"))
    let file = try GoldenFile(folder.appendingPathComponent("dfl.safetensors"))
    let logits = try file.tensor("pred"), distances = try file.tensor("target")
    let cotangent = try file.tensor("cotangent"), bins = logits.shape[1]
    var losses: [Float] = [], slopes: [Float] = []
    for row in 0..<distances.shape[0] {
      var sum = 0.0
      for side in 0..<4 {
        let first = (4 * row + side) * bins
        var distribution = SideDistribution(bins: bins)
        distribution.load { logits.scalars[first + $0] }
        let distance = Double(distances.scalars[4 * row + side])
        sum += distribution.loss(distance) / 4
        slopes += (0..<bins).map {
          Float(
            distribution.slope(
              $0, distance: distance, lossWeight: Double(cotangent.scalars[row]) / 4,
              byDistance: 0, expectation: 0))
        }
      }
      losses.append(Float(sum))
    }
    expectGolden(
      Tensor(losses, shape: [losses.count, 1]), equals: try file.tensor("loss"), "loss",
      absolute: 1e-6, relative: 1e-5)
    let want = try file.tensor("grad_pred")
    let top = want.scalars.reduce(0) { max($0, abs($1)) }
    expectGolden(
      Tensor(slopes, shape: want.shape), equals: want, "grad_pred", absolute: 1e-5 * top)
  }

  @Test func `distances are cut to what the bins can say, as in the reference`() throws {
    let folder = try #require(Shared.golden("loss"))
    let file = try GoldenFile(folder.appendingPathComponent("dfl.safetensors"))
    let anchors = try file.tensor("bbox2dist.anchors"), boxes = try file.tensor("bbox2dist.boxes")
    let distribution = SideDistribution(bins: try file.tensor("pred").shape[1])
    var distances: [Float] = []
    for row in 0..<boxes.shape[0] {
      let x = Double(anchors.scalars[2 * row]), y = Double(anchors.scalars[2 * row + 1])
      let box = boxes.scalars[4 * row..<4 * row + 4].map { Double($0) }
      for distance in [x - box[0], y - box[1], box[2] - x, box[3] - y] {
        let (bin, upper) = distribution.target(distance)
        distances.append(Float(Double(bin) + upper))
      }
    }
    // Differences of coordinates up to 32 in single precision.
    expectGolden(
      Tensor(distances, shape: boxes.shape), equals: try file.tensor("bbox2dist.distances"),
      "bbox2dist.distances", absolute: 1e-5)
  }
}
