import Foundation
import Layers
import TestSupport
import Tensors
import Testing
import Training

/// The first step of every golden run, from the reference's own gradients, without a network.
///
/// With the gradients given, only the rounding of a handful of operations separates the two sides;
/// 1e-6 is some ten units in the last place of weights around 1.
@Suite(.golden("train_step/sgd_step1.safetensors")) struct GoldenOptimizerTests {
  private struct Runs: Decodable {
    let clip_norm: Double
    let runs: [String: Run]
  }

  private struct Run: Decodable {
    let name: String, lr: Double, momentum: Double, decay: Double, freeze: Int?
    let history: [Step]
    let groups: [Group]
  }

  private struct Step: Decodable {
    let grad_norm: Double
  }

  private struct Group: Decodable {
    let name: String, params: [String]
  }

  private func file(_ name: String) throws -> GoldenFile {
    try GoldenFile(try #require(Shared.golden("train_step/\(name).safetensors")))
  }

  private func runs() throws -> Runs {
    let folder = try #require(Shared.golden("train_step"))
    return try JSONDecoder().decode(
      Runs.self, from: Data(contentsOf: folder.appendingPathComponent("train_step.json")))
  }

  /// The parameters in the groups' order, with the reference's values and gradients.
  private func parameters(of run: Run, forward: GoldenFile) throws -> [Parameter] {
    let initial = try file("init")
    let frozen = (0..<(run.freeze ?? 0)).map { "model.\($0)." } + ["model.22.dfl."]
    return try run.groups.flatMap { group in
      try group.params.map { name in
        let value = try initial.tensor(name)
        let role: Parameter.Role =
          group.name == "weight" ? .weight : group.name == "bn" ? .scale : .bias
        let parameter = Parameter(name, shape: value.shape, role: role)
        fill(parameter.value, value)
        parameter.isFrozen = frozen.contains { name.hasPrefix($0) }
        if !parameter.isFrozen { fill(parameter.gradient, try forward.tensor("grad." + name)) }
        return parameter
      }
    }
  }

  private func fill(_ buffer: FloatBuffer, _ tensor: Tensor) {
    // SAFETY: the buffer was made for the tensor's shape.
    for (i, scalar) in tensor.scalars.enumerated() { unsafe buffer.base[i] = scalar }
  }

  private func tensor(_ buffer: FloatBuffer, _ shape: Shape) -> Tensor {
    // SAFETY: the buffer holds as many floats as the shape.
    Tensor((0..<shape.count).map { unsafe buffer.base[$0] }, shape: shape)
  }

  @Test(arguments: ["sgd", "adamw", "freeze10_sgd"])
  func `the first step moves every weight as the reference does`(name: String) throws {
    let all = try runs()
    let run = try #require(all.runs[name])
    let forward = try file(run.freeze == nil ? "forward" : name + "_forward")
    let parameters = try parameters(of: run, forward: forward)
    let threads = ThreadPool(threads: 2)
    let after = try file(name + "_step1")
    let statistics = try self.statistics(after: after)
    let ema = WeightEMA(
      of: parameters.map { .init(name: $0.name, values: $0.value) } + statistics.sources,
      threads: threads)
    let optimizer = Optimizer(
      run.name == "SGD" ? .sgd : .adamW, of: parameters, momentum: run.momentum,
      weightDecay: run.decay, threads: threads)
    let rates = Schedule.Step(
      weightRate: run.lr, scaleRate: run.lr, biasRate: run.lr, momentum: run.momentum,
      accumulate: 1)

    let norm = optimizer.step(rates, maximumNorm: all.clip_norm)
    for (source, after) in zip(statistics.sources, statistics.after) { fill(source.values, after) }
    ema.update()

    let golden = try #require(run.history.first).grad_norm
    #expect(abs(norm - golden) < 1e-5 * golden, "the reference sums the norm in float32")
    for parameter in parameters {
      expectGolden(
        tensor(parameter.value, parameter.shape), equals: try after.tensor(parameter.name),
        parameter.name, absolute: 1e-6)
      #expect(tensor(parameter.gradient, parameter.shape).scalars.allSatisfy { $0 == 0 })
    }
    guard run.freeze == nil else { return }
    let recorded = try file(name + "_step1_ema")
    ema.exchange()
    for parameter in parameters {
      expectGolden(
        tensor(parameter.value, parameter.shape), equals: try recorded.tensor(parameter.name),
        "average of " + parameter.name, absolute: 1e-6)
    }
    for (source, tensor) in zip(statistics.sources, statistics.after) {
      expectGolden(
        self.tensor(source.values, tensor.shape), equals: try recorded.tensor(source.name),
        "average of " + source.name, absolute: 1e-6)
    }
  }

  @Test func `frozen weights stay to the last bit, and so do their averages`() throws {
    let run = try #require(try runs().runs["freeze10_sgd"])
    let parameters = try parameters(of: run, forward: try file("freeze10_sgd_forward"))
    let frozen = parameters.filter(\.isFrozen)
    let threads = ThreadPool(threads: 2)
    let before = frozen.map { tensor($0.value, $0.shape) }
    let ema = WeightEMA(
      of: frozen.map { .init(name: $0.name, values: $0.value) }, threads: threads)
    let optimizer = Optimizer(
      .sgd, of: parameters, momentum: run.momentum, weightDecay: run.decay, threads: threads)
    let rates = Schedule.Step(
      weightRate: run.lr, scaleRate: run.lr, biasRate: run.lr, momentum: run.momentum,
      accumulate: 1)
    for _ in 0..<3 {
      optimizer.step(rates)
      ema.update()
    }
    ema.exchange()
    #expect(!frozen.isEmpty)
    #expect(frozen.map { tensor($0.value, $0.shape) } == before)
    countGoldenComparison()
  }

  /// Running statistics: at rest before the step, and as the reference's forward pass left them.
  private func statistics(
    after: GoldenFile
  ) throws -> (sources: [WeightEMA.Source], after: [Tensor]) {
    let initial = try file("init")
    let names = initial.arrays.keys.filter { $0.contains("running_") }.sorted()
    let sources = try names.map { name in
      let value = try initial.tensor(name)
      let buffer = FloatBuffer(count: value.shape.count)
      fill(buffer, value)
      return WeightEMA.Source(name: name, values: buffer)
    }
    return (sources, try names.map { try after.tensor($0) })
  }
}
