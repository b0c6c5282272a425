import Files
import Foundation
import Layers
import TestSupport
import Tensors
import Testing

import Training

/// Parameters large enough for several pieces, with reproducible values and gradients.
private struct Bench {
  let parameters: [Parameter]
  let optimizer: Optimizer
  let ema: WeightEMA

  init(_ method: Optimizer.Method, threads: Int) {
    let pool = ThreadPool(threads: threads)
    parameters = [
      Parameter("model.0.conv.weight", shape: [40_000], role: .weight),
      Parameter("model.0.bn.weight", shape: [7], role: .scale),
      Parameter("model.0.bn.bias", shape: [17_000], role: .bias),
    ]
    for parameter in parameters {
      // SAFETY: the index stays below the parameter's count.
      for i in 0..<parameter.count { unsafe parameter.value.base[i] = Float(i % 13) / 13 - 0.4 }
    }
    optimizer = Optimizer(
      method, of: parameters, momentum: 0.9, weightDecay: 0.0005, threads: pool)
    ema = WeightEMA(
      of: parameters.map { .init(name: $0.name, values: $0.value) }, threads: pool)
  }

  func setGradients(_ round: Int) {
    for parameter in parameters {
      for i in 0..<parameter.count {
        // SAFETY: the index stays below the parameter's count.
        unsafe parameter.gradient.base[i] = Float((i * 7 + round * 3) % 11) / 50 - 0.1
      }
    }
  }

  func train(_ rounds: Range<Int>) {
    for round in rounds {
      setGradients(round)
      optimizer.step(
        .init(weightRate: 0.01, scaleRate: 0.02, biasRate: 0.03, momentum: 0.9, accumulate: 1))
      ema.update()
    }
  }

  var bytes: [Data] {
    parameters.map(\.value.bytes) + ema.averages.map(\.bytes)
      + optimizer.moments.flatMap { $0.map(\.bytes) }
  }
}

@Suite struct OptimizerTests {
  @Test(arguments: [Optimizer.Method.sgd, .adam, .adamW])
  func `any number of threads gives the same bits`(method: Optimizer.Method) {
    let one = Bench(method, threads: 1)
    one.train(0..<4)
    for threads in [2, 3, 8] {
      let many = Bench(method, threads: threads)
      many.train(0..<4)
      #expect(many.bytes == one.bytes, "\(threads) threads")
    }
  }

  @Test(arguments: [Optimizer.Method.sgd, .adam, .adamW])
  func `a parameter moves with its share of the rate`(method: Optimizer.Method) {
    func moved(by share: Double) -> Float {
      let parameter = Parameter("model.0.bn.bias", shape: [1], role: .bias)
      // SAFETY: there is one weight and one gradient.
      unsafe parameter.gradient.base[0] = 0.5
      let optimizer = Optimizer(
        method, of: [parameter], momentum: 0.9, weightDecay: 0, share: { _ in share },
        threads: ThreadPool(threads: 1))
      optimizer.step(
        .init(weightRate: 0, scaleRate: 0, biasRate: 0.1, momentum: 0.9, accumulate: 1))
      return unsafe parameter.value.base[0]
    }
    #expect(moved(by: 1) < 0 && moved(by: 0) == 0)
    #expect(abs(moved(by: 0.25) - moved(by: 1) / 4) < 1e-7)
  }

  @Test func `the average follows its own limit and rise`() {
    // 0.5 (1 - exp(-1)), where 0.5 is the limit and one rise has gone by.
    #expect(abs(WeightEMA.decay(4, limit: 0.5, rise: 4) - 0.316_060_279_414_279) < 1e-12)
    let weight = FloatBuffer(count: 1)
    let ema = WeightEMA(
      of: [.init(name: "w", values: weight)], limit: 0.5, rise: 0.001,
      threads: ThreadPool(threads: 1))
    // SAFETY: there is one weight.
    unsafe weight.base[0] = 1
    ema.update()
    #expect(unsafe ema.averages[0].base[0] == 0.5)
  }

  @Test(arguments: [Optimizer.Method.sgd, .adam, .adamW])
  func `three steps agree with the formulas in double precision`(method: Optimizer.Method) {
    let bench = Bench(method, threads: 2)
    let position = 5, start = Double(5 % 13) / 13 - 0.4
    var p = start, m = 0.0, v = 0.0
    for round in 0..<3 {
      bench.setGradients(round)
      let norm = bench.optimizer.gradientNorm()
      var g = (Double((position * 7 + round * 3) % 11) / 50 - 0.1) * min(1, 10 / (norm + 1e-6))
      switch method {
      case .sgd:
        g += 0.0005 * p
        m = 0.9 * m + g
        p -= 0.01 * (g + 0.9 * m)
      case .adam, .adamW:
        if method == .adam { g += 0.0005 * p } else { p *= 1 - 0.01 * 0.0005 }
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        let t = Double(round + 1)
        p -= 0.01 * (m / (1 - pow(0.9, t))) / ((v / (1 - pow(0.999, t))).squareRoot() + 1e-8)
      }
      bench.train(round..<round + 1)
    }
    let got = unsafe Double(bench.parameters[0].value.base[position])
    #expect(abs(got - p) < 1e-6, "a few roundings of a weight below 1")
    #expect(abs(p - start) > 1e-4, "the weight has moved")
  }

