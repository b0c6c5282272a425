import Layers
import Tensors
import Testing
import Training

@Suite struct JudgementTests {
  /// Epochs from made-up curves; `t` runs from 0 to 1.
  private func run(
    _ epochs: Int = 50, train: (Double) -> Double, validation: (Double) -> Double,
    score: (Double) -> Double
  ) -> [EpochResult] {
    (1...epochs).map { epoch in
      let t = Double(epoch - 1) / Double(max(1, epochs - 1)), map = score(t)
      return EpochResult(
        epoch: epoch, seconds: 0, train: Losses(box: train(t), cls: 0, dfl: 0),
        scores: EpochScores(precision: map, recall: map, map50: min(1, map * 1.2), map50_95: map),
        validation: Losses(box: validation(t), cls: 0, dfl: 0), rates: [0, 0, 0])
    }
  }

  @Test func `curves that only get better show no overfitting`() {
    let calm = run(train: { 3 - 2 * $0 }, validation: { 3 - 1.5 * $0 }, score: { 0.1 + 0.8 * $0 })
    #expect(Overfitting(results: calm).description == "No sign of overfitting.")
  }

  @Test func `a validation loss that turns is a slight sign, one that explodes is severe`() {
    let turning = run(
      train: { 3 - 2 * $0 }, validation: { $0 < 0.5 ? 3 - 2 * $0 : 2 + 0.5 * ($0 - 0.5) },
      score: { 0.1 + 0.8 * min($0, 0.6) })
    let slight = Overfitting(results: turning)
    #expect(slight.verdict == .slight, "\(slight)")
    let exploding = run(
      train: { 3 - 2 * $0 }, validation: { $0 < 0.3 ? 3 - $0 : 2.7 + 8 * ($0 - 0.3) },
      score: { $0 < 0.4 ? 0.2 + $0 : 0.6 - 0.7 * ($0 - 0.4) })
    let severe = Overfitting(results: exploding)
    #expect(severe.verdict == .severe)
    #expect(
      severe.description == """
        Overfits severely: the validation loss rose by 190 % from its lowest in epoch 14, while the \
        training loss fell by 56 %; mAP50-95 fell from 0.579 around epoch 21 to 0.209 at the end.
        """)
  }

  @Test func `one lucky epoch does not decide`() {
    var lucky = run(train: { 3 - 2 * $0 }, validation: { 3 - $0 }, score: { 0.5 + 0.01 * $0 })
    lucky[20].scores?.map50_95 = 0.56
    lucky[20].validation?.box = 1.85
    #expect(Overfitting(results: lucky).verdict == .none)
  }

  @Test func `a loss that rises while training does not fall is no overfitting`() {
    let diverging = run(train: { 1 + $0 }, validation: { 1 + $0 }, score: { _ in 0.5 })
    #expect(Overfitting(results: diverging).verdict == .none)
  }

  @Test(arguments: [(0, Overfitting.Verdict.none), (2, .slight), (8, .clear)])
  func `false alarms count`(alarms: Int, verdict: Overfitting.Verdict) {
    let calm = run(train: { 3 - 2 * $0 }, validation: { 3 - $0 }, score: { 0.1 + 0.8 * $0 })
    let judged = Overfitting(results: calm, falseAlarms: (alarms, 4))
    #expect(judged.verdict == verdict)
    #expect(
      verdict == .none || judged.description.contains("\(alarms) false positives on 4 images"))
  }

  @Test(arguments: [(0.9, Overfitting.Verdict.none), (1.0, .slight)])
  func `the training photographs are compared too`(training: Double, verdict: Overfitting.Verdict) {
    let calm = run(train: { 3 - 2 * $0 }, validation: { 3 - $0 }, score: { 0.4 + 0.4 * $0 })
    #expect(Overfitting(results: calm, trainingScore: training).verdict == verdict)
  }

  @Test func `too few epochs decide nothing and a model that finds nothing has not learned`() {
    let short = run(4, train: { 3 - $0 }, validation: { 3 + 9 * $0 }, score: { _ in 0.5 })
    #expect(Overfitting(results: short).verdict == .undecided)
    #expect(Overfitting(results: short, falseAlarms: (9, 3)).verdict == .clear)
    let blind = run(train: { 3 - $0 }, validation: { 3 - $0 }, score: { 0.05 * $0 })
    #expect(Overfitting(results: blind).verdict == .notLearned)
  }

  @Test
  func `a loss that explodes where nothing was ever found tells not learned from learned by heart`()
  {
    let blind = run(
      train: { 3 - $0 }, validation: { 2 + 4 * $0 }, score: { 0.001 * (1 - $0) })
    #expect(Overfitting(results: blind, trainingScore: 0.01).verdict == .notLearned)
    let byHeart = Overfitting(results: blind, trainingScore: 0.9)
    #expect(byHeart.verdict == .severe && byHeart.signs.count == 2, "\(byHeart)")
    // Where the training images were not looked at, the loss alone has to tell.
    #expect(Overfitting(results: blind).verdict == .clear)
  }

  @Test func `freezing is proved by digests`() {
    let frozen = Parameter("model.0.conv.weight", shape: [3], role: .weight)
    let free = Parameter("model.1.conv.weight", shape: [3], role: .weight)
    frozen.isFrozen = true
    let before = FrozenDigests(of: [frozen, free])
    // SAFETY: both parameters have three weights.
    unsafe free.value.base[0] = 1
    let held = FreezingProof(before: before, after: FrozenDigests(of: [frozen, free]))
    #expect(held.holds && held.compared == 1)
    #expect(held.description.hasPrefix("All 1 frozen arrays are unchanged (SHA-256 "))
    unsafe frozen.value.base[2] = 0x1p-126
    let broken = FreezingProof(before: before, after: FrozenDigests(of: [frozen, free]))
    #expect(
      broken.description
        == "1 of 1 frozen arrays changed, the first of them model.0.conv.weight.")
  }

  @Test func `money is wall time at the rate of an hour`() {
    let cost = Cost(wallSeconds: 1800, cpuSeconds: 3500, peakBytes: 5)
    #expect(cost.money(at: .init(perHour: 3, currency: "EUR")) == 1.5)
    let sum = cost + Cost(wallSeconds: 1, cpuSeconds: 2, peakBytes: 3)
    #expect(sum == Cost(wallSeconds: 1801, cpuSeconds: 3502, peakBytes: 5))
    let measured = CostMeter().cost()
    #expect(measured.wallSeconds >= 0 && measured.cpuSeconds >= 0)
    #expect(measured.peakBytes > 1 << 20, "no Swift process is smaller than a megabyte")
  }

  @Test func `a projection ignores the slow first batch and counts validations`() {
    var projection = Projection(batches: 10, epochs: 3)
    #expect(projection.secondsLeft == nil)
    for seconds in [9.0, 1, 1, 1, 1] { projection.batch(seconds: seconds) }
    #expect(projection.secondsLeft == 25)
    for _ in 0..<5 { projection.batch(seconds: 1) }
    projection.validation(seconds: 4)
    #expect(projection.secondsLeft == 28)
  }

  @Test func `forgetting is told class by class`() {
    let told = Forgetting(
      before: [("oslik", 0.99), ("ovecka", 0.8), ("pes", 0.05), ("prase", 0.5)],
      after: [("oslik", 0.95), ("ovecka", 0.5), ("pes", 0.9)])
    #expect(told.classes.map(\.fate) == [.kept, .weakened, .neverKnown, .forgotten])
    #expect(
      told.description == """
        Forgotten: prase (mAP50 0.500 → no such class); weakened: ovecka (mAP50 0.800 → 0.500); \
        kept: oslik (mAP50 0.990 → 0.950); never known: pes (mAP50 0.050 → 0.900).
        """)
  }
}
