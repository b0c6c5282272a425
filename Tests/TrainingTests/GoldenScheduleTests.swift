import Foundation
import TestSupport
import Testing
import Training

/// Rules and schedules as the reference computed them; both sides use doubles, so 1e-9 is plenty.
@Suite(.golden("schedule")) struct GoldenScheduleTests {
  private struct Schedules: Decodable {
    let this_version: [String: Run]
    let classic_rule_100_iterations: [String: Run]
  }

  private struct Run: Decodable {
    let epochs: Int, batches_per_epoch: Int, batch: Int, warmup_iterations: Int
    let optimizer: String
    let lr0: Double, lrf: Double, warmup_epochs: Double, warmup_bias_lr: Double
    let warmup_momentum: Double, momentum: Double
    let cos_lr: Bool
    let per_iteration: Iterations
  }

  private struct Iterations: Decodable {
    let lr_weight: [Double], lr_bn: [Double], lr_bias: [Double]
    let momentum: [Double?]
    let accumulate: [Int]
    let optimizer_step: [Bool]
  }

  private func schedules() throws -> Schedules {
    let folder = try #require(Shared.golden("schedule"))
    return try JSONDecoder().decode(
      Schedules.self, from: Data(contentsOf: folder.appendingPathComponent("schedules.json")))
  }

  private func settings(of run: Run, classic: Bool) -> Schedule.Settings {
    var settings = Schedule.Settings()
    (settings.lr0, settings.lrf, settings.cosine) = (run.lr0, run.lrf, run.cos_lr)
    (settings.momentum, settings.warmupMomentum) = (run.momentum, run.warmup_momentum)
    (settings.warmupEpochs, settings.warmupBiasRate) = (run.warmup_epochs, run.warmup_bias_lr)
    (settings.batch, settings.capsShortRuns) = (run.batch, !classic)
    settings.warmupFloor = classic ? 100 : 0
    return settings
  }

  private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * abs(b) }

  private func expect(_ run: Run, named name: String, classic: Bool) {
    let schedule = Schedule(
      epochs: run.epochs, batchesPerEpoch: run.batches_per_epoch,
      settings: settings(of: run, classic: classic))
    #expect(schedule.warmup ?? 0 == run.warmup_iterations, "\(name)")
    var accumulation = Accumulation()
    let want = run.per_iteration
    for i in want.lr_weight.indices {
      let step = schedule.step(i)
      #expect(close(step.weightRate, want.lr_weight[i]), "\(name): lr_weight of iteration \(i)")
      #expect(close(step.scaleRate, want.lr_bn[i]), "\(name): lr_bn of iteration \(i)")
      #expect(close(step.biasRate, want.lr_bias[i]), "\(name): lr_bias of iteration \(i)")
      if let momentum = want.momentum[i] {
        #expect(close(step.momentum, momentum), "\(name): momentum of iteration \(i)")
      }
      #expect(step.accumulate == want.accumulate[i], "\(name): accumulate of iteration \(i)")
      let steps = accumulation.steps(after: i, accumulate: step.accumulate)
      #expect(steps == want.optimizer_step[i], "\(name): step after iteration \(i)")
    }
    for _ in 0..<6 { countGoldenComparison() }
  }

  @Test func `every iteration of this version's schedules agrees`() throws {
    for (name, run) in try schedules().this_version { expect(run, named: name, classic: false) }
  }

  @Test func `every iteration of the classic schedules agrees`() throws {
    for (name, run) in try schedules().classic_rule_100_iterations {
      expect(run, named: name, classic: true)
    }
  }

  private func rules() throws -> [String: Any] {
    try goldenJSON(try #require(Shared.golden("schedule")).appendingPathComponent("rules.json"))
  }

  @Test func `the automatic optimizer agrees up to 10,000 iterations and is SGD above`() throws {
    let section = try #require(try rules()["auto_optimizer"] as? [String: Any])
    for row in try #require(section["cases"] as? [[String: Any]]) {
      let iterations = try #require(row["iterations"] as? Int)
      let classes = try #require(row["nc"] as? Int)
      let options = try TrainingOptions([("epochs", .integer(iterations))])
      let plan = TrainingPlan(options: options, facts: TrainingFacts(images: 20, classes: classes))
      let rate = try #require(row["args_lr0_after"] as? Double)
      #expect(close(plan.options.lr0, rate))
      #expect(plan.options.warmupBiasRate == row["args_warmup_bias_lr_after"] as? Double)
      // Above 10,000 iterations the reference's newest optimizer is out of scope: SGD, as classically.
      let want = row["optimizer"] as? String == "MuSGD" ? "SGD" : row["optimizer"] as? String
      #expect(plan.method.rawValue == want)
      #expect(plan.options.momentum == 0.9)
      countGoldenComparison()
    }
  }

  @Test func `accumulated batches and weight decay follow the batch size`() throws {
    let section = try #require(try rules()["accumulate_and_weight_decay"] as? [String: Any])
    for row in try #require(section["rows"] as? [[String: Any]]) {
      let batch = try #require(row["batch"] as? Int)
      let options = try TrainingOptions([
        ("batch", .integer(batch)), ("epochs", .integer(1000)), ("warmup_epochs", .number(0)),
      ])
      let plan = TrainingPlan(options: options, facts: TrainingFacts(images: 1000, classes: 2))
      #expect(plan.schedule.step(0).accumulate == row["accumulate"] as? Int, "batch \(batch)")
      #expect(close(plan.weightDecay, try #require(row["weight_decay"] as? Double)))
      countGoldenComparison()
    }
  }

  @Test func `fitness weighs the scores as this version does`() throws {
    let weights = try #require(try rules()["fitness_weights"] as? [String: Double])
    let fitness = Compatibility.current.fitness
    #expect(
      fitness
        == Fitness(
          map50: try #require(weights["map50"]), map50_95: try #require(weights["map50_95"])))
    #expect(Compatibility.classic.fitness(map50: 0.5, map50_95: 0.2) == 0.1 * 0.5 + 0.9 * 0.2)
    countGoldenComparison()
  }

  @Test func `early stopping stops and writes the best checkpoint where the reference does`() throws
  {
    let section = try #require(try rules()["early_stopping"] as? [String: [String: Any]])
    for (name, run) in section {
      var stopping = EarlyStopping(patience: try #require(run["patience"] as? Int))
      for row in try #require(run["rows"] as? [[String: Any]]) {
        let epoch = try #require(row["epoch"] as? Int)
        let verdict = stopping.record(epoch: epoch, fitness: row["fitness"] as? Double)
        #expect(verdict.stops == row["stop"] as? Bool, "\(name), epoch \(epoch)")
        #expect(verdict.mayStop == row["possible_stop"] as? Bool, "\(name), epoch \(epoch)")
        #expect(verdict.isBest == row["writes_best_pt"] as? Bool, "\(name), epoch \(epoch)")
        #expect(stopping.bestEpoch == row["best_epoch"] as? Int, "\(name), epoch \(epoch)")
        #expect(stopping.best == row["stopper_best"] as? Double, "\(name), epoch \(epoch)")
      }
      countGoldenComparison()
    }
  }

  @Test func `mosaic closes when the reference closes it`() throws {
    for row in try #require(try rules()["close_mosaic"] as? [[String: Any]]) {
      let epochs = try #require(row["epochs"] as? Int)
      let closing = try #require(row["close_mosaic"] as? Int)
      for (rules, key) in [
        (Compatibility.current, "closed_before_epoch_index"),
        (.classic, "classic_closed_before_epoch_index"),
      ] {
        let closes = TrainingPlan.mosaicClosing(epochs: epochs, closing: closing, rules: rules)
        #expect(closes == row[key] as? Int, "\(epochs) epochs, closing \(closing), \(rules)")
      }
      countGoldenComparison()
    }
  }

  @Test func `the average's decay agrees`() throws {
    for (update, decay) in try #require(try rules()["ema_decay"] as? [String: Double]) {
      #expect(close(WeightEMA.decay(try #require(Int(update))), decay), "update \(update)")
    }
    countGoldenComparison()
  }
}
