import Geometry
import Layers
import Synchronization
import TestSupport
import Tensors
import Testing
import Training
import YOLO

/// The promises of docs/numerics.md on a whole network: training steps give the same bits, whatever
/// computes them.
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
    threads: Int, memory: MemoryMode = .normal, freezing: Freezing = .none, batch: Int = 3,
    size: (height: Int, width: Int) = (96, 64), backend: any ConvolutionBackend = NativeBackend(),
    over exchange: (any BatchExchange)? = nil
  ) throws -> Trace {
    let model = try model()
    model.freeze(freezing)
    let compute = Compute(pool: ThreadPool(threads: threads), backend: backend)
    let optimizer = Optimizer(
      .sgd, of: model.parameters, momentum: 0.9, weightDecay: 0.0005, threads: compute.pool)
    let ema = WeightEMA(of: model.emaSources, threads: compute.pool)
    let network = try TrainingNetwork(
      model.graph, count: batch, over: exchange, height: size.height, width: size.width,
      memoryMode: memory, on: compute)
    let pixels: [Float] = (0..<batch * 3 * size.height * size.width).map { (index: Int) -> Float in
      Float((index * 7919) % 256) / 255
    }
    let image = Tensor(pixels, shape: [batch, 3, size.height, size.width])
    let targets = (0..<batch).map { index in
      [
        LabeledBox<Normalized>(
          box: Box(centerX: 0.4, centerY: 0.5, width: 0.3, height: 0.4), classIndex: index % 3)
      ]
    }
    var trace = Trace()
    for _ in 0..<2 {
      network.input.fill(from: image)
      network.forward()
      trace.losses.append(
        DetectionLoss().evaluate(
          model.headOutput(network.outputs), targets: targets, imageSize: size,
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
      ema.update()
    }
    for state in [model.stateDictionary(), ema.state(like: model, rounded: false)] {
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
    for threads in [1, 2, 3, 8, 16, 64] {
      let got = try train(threads: threads, memory: memory, freezing: freezing)
      #expect(got == wanted, "\(threads) threads, memory \(memory)")
    }
  }

  @Test(arguments: [MemoryMode.normal, .low], [Freezing.none, .first(3)])
  func `going through the layers in groups of images does not show in the bits of training`(
    memory: MemoryMode, freezing: Freezing
  ) throws {
    // 16 images are eight shards of two; 19 are shards of two and of three.
    for batch in [16, 19] {
      let groups = WatchedBackend(computesImagesApart: true)
      let whole = WatchedBackend(computesImagesApart: false)
      let traces = try [groups, whole].map { backend in
        try train(
          threads: 2, memory: memory, freezing: freezing, batch: batch, size: (256, 256),
          backend: backend)
      }
      #expect(traces[0] == traces[1])
      // Maps of this size are worth it; else nothing would have been tried.
      #expect(groups.fewestImages < batch && groups.fewestImagesOfGradients < batch)
      #expect(whole.fewestImages == batch && whole.fewestImagesOfGradients == batch)
    }
  }

  @Test func `a gradient summed up group by group reaches the exchange with ranks whole`() throws {
    let backend = WatchedBackend(computesImagesApart: true)
    let traces = try [nil, LoneExchange()].map { exchange in
      try train(threads: 2, batch: 16, size: (256, 256), backend: backend, over: exchange)
    }
    #expect(traces[0] == traces[1])
    #expect(backend.fewestImagesOfGradients < 16)
  }

  @Test(arguments: [1, 2, 5, 16, 32, 64])
  func `every set of kernels trains to the same bits on any number of threads`(
    threads: Int
  ) throws {
    let best = try train(threads: 2)
    for set in KernelSet.allCases where set.isAvailable {
      let got = try withKernels(set) { try train(threads: threads) }
      #expect(got == best, "\(set)")
    }
  }

  @Test(arguments: [8, 64])
  func `a network of the real size trains to the same bits however it is cut`(
    threads: Int
  ) throws {
    // Its layers are large enough for every way to cut a pass; two rehearsals, since the cut shows
    // nowhere but in the bits.
    let model = Model(.yolov8(.n, classes: 4))
    model.initialize(seed: 3)
    func gradients(_ pool: ThreadPool) throws -> [[UInt32]] {
      let network = try TrainingNetwork(
        model.graph, count: 4, height: 128, width: 128,
        on: Compute(pool: pool, backend: NativeBackend()))
      let pixels = (0..<4 * 3 * 128 * 128).map { (index: Int) -> Float in
        Float((index * 7919) % 256) / 255
      }
      network.input.fill(from: Tensor(pixels, shape: [4, 3, 128, 128]))
      network.forward()
      _ = DetectionLoss().evaluate(
        model.headOutput(network.outputs), targets: [[], [], [], []], imageSize: (128, 128),
        gradient: model.headOutput(network.outputGradients), on: pool)
      network.backward()
      return model.parameters.map { parameter in
        (0..<parameter.count).map { (index: Int) -> UInt32 in
          defer { unsafe parameter.gradient.base[index] = 0 }
          return unsafe parameter.gradient.base[index].bitPattern
        }
      }
    }
    let wanted = try gradients(ThreadPool(threads: 2))
    #expect(wanted.joined().contains { $0 << 1 != 0 })
    #expect(try gradients(ThreadPool(rehearsing: threads, into: TaskRecord())) == wanted)
    #expect(try gradients(ThreadPool(threads: threads)) == wanted)
  }
}

/// An exchange between one rank and nobody.
private final class LoneExchange: BatchExchange {
  let rank = 0, ranks = 1
  let failure: String? = nil

  func gather(_ numbers: [Double], counts: [Int]) -> [[Double]]? { [numbers] }
  func broadcast(_ bytes: [UInt8]) -> [UInt8]? { bytes }

  func add(
    count: Int, shards: BatchShards, to target: FloatBuffer,
    _ compute: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let sums = FloatBuffer(count: count)
    // SAFETY: a single rank holds one tree, the whole batch.
    unsafe compute(sums.base)
    for index in 0..<count { unsafe target.base[index] += sums.base[index] }
  }

  func finish() -> Bool { true }
  func end(because reason: String) {}
}

/// The native backend, watched for how many images its passes are given at once.
private final class WatchedBackend: ConvolutionBackend {
  let name = "watched"
  let computesImagesApart: Bool
  private let native = NativeBackend()
  private let fewest = Mutex(Int.max)
  private let fewestOfGradients = Mutex(Int.max)

  init(computesImagesApart: Bool) { self.computesImagesApart = computesImagesApart }

  var fewestImages: Int { fewest.withLock { $0 } }
  var fewestImagesOfGradients: Int { fewestOfGradients.withLock { $0 } }

  func packedCount(_ shape: ConvolutionShape, for use: PackedUse) -> Int {
    native.packedCount(shape, for: use)
  }

  func pack(
    _ weights: UnsafePointer<Float>, _ shape: ConvolutionShape, for use: PackedUse,
    into packed: UnsafeMutablePointer<Float>, on compute: Compute
  ) {
    unsafe native.pack(weights, shape, for: use, into: packed, on: compute)
  }

  func forward(
    _ shape: ConvolutionShape, x: FeatureMap, weights: UnsafePointer<Float>,
    packedFor use: PackedUse, y: FeatureMap, epilogue: Epilogue, on compute: Compute
  ) {
    fewest.withLock { $0 = min($0, x.count) }
    unsafe native.forward(
      shape, x: x, weights: weights, packedFor: use, y: y, epilogue: epilogue, on: compute)
  }

  func dataGradient(
    _ shape: ConvolutionShape, dz: FeatureMap, weights: UnsafePointer<Float>, dx: FeatureMap,
    accumulate: Bool, on compute: Compute
  ) {
    unsafe native.dataGradient(
      shape, dz: dz, weights: weights, dx: dx, accumulate: accumulate, on: compute)
  }

  func weightGradient(
    _ shape: ConvolutionShape, x: FeatureMap, dz: FeatureMap, shards: BatchShards,
    sums: UnsafeMutablePointer<Float>, adding: Bool, on compute: Compute
  ) {
    fewestOfGradients.withLock { $0 = min($0, x.count) }
    unsafe native.weightGradient(
      shape, x: x, dz: dz, shards: shards, sums: sums, adding: adding, on: compute)
  }
}
