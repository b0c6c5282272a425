public import Tensors

/// A network that only predicts: normalization folded into the filters, no memory kept for gradients.
public final class InferenceNetwork {
  private let blocks: [CacheBlock]
  private let layout: Layout
  private let weights: PackedWeights
  private let compute: Compute
  private let plannedInput: PlannedMap
  private let plannedOutputs: [PlannedMap]
  /// Adds up where the time goes, where somebody wants to know.
  package var stopwatch: Stopwatch?
  /// Asked between steps: once it says yes the rest is left out, and what was computed means
  /// nothing.
  package var isAbandoned: () -> Bool = { false }

  /// Plans the memory and packs the filters as they are now.
  ///
  /// - Parameters:
  ///   - graph: The network.
  ///   - count: Images in a batch.
  ///   - height: Rows of an image, a multiple of the network's largest stride.
  ///   - width: Columns of an image, likewise.
  ///   - weights: Those of another plan of the same graph with the same weights, to share memory.
  ///   - arena: The memory; shared with plans that never run at the same time.
  ///   - compute: Threads and backend.
  /// - Throws: ``NetworkError`` where the image size does not fit.
  public init(
    _ graph: Graph, count: Int, height: Int, width: Int, sharing weights: PackedWeights? = nil,
    in arena: Arena = Arena(), on compute: Compute
  ) throws(NetworkError) {
    let sizes = try graph.bufferSizes(height: height, width: width)
    var planner = Planner(graph: graph, sizes: sizes, count: count)
    for buffer in graph.bufferChannels.indices {
      planner.activations.append(nil)
      if buffer == 0 { planner.openInput() }
    }
    for node in graph.nodes { planner.emitFused(node) }
    for output in graph.outputs { planner.keep(output.buffer) }
    planner.emit(.loss)

    self.compute = compute
    if let weights {
      self.weights = weights
    } else {
      self.weights = PackedWeights(compute: compute)
      for node in graph.nodes {
        guard let unit = node.unit else { continue }
        let (height, width) = sizes[node.output.buffer]
        self.weights.add(
          unit, folded: true, dataGradient: false,
          for: compute.backend.forwardUse(
            unit.shape, count: count, height: height, width: width))
      }
    }
    var memory = planner.memory
    blocks = CacheBlock.cut(
      planner.steps[...], batch: count, of: BatchShards(images: count), in: &memory, on: compute)
    plannedInput = planner.activation(graph.input)
    plannedOutputs = graph.outputs.map { planner.activation($0) }
    layout = Layout(memory, in: arena)
  }

  /// The packed filters, for further plans of the same graph.
  public var packedWeights: PackedWeights { weights }
  /// Where the caller writes the images: N x H x W x 3, values 0...1.
  public var input: FeatureMap { layout.map(plannedInput) }
  /// The network's outputs after ``run()``, valid until the arena is used again.
  public var outputs: [FeatureMap] { plannedOutputs.map(layout.map) }

  /// Computes the outputs.
  public func run() {
    blocks.run(
      of: SharedBatch(shards: BatchShards(images: input.count)), in: layout, with: weights,
      on: compute, timing: stopwatch, unless: isAbandoned)
  }
}
