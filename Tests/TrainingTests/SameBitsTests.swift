import CKernels
import Geometry
import Layers
import TestSupport
import Tensors
import Testing
import Training
import YOLO

/// The promises of docs/numerics.md on a whole network: training steps give the same bits, whatever
/// computes them.
///
/// Its tests run one after the other, since the choice of kernels is one for the whole process.
@Suite(.serialized) struct SameBitsTests {
  /// A small detector with every kind of layer, whose channels fill no panel of the kernels.
  private func model() throws -> Model {
    let rows: [Architecture.Row] = [
      .init(.conv(outputs: 8, kernel: 3, stride: 2)),
      .init(.conv(outputs: 16, kernel: 3, stride: 2)),
      .init(.c2f(outputs: 24, repeats: 1, shortcut: true)),
      .init(.conv(outputs: 24, kernel: 3, stride: 2)),
      .init(.sppf(outputs: 24, kernel: 5)),
      .init(.upsample(factor: 2)),
      .init(.concat, from: [-1, 2]),
      .init(.c2f(outputs: 16, repeats: 1, shortcut: false)),
      .init(.detect, from: [7, 4]),
    ]
    let model = Model(try Architecture(rows: rows, classes: 3))
    model.initialize(seed: 7)
    return model
  }

  /// Everything that two training steps leave behind, and the loss of each.
  private struct Trace: Equatable {
    var losses: [LossComponents] = []
    var gradients: [[UInt32]] = []
    var state: [[UInt32]] = []
  }

  private func train(
    threads: Int, memory: MemoryMode = .normal, freezing: Freezing = .none
  ) throws -> Trace {
    let model = try model()
    model.freeze(freezing)
    let compute = Compute(pool: ThreadPool(threads: threads), backend: NativeBackend())
    let optimizer = Optimizer(
      .sgd, of: model.parameters, momentum: 0.9, weightDecay: 0.0005, threads: compute.pool)
    let average = WeightAverage(of: model.averaged, threads: compute.pool)
    let network = try TrainingNetwork(
      model.graph, count: 3, height: 96, width: 64, memoryMode: memory, on: compute)
    let pixels: [Float] = (0..<55_296).map { (index: Int) -> Float in
      Float((index * 7919) % 256) / 255
    }
    let image = Tensor(pixels, shape: [3, 3, 96, 64])
    let targets = (0..<3).map { index in
      [
        LabeledBox<Normalized>(
          box: Box(centerX: 0.4, centerY: 0.5, width: 0.3, height: 0.4), classIndex: index)
      ]
    }
    var trace = Trace()
    for _ in 0..<2 {
      network.input.fill(from: image)
      network.forward()
      trace.losses.append(
        DetectionLoss().evaluate(
          model.headOutput(network.outputs), targets: targets, imageSize: (96, 64),
          gradient: model.headOutput(network.outputGradients), on: compute.pool))
      network.backward()
      for parameter in model.parameters {
        trace.gradients.append(
          (0..<parameter.count).map { (index: Int) -> UInt32 in
            unsafe parameter.gradient.base[index].bitPattern
          })
      }
      optimizer.step(
        Schedule.Step(
          weightRate: 0.01, scaleRate: 0.01, biasRate: 0.01, momentum: 0.9, accumulate: 1))
      average.update()
    }
    for state in [model.stateDictionary(), average.state(like: model, rounded: false)] {
      trace.state += state.names.compactMap { state.tensor($0)?.scalars.map(\.bitPattern) }
    }
    return trace
  }

  @Test(arguments: [MemoryMode.normal, .low], [Freezing.none, .first(3)])
  func `threads and memory mode do not show in the bits of training`(
    memory: MemoryMode, freezing: Freezing
  ) throws {
    let wanted = try train(threads: 1, freezing: freezing)
    // Something was learned: the gradients are not all zero, and the second loss is another one.
    #expect(wanted.losses[0].assigned > 0 && wanted.losses[0] != wanted.losses[1])
    #expect(wanted.gradients.joined().contains { $0 << 1 != 0 })
    for threads in [1, 2, 3, 8] {
      let got = try train(threads: threads, memory: memory, freezing: freezing)
      #expect(got == wanted, "\(threads) threads, memory \(memory)")
    }
  }

  @Test func `the portable kernels train to the bits of the fastest ones`() throws {
    let best = try train(threads: 2)
    yolos_prefer_portable(1)
    defer { yolos_prefer_portable(0) }
    #expect(try train(threads: 2) == best)
  }
}
