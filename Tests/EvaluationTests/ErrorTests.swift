import Evaluation
import Foundation
import Geometry
import TestSupport
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

/// What TIDE says of sets that were drawn at random; `Tests/Cases/errors/tide.py` made them.
private struct TIDESet: Decodable {
  struct Image: Decodable { let truths, detections: [[Double]] }
  let images: [Image]
  let map50: Double
  let main, special: [String: Double]
  let counts: [String: Int]

  var results: [ImageResult<ImagePixels>] {
    images.map { image in
      ImageResult(
        detections: image.detections.map { v in
          found(box(Float(v[0]), Float(v[1]), Float(v[2]), Float(v[3])), Float(v[5]), Int(v[4]))
        },
        truths: image.truths.map { v in
          truth(box(Float(v[0]), Float(v[1]), Float(v[2]), Float(v[3])), Int(v[4]))
        })
    }
  }

  static let names: [(DetectionErrorKind, String)] = [
    (.classification, "Cls"), (.localization, "Loc"), (.both, "Both"), (.duplicate, "Dupe"),
    (.background, "Bkg"), (.missed, "Miss"),
  ]

  static func all() throws -> [TIDESet] {
    let file = URL(fileURLWithPath: Shared.testCase("errors/tide.json"))
    return try JSONDecoder().decode([TIDESet].self, from: Data(contentsOf: file))
  }
}

