import Evaluation
import Geometry
import Mathematics
import Testing

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(count) }
}

/// Made-up runs: each object is found with a chance of its own, beside some wrong detections.
private struct MadeUpRuns {
  let images: Int
  let seed: UInt64

  /// What a run finds; `skill` moves the chance, `run` its own luck.
  func run(_ number: Int, skill: Double, luck: Double = 0) -> [MatchedImage] {
    var own = RandomSource(seed: seed, purpose: 1, index: number)
    let drift = own.uniform(-luck, luck)
    return (0..<images).map { image in
      var shared = RandomSource(seed: seed, purpose: 2, index: image)
      var detections: [Detection<ImagePixels>] = [], truths: [LabeledBox<ImagePixels>] = []
      for object in 0..<2 + shared.below(3) {
        let x = Float(object) * 100, kind = shared.below(2)
        let box = Box<ImagePixels>(minX: x, minY: 0, maxX: x + 50, maxY: 50)
        truths.append(LabeledBox(box: box, classIndex: kind))
        let easy = shared.uniform()
        if own.uniform() < 0.2 + 0.4 * easy + skill + drift {
          let shift = Float(own.uniform(0, 20 * (1 - skill - drift)))
          detections.append(
            Detection(
              box: Box(minX: x + shift, minY: 0, maxX: x + 50 + shift, maxY: 50),
              confidence: Float(own.uniform(0.3, 1)), classIndex: kind))
        }
        if own.happens(0.3) {
          detections.append(
            Detection(
              box: Box(minX: x, minY: 300, maxX: x + 50, maxY: 350),
              confidence: Float(own.uniform(0, 0.6)), classIndex: kind))
        }
      }
      return MatchedImage(ImageResult(detections: detections, truths: truths), rules: .current)
    }
  }
}

@Suite struct StudentTests {
  /// The two-sided 95 % and 99 % points of the tables (Abramowitz & Stegun, table 26.10).
  @Test(arguments: [
    (1, 12.706, 63.657), (2, 4.303, 9.925), (3, 3.182, 5.841), (4, 2.776, 4.604),
    (5, 2.571, 4.032), (10, 2.228, 3.169), (29, 2.045, 2.756), (120, 1.980, 2.617),
  ])
  func `quantiles are those of the tables`(degrees: Int, at95: Double, at99: Double) {
    let student = StudentDistribution(degrees: degrees)
    #expect(abs(student.halfWidth(level: 0.95) - at95) < 0.0006)
    #expect(abs(student.halfWidth(level: 0.99) - at99) < 0.0006)
    #expect(student.halfWidth(level: 0) < 1e-12)
  }

  @Test func `a spread has the mean, the deviation and the interval of the textbook`() {
    let spread = Spread([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(spread.mean == 5)
    #expect(abs(spread.deviation - (32.0 / 7).squareRoot()) < 1e-12)
    // t with 7 degrees of freedom is 2.365.
    let reach = 2.365 * (32.0 / 7 / 8).squareRoot()
    #expect(abs(spread.interval.lower - (5 - reach)) < 0.001)
    #expect(abs(spread.interval.upper - (5 + reach)) < 0.001)
    #expect(Spread([3, 3]).interval == Interval(lower: 3, upper: 3))
  }
}

@Suite struct ComparisonTests {
  @Test(arguments: EvaluationRules.allCases)
  func `images that count several times score as images that are repeated`(rules: EvaluationRules) {
    let images = MadeUpRuns(images: 12, seed: 3).run(0, skill: 0.2)
    var source = RandomSource(seed: 7)
    for round in 0..<30 {
      var times = images.map { _ in source.below(4) }
      if round == 0 { times = images.map { _ in 1 } }
      for ranked in Ranking(images).classes {
        let objects = zip(images, times).reduce(0) { sum, pair in
          sum + pair.0.truths.count { $0 == ranked.classIndex } * pair.1
        }
        guard objects > 0 else { continue }
        var repeated = ranked
        repeated.instances = objects
        repeated.rows = ranked.rows.flatMap { Array(repeating: $0, count: times[$0.image]) }
        #expect(
          ranked.averagePrecisions(rules, times: times, objects: objects)
            == repeated.averagePrecisions(rules))
      }
    }
  }

  private func difference(
    _ runs: [[MatchedImage]], _ others: [[MatchedImage]], seed: UInt64 = 0,
    sharesSeeds: Bool = false, samples: Int = 300
  ) -> ScoreDifference? {
    var source = RandomSource(seed: seed, purpose: 201)
    return ScoreDifference(
      of: runs, against: others, sharesSeeds: sharesSeeds, samples: samples, source: &source)
  }

  @Test func `a run is no better than itself`() throws {
    let run = MadeUpRuns(images: 20, seed: 1).run(0, skill: 0.1)
    let same = try #require(difference([run], [run]))
    #expect(same.value == 0 && same.interval == Interval(lower: 0, upper: 0))
    #expect(!same.isSignificant)
  }

  @Test func `the difference is that of the means, and its sign turns with the sides`()
    throws
  {
    let made = MadeUpRuns(images: 30, seed: 2)
    let a = (0..<3).map { made.run($0, skill: 0) }
    let b = (3..<6).map { made.run($0, skill: 0.35) }
    let forth = try #require(difference(b, a)), back = try #require(difference(a, b))
    func mean(_ runs: [[MatchedImage]]) -> Double {
      runs.map { run in
        let classes = Ranking(run).classes.map { $0.averagePrecisions(.current).mean }
        return classes.mean
      }.mean
    }
    #expect(abs(forth.value - (mean(b) - mean(a))) < 1e-12)
    #expect(forth.value == -back.value && forth.value > 0 && forth.isSignificant)
    #expect(forth.interval.lower < forth.value && forth.value < forth.interval.upper)
    #expect(try #require(difference(b, a)) == forth)
    #expect(try #require(difference(b, a, seed: 1)).interval != forth.interval)
    #expect(forth.images == 30 && forth.runs == 3 && forth.others == 3)
  }

  @Test func `pairing images makes the interval narrower than two intervals beside each other`()
    throws
  {
    // The second run misses what the first misses, and a little more.
    let made = MadeUpRuns(images: 40, seed: 5)
    let a = made.run(0, skill: 0.3)
    let b = a.map { image in
      MatchedImage(rows: image.rows.filter { $0.confidence > 0.4 }, truths: image.truths)
    }
    let paired = try #require(difference([a], [b]))
    #expect(paired.interval.upper - paired.interval.lower < 0.1)
    #expect(paired.isSignificant)
  }

  @Test func `runs on other objects cannot be compared`() {
    let a = MadeUpRuns(images: 6, seed: 1).run(0, skill: 0)
    let b = MadeUpRuns(images: 6, seed: 2).run(0, skill: 0)
    #expect(difference([a], [b]) == nil)
    let none = a.map { MatchedImage(rows: $0.rows, truths: []) }
    #expect(difference([none], [none]) == nil)
  }

  @Test func `what is luck is called significant in about one of twenty cases`() throws {
    // 60 times two studies of the same skill, three seeds each, whose runs scatter.
    var calls = 0
    for trial in 0..<60 {
      let made = MadeUpRuns(images: 40, seed: UInt64(100 + trial))
      let a = (0..<3).map { made.run($0, skill: 0.2, luck: 0.1) }
      let b = (3..<6).map { made.run($0, skill: 0.2, luck: 0.1) }
      if try #require(difference(b, a, samples: 200)).isSignificant { calls += 1 }
    }
    // Of 60 cases 3 are expected; 9 or more come with a chance below 1 %.
    #expect(calls <= 8, "\(calls) of 60")
  }
}