  @Test func `large gradients are scaled to norm ten and bad ones move nothing`() {
    let bench = Bench(.sgd, threads: 2)
    bench.setGradients(0)
    #expect(bench.optimizer.gradientNorm() > 10)
    let before = bench.bytes
    // SAFETY: the parameter has 40,000 weights.
    unsafe bench.parameters[0].gradient.base[39_999] = .nan
    let norm = bench.optimizer.step(
      .init(weightRate: 0.01, scaleRate: 0.01, biasRate: 0.01, momentum: 0.9, accumulate: 1))
    #expect(norm.isNaN)
    #expect(bench.bytes == before)
    #expect(bench.optimizer.steps == 0)
  }

  @Test func `exchanging twice brings the weights back`() {
    let bench = Bench(.sgd, threads: 2)
    bench.train(0..<2)
    let before = bench.bytes
    bench.ema.exchange()
    #expect(bench.bytes != before)
    bench.ema.exchange()
    #expect(bench.bytes == before)
  }

  private func progress() -> RunState.Progress {
    RunState.Progress(
      epochs: 2, optimizerSteps: 0, averageUpdates: 0, method: .sgd, accumulation: Accumulation(),
      stopping: EarlyStopping(patience: 3),
      results: [
        EpochResult(
          epoch: 1, seconds: 0.1, train: Losses(box: 1.0 / 3, cls: .nan, dfl: 3), scores: nil,
          validation: nil, rates: [0.1, 0.2, 0.3]),
        EpochResult(
          epoch: 2, seconds: 0.2, train: Losses(box: 1, cls: 2, dfl: 3),
          scores: EpochScores(precision: 0.5, recall: 1.0 / 3, map50: 0.25, map50_95: 0.125),
          validation: Losses(box: 4, cls: 5, dfl: 1.0 / 7), rates: [0.1, 0.2, 0.3]),
      ], identity: "abc", start: "def")
  }

  @Test(arguments: [Optimizer.Method.sgd, .adamW])
  func `a run that goes on from its saved state ends with the same bits`(
    method: Optimizer.Method
  ) throws {
    let whole = Bench(method, threads: 2)
    whole.train(0..<6)

    let first = Bench(method, threads: 2)
    first.train(0..<3)
    first.setGradients(99)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("yolos-\(UUID().uuidString)/state.yolosrun").path
    try RunState.write(
      progress(), parameters: first.parameters, optimizer: first.optimizer, ema: first.ema,
      pending: true, to: path)
    let second = Bench(method, threads: 1)
    let read = try RunState.read(path)
    try read.restore(
      parameters: second.parameters, optimizer: second.optimizer, ema: second.ema,
      file: path)
    #expect(second.parameters.map(\.gradient.bytes) == first.parameters.map(\.gradient.bytes))
    second.train(3..<6)
    #expect(second.bytes == whole.bytes)
    #expect(read.progress.results[0].train.cls.isNaN)
    #expect(read.progress.results[0].train.box == 1.0 / 3)
    #expect(read.progress.results[1] == progress().results[1])
    #expect(read.progress.identity == "abc" && read.progress.optimizerSteps == 3)
    try FileManager.default.removeItem(atPath: PathText.folder(of: path))
  }

  @Test func `a damaged or foreign state is refused`() throws {
    let bench = Bench(.sgd, threads: 1)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("yolos-\(UUID().uuidString)/state.yolosrun").path
    try RunState.write(
      progress(), parameters: bench.parameters, optimizer: bench.optimizer, ema: bench.ema,
      pending: false, to: path)
    let whole = try AtomicFile.read(path)
    try FileManager.default.removeItem(atPath: PathText.folder(of: path))
    func problem(_ content: Data) -> RunStateError.Problem? {
      do throws(RunStateError) {
        _ = try RunState.decode(content, file: "s")
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(problem(whole) == nil)
    #expect(problem(Data()) == .notAState)
    #expect(problem(Data("something else".utf8)) == .notAState)
    for length in [8, 20, 47, 100, whole.count - 1] {
      #expect(problem(whole.prefix(length)) == .damaged, "\(length) bytes")
    }
    var flipped = whole
    flipped[whole.count / 2] ^= 1
    #expect(problem(flipped) == .damaged)

    let other = Bench(.adamW, threads: 1)
    let state = try RunState.decode(whole, file: "s")
    #expect(throws: RunStateError(file: "s", problem: .otherRun)) {
      try state.restore(
        parameters: other.parameters, optimizer: other.optimizer, ema: other.ema,
        file: "s")
    }
  }
}
