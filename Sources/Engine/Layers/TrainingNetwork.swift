public import Tensors

/// How much of a forward pass is kept for the backward pass.
///
/// The results are the same, bit for bit.
public enum MemoryMode: String, Codable, Sendable, CaseIterable {
  /// Keeps what every convolution gave; recomputes normalization and activation.
  case normal
  /// Keeps what passes from module to module; recomputes the convolutions inside. About a quarter
  /// more time, less than half the memory.
  case low
}

/// A network that learns: forward and backward over planned memory.
///
/// Kept from the forward pass are the convolutions' results z, before normalization; their activations
/// are computed anew when the backward pass comes by, and ∂L/∂z is written over z. No gradient is
/// computed below the lowest trained unit.
public final class TrainingNetwork {
  private let forwardWaves: [CacheBlock]
  private let backwardWaves: [CacheBlock]
  private let layout: Layout
  private let weights: PackedWeights
  private let compute: Compute
  private let trainedUnits: [ConvolutionUnit]
  private let plannedInput: PlannedMap
  private let plannedOutputs: [PlannedMap]
  private let plannedGradients: [PlannedMap]
  private let plannedInputGradient: PlannedMap?
  /// Adds up where the time goes, where somebody wants to know.
  package var stopwatch: Stopwatch?
  /// Asked between steps: once it says yes the rest is left out, and what was computed means
  /// nothing.
  package var isAbandoned: () -> Bool = { false }

  /// Images at hand: 0 where other ranks have them all.
  public let count: Int
  /// How the batch is cut, and what of it is at hand.
  public let shards: BatchShards
  /// The ranks that share the batches; nil where there are none.
  public let exchange: (any BatchExchange)?

  /// Plans one training step.
  ///
  /// What is frozen, and which normalizations use their running statistics, is read from the graph's
  /// units now and must not change afterwards.
  ///
  /// - Parameters:
  ///   - graph: The network.
  ///   - count: Images in a batch, of all ranks.
  ///   - exchange: The ranks that share the batch; nil where all of it is at hand.
  ///   - height: Rows of an image, a multiple of the network's largest stride.
  ///   - width: Columns of an image, likewise.
  ///   - memoryMode: What is kept for the backward pass.
  ///   - inputGradient: Whether the backward pass goes on down to the images.
  ///   - weights: Those of another training plan of the same graph, to share memory.
  ///   - arena: The memory; shared with plans that never run at the same time.
  ///   - compute: Threads and backend.
  /// - Throws: ``NetworkError`` where the image size does not fit, or a batch has no variance.
  public init(
    _ graph: Graph, count: Int, over exchange: (any BatchExchange)? = nil, height: Int, width: Int,
    memoryMode: MemoryMode = .normal,
    inputGradient: Bool = false, sharing weights: PackedWeights? = nil, in arena: Arena = Arena(),
    on compute: Compute
  ) throws(NetworkError) {
    shards = BatchShards(images: count, in: exchange)
    self.exchange = exchange
    // Memory for one image at least, so that a rank without images has maps, too.
    let images = shards.heldImages.count, planned = max(1, images)
    let sizes = try graph.bufferSizes(height: height, width: width)
    var planner = TrainingPlanner(
      graph: graph, sizes: sizes, count: planned, mode: memoryMode, reachesImages: inputGradient)
    try planner.checkStatistics(images: count)
    planner.planForward()
    let boundary = planner.now
    planner.planLoss()
    plannedOutputs = graph.outputs.map { planner.output($0) }
    plannedGradients = graph.outputs.map { planner.outputGradient($0) }
    plannedInput = planner.output(graph.input)
    planner.planBackward()
    plannedInputGradient = inputGradient ? planner.outputGradient(graph.input) : nil

    self.count = images
    self.compute = compute
    self.weights = weights ?? PackedWeights(compute: compute)
    var memory = planner.memory
    forwardWaves = CacheBlock.cut(
      planner.steps[..<boundary], batch: planned, of: shards, in: &memory, on: compute)
    backwardWaves = CacheBlock.cut(
      planner.steps[boundary...], batch: planned, of: shards, in: &memory, on: compute)
    trainedUnits = graph.nodes.compactMap(\.unit).filter {
      !$0.weight.isFrozen || $0.bias?.isFrozen == false
    }
    layout = Layout(memory, in: arena)
    for step in planner.steps {
      switch step {
      case .fused(let unit, _, _, _): self.weights.add(unit, folded: true, dataGradient: false)
      case .convolve(let unit, _, _): self.weights.add(unit, folded: false, dataGradient: false)
      case .dataGradient(let unit, _, _, _):
        self.weights.add(unit, folded: false, dataGradient: true)
      default: break
      }
    }
  }

  /// The packed filters, for further plans of the same graph.
  public var packedWeights: PackedWeights { weights }
  /// Where the caller writes the images at hand: N x H x W x 3, values 0...1.
  public var input: FeatureMap { images(plannedInput) }
  /// The network's outputs between ``forward()`` and ``backward()``.
  public var outputs: [FeatureMap] { plannedOutputs.map(images) }
  /// Where the caller writes ∂L/∂outputs, all of it, before ``backward()``.
  public var outputGradients: [FeatureMap] { plannedGradients.map(images) }
  /// ∂L/∂images after ``backward()``, where it was asked for.
  public var inputGradient: FeatureMap? { plannedInputGradient.map(images) }

  private var batch: SharedBatch { SharedBatch(shards: shards, exchange: exchange) }

  private func images(_ map: PlannedMap) -> FeatureMap { batch.images(of: layout.map(map)) }

  /// Computes the outputs with the weights as they are now, and moves the running statistics.
  public func forward() {
    if let stopwatch {
      stopwatch.measure("packing of weights") { weights.refresh(trainedUnits) }
    } else {
      weights.refresh(trainedUnits)
    }
    forwardWaves.run(
      of: batch, in: layout, with: weights, on: compute, timing: stopwatch, unless: isAbandoned)
  }

  /// Adds ∂L/∂θ, over the images of all ranks, to the gradient of every trained parameter.
  public func backward() {
    backwardWaves.run(
      of: batch, in: layout, with: weights, on: compute, timing: stopwatch, unless: isAbandoned)
    if let exchange, !isAbandoned() { _ = exchange.finish() }
  }
}
