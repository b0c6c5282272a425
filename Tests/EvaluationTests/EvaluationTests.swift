import Evaluation
import Geometry
import Mathematics
import Testing

private func box(_ x: Float, _ y: Float, _ width: Float, _ height: Float) -> Box<ImagePixels> {
  Box(minX: x, minY: y, maxX: x + width, maxY: y + height)
}

private func found(
  _ box: Box<ImagePixels>, _ confidence: Float, _ classIndex: Int = 0
) -> Detection<ImagePixels> {
  Detection(box: box, confidence: confidence, classIndex: classIndex)
}

private func truth(_ box: Box<ImagePixels>, _ classIndex: Int = 0) -> LabeledBox<ImagePixels> {
  LabeledBox(box: box, classIndex: classIndex)
}

/// Images with one object each; the first `hits` are found exactly, the others not at all.
private func images(_ count: Int, hits: Int) -> [ImageResult<ImagePixels>] {
  (0..<count).map { index in
    ImageResult(
      detections: index < hits ? [found(box(0, 0, 10, 10), 0.9)] : [],
      truths: [truth(box(0, 0, 10, 10))])
  }
}

@Suite struct EvaluationTests {
  @Test(arguments: EvaluationRules.allCases)
  func `perfect detections score 0.995 by both rules`(rules: EvaluationRules) {
    let metrics = DetectionMetrics(of: images(4, hits: 4), rules: rules)
    // At recall 1 itself the precision has fallen to 0: half a step of the trapezoid is lost.
    #expect(abs(metrics.mAP50 - 0.995) < 1e-12 && abs(metrics.fitness - 0.995) < 1e-12)
    #expect(metrics.precision == 1 && metrics.recall == 1 && metrics.f1 > 1 - 1e-12)
  }

  @Test func `behind the last recall the rules differ by a triangle`() {
    // Half of the objects are found: precision 1 up to recall 0.5, then 0 or a line to (1, 0).
    let classic = DetectionMetrics(of: images(4, hits: 2), rules: .classic)
    #expect(abs(classic.mAP50 - 0.75) < 1e-12)
    let current = DetectionMetrics(of: images(4, hits: 2))
    #expect(abs(current.mAP50 - 0.495) < 1e-12)
  }

  @Test func `classic fitness weighs the two means`() {
    let metrics = DetectionMetrics(
      of: [
        ImageResult(
          detections: [found(box(0, 0, 10, 6), 0.9)], truths: [truth(box(0, 0, 10, 10))])
      ], rules: .classic)
    // IoU 0.6 (in single precision a little above the threshold's 0.6): three thresholds at most.
    #expect(metrics.fitness == 0.1 * metrics.mAP50 + 0.9 * metrics.mAP50to95)
    #expect(metrics.mAP50 > metrics.mAP50to95)
  }

  @Test func `greedy matching and paired matching part where two want the same object`() {
    // Both detections overlap the first object most. Greedy: the surer one takes it and leaves the
    // second object to the other. Paired: the other wanted the first and gets none.
    let a = box(0, 0, 10, 10), b = box(0, 2, 10, 10)
    let results = [
      ImageResult(
        detections: [found(box(0, 0, 10, 10), 0.9), found(box(0, 0.5, 10, 10), 0.8)],
        truths: [truth(a), truth(b)])
    ]
    let greedy = DetectionMetrics(of: results, rules: .current)
    let paired = DetectionMetrics(of: results, rules: .classic)
    #expect(greedy.images[0].truePositives == 2)
    #expect(paired.images[0].truePositives == 1)
  }

  @Test func `nothing to find gives zeros and counts false alarms`() {
    let metrics = DetectionMetrics(of: [
      ImageResult(detections: [found(box(0, 0, 5, 5), 0.5)], truths: [])
    ])
    #expect(metrics.classes.isEmpty && metrics.mAP50 == 0 && metrics.fitness == 0)
    #expect(metrics.images[0].falsePositives == 1 && metrics.precision == 0)
    let none: [ImageResult<ImagePixels>] = []
    #expect(DetectionMetrics(of: none).fitness == 0)
  }

  @Test func `boxes without area match nothing`() {
    let metrics = DetectionMetrics(of: [
      ImageResult(
        detections: [found(box(3, 3, 0, 0), 0.9)], truths: [truth(box(3, 3, 0, 0))])
    ])
    let counts = metrics.images[0]
    #expect(counts.truePositives == 0 && counts.falsePositives == 1 && counts.falseNegatives == 1)
  }

  @Test func `the confusion matrix counts objects of other classes and background`() {
    let results = [
      ImageResult(
        detections: [
          found(box(0, 0, 10, 10), 0.9, 1), found(box(50, 50, 5, 5), 0.8, 0),
          found(box(20, 20, 10, 10), 0.2, 0),
        ],
        truths: [truth(box(0, 0, 10, 10), 0), truth(box(20, 20, 10, 10), 0)])
    ]
    let matrix = ConfusionMatrix(of: results, classes: 2)
    #expect(matrix[predicted: 1, truth: 0] == 1)
    #expect(matrix[predicted: 0, truth: 2] == 1)
    #expect(matrix[predicted: 2, truth: 0] == 1)
    #expect(matrix[predicted: 0, truth: 0] == 0)
  }

  @Test func `the bootstrap interval is the same for a seed and holds the estimate`() throws {
    let results = images(20, hits: 12)
    var first = RandomSource(seed: 5), second = RandomSource(seed: 5)
    let one = try #require(BootstrapInterval(of: results, samples: 300, source: &first))
    let two = try #require(BootstrapInterval(of: results, samples: 300, source: &second))
    #expect(one == two)
    let metrics = DetectionMetrics(of: results)
    #expect(one.mAP50.lower < metrics.mAP50 && metrics.mAP50 < one.mAP50.upper)
    // The recall is binomial with 20 draws of 0.6: 95 % lie within about 0.6 +- 0.21.
    #expect(abs(one.mAP50.lower - 0.39) < 0.06 && abs(one.mAP50.upper - 0.8) < 0.06)
  }

  @Test func `there is no bootstrap interval without objects`() {
    var source = RandomSource(seed: 1)
    let none: [ImageResult<ImagePixels>] = [ImageResult(detections: [], truths: [])]
    #expect(BootstrapInterval(of: none, source: &source) == nil)
  }
}
