import Evaluation
import Geometry
import TestSupport
import Testing

/// Where F1 is largest, worked out as it is defined: the mean over classes, each point the mean of 101
/// neighbors, the first of the largest.
private func best(_ f1: [[Double]]) -> Int {
  let count = f1[0].count
  let mean = (0..<count).map { i in f1.reduce(0) { $0 + $1[i] } / Double(f1.count) }
  let smooth = (0..<count).map { i in
    (i - 50...i + 50).reduce(0) { $0 + mean[min(max($1, 0), count - 1)] / 101 }
  }
  let largest = smooth.reduce(0, max)
  return smooth.firstIndex { $0 >= largest - 1e-12 } ?? 0
}

private func square(_ x: Float) -> Box<ImagePixels> {
  Box(minX: x, minY: 0, maxX: x + 10, maxY: 10)
}

@Suite struct BestThresholdTests {
  /// One image for each detection: right ones find its object, wrong ones lie beside it.
  private func results(
    _ classIndex: Int, right: [Float], wrong: [Float]
  ) -> [ImageResult<ImagePixels>] {
    (right.map { ($0, Float(0)) } + wrong.map { ($0, 50) }).map { confidence, x in
      ImageResult(
        detections: [
          Detection(box: square(x), confidence: confidence, classIndex: classIndex)
        ], truths: [LabeledBox(box: square(0), classIndex: classIndex)])
    }
  }

  @Test func `each class has a threshold of its own, and all together one between`() {
    // Class 0 is right above 0.7 alone, class 1 above 0.2.
    let metrics = DetectionMetrics(
      of: results(0, right: [0.9, 0.85, 0.8], wrong: [0.6, 0.55, 0.5, 0.45, 0.4])
        + results(1, right: [0.5, 0.45, 0.4, 0.35, 0.3, 0.28], wrong: [0.1, 0.08]))
    let own = metrics.classes.map(\.best)
    #expect(own[0].confidence > 0.55 && own[0].confidence < 0.8)
    #expect(own[1].confidence > 0.08 && own[1].confidence < 0.3)
    #expect(own[0].precision > 0.8 && own[1].precision > 0.8)
    #expect(own[0].f1 >= metrics.classes[0].f1 && own[1].f1 >= metrics.classes[1].f1)
    #expect(metrics.best.confidence >= own[1].confidence)
    #expect(metrics.best.confidence <= own[0].confidence)
    for (index, row) in metrics.classes.enumerated() {
      #expect(own[index].confidence == DetectionMetrics.abscissae[best([row.curves.f1])])
    }
    #expect(
      metrics.bestConfidence == DetectionMetrics.abscissae[best(metrics.classes.map(\.curves.f1))])
  }

  @Test func `printed precision and recall are those of the threshold of all classes`() {
    let metrics = DetectionMetrics(
      of: results(0, right: [0.9, 0.5], wrong: [0.4]) + results(2, right: [0.3], wrong: [0.7]))
    let all = metrics.best
    #expect(all.confidence == metrics.bestConfidence)
    #expect(all.precision == metrics.precision && all.recall == metrics.recall)
    #expect(all.f1 == metrics.f1)
    #expect(metrics.classes.map(\.classIndex) == [0, 2])
  }

  @Test func `of one class the threshold is that of all`() {
    let metrics = DetectionMetrics(of: results(0, right: [0.9, 0.5], wrong: [0.4]))
    #expect(metrics.classes[0].best.confidence == metrics.best.confidence)
    #expect(metrics.classes[0].best.precision == metrics.best.precision)
  }

  @Test func `a class of which nothing is found has no threshold`() {
    let metrics = DetectionMetrics(
      of: results(0, right: [0.9], wrong: []) + results(1, right: [], wrong: [0.8]))
    #expect(metrics.classes[0].best.isFound && !metrics.classes[1].best.isFound)
    #expect(metrics.best.isFound)
    #expect(!DetectionMetrics(of: results(1, right: [], wrong: [0.8])).best.isFound)
  }
}