@Suite struct ErrorTests {
  @Test func `TIDE counts the same errors, and they cost nearly the same`() throws {
    for set in try TIDESet.all() {
      let breakdown = ErrorBreakdown(of: set.results)
      // The average precisions differ in their interpolation, by less than a hundredth here.
      #expect(abs(breakdown.map50 - set.map50) < 0.01)
      for (kind, name) in TIDESet.names {
        #expect(breakdown[kind].count == set.counts[name], "\(name)")
        let cost = try #require(set.main[name])
        #expect(
          abs(breakdown[kind].lost - cost) < 0.01, "\(name): \(breakdown[kind].lost), \(cost)")
      }
      let falsePositives = try #require(set.special["FalsePos"])
      let falseNegatives = try #require(set.special["FalseNeg"])
      #expect(abs(breakdown.lostByFalsePositives - falsePositives) < 0.01)
      #expect(abs(breakdown.lostByFalseNegatives - falseNegatives) < 0.01)
    }
  }

  @Test(arguments: EvaluationRules.allCases)
  func `without errors nothing is lost, and the score is the validation's`(rules: EvaluationRules)
    throws
  {
    for set in try TIDESet.all() {
      let metrics = DetectionMetrics(of: set.results, rules: rules)
      let breakdown = ErrorBreakdown(of: set.results, rules: rules)
      #expect(abs(breakdown.map50 - metrics.mAP50) < 1e-12)
    }
    let perfect = [
      ImageResult(
        detections: [found(box(0, 0, 10, 10), 0.9)], truths: [truth(box(0, 0, 10, 10))])
    ]
    let breakdown = ErrorBreakdown(of: perfect, rules: rules)
    #expect(breakdown.shares.allSatisfy { $0.count == 0 && $0.lost == 0 })
    #expect(breakdown.lostByFalsePositives == 0 && breakdown.lostByFalseNegatives == 0)
  }

  @Test func `each kind of error is told from the others`() {
    let image = ImageResult(
      detections: [
        found(box(0, 0, 10, 10), 0.95), found(box(0, 1, 10, 10), 0.9),
        found(box(40, 4, 10, 10), 0.8),
        found(box(80, 0, 10, 10), 0.7, 1), found(box(124, 4, 10, 10), 0.6, 1),
        found(box(0, 80, 10, 10), 0.5),
      ],
      truths: [
        truth(box(0, 0, 10, 10)), truth(box(40, 0, 10, 10)), truth(box(80, 0, 10, 10)),
        truth(box(120, 0, 10, 10)), truth(box(160, 0, 10, 10)),
      ])
    let judged = JudgedImage(image)
    #expect(
      judged.judgements.map(\.verdict) == [
        .hit(0), .error(.duplicate, 0), .error(.localization, 1), .error(.classification, 2),
        .error(.both, 3), .error(.background, nil),
      ])
    #expect(judged.missed == [3, 4], "what is wrong in both ways is about no object")
    let summary = MistakeSummary(of: [image], judged: [judged])
    #expect(summary.hits == 1 && summary.counts[.missed] == 2)
    #expect(summary.confusions == [MistakeSummary.Confusion(truth: 0, predicted: 1, count: 1)])
    #expect(summary.byClass[0] == MistakeSummary.Recall(objects: 5, missed: 4))
  }

  @Test func `objects are grouped by size and by what they touch`() {
    let large = truth(box(0, 0, 100, 100)), medium = truth(box(90, 0, 40, 40))
    let small = truth(box(300, 300, 20, 20))
    let image = ImageResult(
      detections: [found(large.box, 0.9)], truths: [large, medium, small])
    let empty = ImageResult(detections: [found(box(0, 0, 5, 5), 0.5)], truths: [])
    let bare = ImageResult<ImagePixels>(detections: [], truths: [])
    let results = [image, empty, bare]
    let summary = MistakeSummary(of: results, judged: results.map { JudgedImage($0) })
    #expect(summary.bySize[.large] == MistakeSummary.Recall(objects: 1, missed: 0))
    #expect(summary.bySize[.medium] == MistakeSummary.Recall(objects: 1, missed: 1))
    #expect(summary.bySize[.small] == MistakeSummary.Recall(objects: 1, missed: 1))
    #expect(summary.byCrowding[.pair] == MistakeSummary.Recall(objects: 2, missed: 1))
    #expect(summary.byCrowding[.alone] == MistakeSummary.Recall(objects: 1, missed: 1))
    #expect(summary.emptyImages == 2 && summary.emptyImagesWithDetections == 1)
    #expect(summary.detectionsOnEmptyImages == 1)
  }

  @Test func `each kind of wrong label is suspected, right ones are not`() {
    let clean = ImageResult(
      detections: [found(box(0, 0, 20, 20), 0.9)], truths: [truth(box(0, 0, 20, 20))])
    let right = truth(box(0, 0, 20, 20)), renamed = truth(box(100, 0, 20, 20), 1)
    let moved = truth(box(208, 4, 20, 20)), invented = truth(box(0, 200, 20, 20))
    let image = ImageResult(
      detections: [
        found(right.box, 0.95), found(renamed.box, 0.9), found(box(200, 0, 20, 20), 0.8),
        found(box(100, 100, 20, 20), 0.85), found(box(150, 150, 9, 9), 0.1),
      ],
      truths: [right, renamed, moved, invented, truth(box(0, 1, 20, 20))])
    let suspicions = LabelSuspicion.of(image)
    #expect(
      Set(suspicions.map { "\($0.kind) \($0.label ?? -1)" }) == [
        "otherClass 1", "shifted 2", "missing -1", "unseen 3", "doubled 4",
      ])
    #expect(suspicions.map(\.score) == suspicions.map(\.score).sorted(by: >))
    let often = LikelyRecall(of: [ImageResult](repeating: clean, count: 50), confidence: 0.25)
    let rare = LikelyRecall(
      of: [ImageResult](repeating: ImageResult(detections: [], truths: clean.truths), count: 50),
      confidence: 0.25)
    func unseen(_ recall: LikelyRecall) -> Double? {
      LabelSuspicion.of(image, recall: recall).first { $0.kind == .unseen }?.score
    }
    #expect(unseen(often) ?? 0 > 0.45)
    #expect(unseen(rare) ?? 1 < 0.05, "what is often missed says little")
    #expect(LabelSuspicion.of(clean).isEmpty)
  }

  @Test func `what only one of two looks contradicts counts half`() {
    let label = truth(box(0, 0, 20, 20))
    func image(_ detections: Detection<ImagePixels>...) -> ImageResult<ImagePixels> {
      ImageResult(
        detections: [found(label.box, 0.9)] + detections,
        truths: [label, truth(box(60, 0, 20, 20), 1)])
    }
    // Class 0 where 1 is labeled, in both; an object in both, in boxes that overlap, and one in the second.
    let first = image(found(box(60, 0, 20, 20), 0.8), found(box(0, 60, 20, 20), 0.6))
    let second = image(
      found(box(60, 0, 20, 20), 0.6), found(box(2, 60, 20, 20), 0.7), found(box(90, 90, 9, 9), 0.5))
    let agreed = LabelSuspicion.agreed(
      [first, second].map { ($0, LabelSuspicion.of($0)) })
    #expect(agreed.map(\.suspicion.kind) == [.otherClass, .missing, .missing])
    let scores = agreed.map { ($0.suspicion.score * 1000).rounded() }
    #expect(scores == [700, 650, 250])
    #expect(agreed.map(\.look) == [0, 1, 1])
    #expect(agreed.map(\.suspicion.detection) == [1, 2, 3])
  }
}
