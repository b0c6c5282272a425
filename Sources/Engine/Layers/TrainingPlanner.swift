internal import Tensors

/// Writes down the steps of a forward and a backward pass.
struct TrainingPlanner {
  /// How a node runs forward.
  enum Kind {
    /// Nothing below or in it is trained and its statistics stay put: normalization is folded.
    case fused
    /// Nothing below or in it is trained, but it is normalized by the batch.
    case normalizedInPlace
    /// A gradient passes: z is kept.
    case normalized
    /// A convolution with a bias through which a gradient passes.
    case plain
    /// Pooling, enlargement, copy.
    case rearrangement
  }

  let graph: Graph
  let mode: MemoryMode
  var planner: Planner
  let kinds: [Kind]
  /// Whether a gradient has to reach a node's output.
  let reaches: [Bool]
  /// Whether the gradient with respect to the images is wanted.
  let reachesImages: Bool
  /// Where the z of every normalized convolution lies.
  var results: [Int: PlannedMap] = [:]
  var gradients: GradientLedger
  var activations: RecomputedActivations
  /// The node whose weight gradient is still to be planned, and where its ∂L/∂z lies.
  private var waiting: (node: Int, dz: PlannedMap)?

  init(
    graph: Graph, sizes: [(height: Int, width: Int)], count: Int, mode: MemoryMode,
    reachesImages: Bool
  ) {
    self.graph = graph
    self.mode = mode
    self.reachesImages = reachesImages
    planner = Planner(graph: graph, sizes: sizes, count: count)
    reaches = Self.reach(graph, fromImages: reachesImages)
    kinds = zip(graph.nodes, reaches).map(Self.kind)
    gradients = GradientLedger(bufferCount: graph.bufferChannels.count)
    activations = RecomputedActivations(graph: graph, reaches: reaches, kinds: kinds, mode: mode)
    planner.activations = [PlannedMap?](repeating: nil, count: graph.bufferChannels.count)
    planner.openInput()
    for buffer in activations.keptBuffers.sorted() { planner.keep(buffer) }
  }

  /// The steps so far.
  var steps: [Step] { planner.steps }
  /// The memory they need.
  var memory: MemoryPlan { planner.memory }
  /// The number of the step that is written next.
  var now: Int { planner.now }

  /// Refuses batches whose statistics are not defined.
  ///
  /// - Parameter images: Images of the batch, of all ranks.
  /// - Throws: ``NetworkError`` with the unit's name.
  func checkStatistics(images: Int) throws(NetworkError) {
    for node in graph.nodes {
      guard let unit = node.unit, unit.normalization?.usesBatchStatistics == true else { continue }
      let (height, width) = planner.sizes[node.output.buffer]
      if images * height * width < 2 {
        throw NetworkError(.singleValue(unit: unit.name))
      }
    }
  }

  /// A network's input or output in memory.
  func output(_ slice: Slice) -> PlannedMap { planner.activation(slice) }

  /// Where the gradient of an output lies.
  func outputGradient(_ slice: Slice) -> PlannedMap { gradients.map(slice) }

  // MARK: Forward

  mutating func planForward() {
    for index in graph.nodes.indices { planForward(index) }
  }

  private mutating func planForward(_ index: Int) {
    let node = graph.nodes[index]
    let x = planner.activation(node.input)
    if kinds[index] == .normalized, let unit = node.unit, let normalization = unit.normalization {
      let z = planner.newMap(like: node.output.buffer, channels: unit.shape.outputs)
      results[index] = z
      planner.emit(.convolve(unit, x: x, z: z))
      planner.emit(.sumStatistics(normalization, z: z))
      planner.emit(.finishStatistics(normalization))
      // Not before: a map that lives no longer than its block may hold a group of images.
      planner.openActivation(node.output.buffer)
      planner.emit(
        .normalize(
          normalization, z: z, residual: node.residual.map { planner.activation($0) },
          y: planner.activation(node.output)))
      return
    }
    planner.openActivation(node.output.buffer)
    let y = planner.activation(node.output)
    switch node.operation {
    case .convolution(let unit, let residual):
      let residual = residual.map { planner.activation($0) }
      switch kinds[index] {
      case .normalized: preconditionFailure("'\(unit.name)' has no normalization")
      case .normalizedInPlace:
        guard let normalization = unit.normalization else { break }
        planner.emit(.convolve(unit, x: x, z: y))
        planner.emit(.sumStatistics(normalization, z: y))
        planner.emit(.finishStatistics(normalization))
        planner.emit(.normalize(normalization, z: y, residual: residual, y: y))
      case .plain: planner.emit(.convolve(unit, x: x, z: y))
      case .fused, .rearrangement: planner.emit(.fused(unit, x: x, residual: residual, y: y))
      }
    default: planner.emitRearrangement(node, x: x, y: y)
    }
  }

  // MARK: Loss

  /// Marks the place where the caller turns outputs into their gradients.
  mutating func planLoss() {
    for output in graph.outputs {
      gradients.open(output.buffer, in: &planner)
      gradients.markWritten(output)
    }
    planner.emit(.loss)
    for output in graph.outputs { planner.touch(planner.activation(output), gradients.map(output)) }
  }

  // MARK: Backward

  mutating func planBackward() {
    var module = -1
    if reachesImages { gradients.open(0, in: &planner) }
    for index in graph.nodes.indices.reversed() where reaches[index] {
      let node = graph.nodes[index]
      if node.module != module {
        planWeightGradient()
        module = node.module
        activations.enter()
        if mode == .low { replay(module) }
      }
      planBackward(index)
    }
    planWeightGradient()
    if reachesImages {
      gradients.complete(graph.input, in: &planner)
      planner.handOver(gradients.map(graph.input))
    }
  }

  private mutating func planBackward(_ index: Int) {
    let node = graph.nodes[index]
    // A value that nothing reads has no gradient.
    guard gradients.hasAny(of: node.output) else { return }
    gradients.complete(node.output, in: &planner)
    let dy = gradients.map(node.output)
    switch node.operation {
    case .convolution(let unit, let residual):
      planConvolutionBackward(index, unit, residual: residual, dy: dy)
    case .maxPool(let kernel):
      let x = value(node.input)
      gradients.open(node.input.buffer, in: &planner)
      gradients.complete(node.input, in: &planner)
      planner.emit(
        .maxPoolGradient(x: x, dy: dy, dx: gradients.map(node.input), kernel: kernel))
    case .upsample(let factor):
      let accumulate = gradients.prepare(node.input, in: &planner)
      planner.emit(
        .upsampleGradient(
          dy: dy, dx: gradients.map(node.input), factor: factor, accumulate: accumulate))
    case .copy:
      let accumulate = gradients.prepare(node.input, in: &planner)
      planner.emit(.copy(x: dy, y: gradients.map(node.input), accumulate: accumulate))
    }
  }

  private mutating func planConvolutionBackward(
    _ index: Int, _ unit: ConvolutionUnit, residual: Slice?, dy: PlannedMap
  ) {
    let node = graph.nodes[index]
    if let residual, needsGradient(residual) {
      let accumulate = gradients.prepare(residual, in: &planner)
      planner.emit(.copy(x: dy, y: gradients.map(residual), accumulate: accumulate))
    }
    var dz = dy
    if let normalization = unit.normalization {
      guard let z = results[index] else { preconditionFailure("'\(unit.name)' kept no result") }
      planner.emit(.sumGradient(normalization, z: z, dy: dy))
      planWeightGradient()
      planner.emit(.finishGradient(normalization))
      planner.emit(.normalizeGradient(normalization, z: z, dy: dy))
      dz = z
    } else if let bias = unit.bias, !bias.isFrozen {
      planner.emit(.biasGradient(bias, dz: dz))
    }
    planWeightGradient()
    if !unit.weight.isFrozen { waiting = (index, dz) }
    if needsGradient(node.input) {
      let accumulate = gradients.prepare(node.input, in: &planner)
      planner.emit(
        .dataGradient(unit, dz: dz, dx: gradients.map(node.input), accumulate: accumulate))
    }
  }

  /// Plans the weight gradient that was put off.
  ///
  /// It sums over the batch, so it ends a block. Put off until the next node below has summed up what
  /// its normalization's gradient depends on, it does not stand between the step that writes a
  /// gradient and the one that reads it. It must not wait longer: then ∂L/∂z is written over the
  /// results that its input is computed from.
  private mutating func planWeightGradient() {
    guard let (index, dz) = waiting, let unit = graph.nodes[index].unit else { return }
    waiting = nil
    planner.emit(.weightGradient(unit, x: value(graph.nodes[index].input), dz: dz))
  }

  /// Whether anything trained lies below a slice.
  private func needsGradient(_ slice: Slice) -> Bool {
    slice.buffer == 0 ? reachesImages : graph.producers(of: slice).contains { reaches[$0] }
  }

  /// The values of a slice during the backward pass.
  private mutating func value(_ slice: Slice) -> PlannedMap {
    activations.value(slice, results: results, in: &planner)
  }

  /// Computes a module's results again from the values that enter it.
  private mutating func replay(_ module: Int) {
    for index in graph.nodes.indices where graph.nodes[index].module == module && reaches[index] {
      let node = graph.nodes[index]
      if kinds[index] == .normalized, let unit = node.unit {
        let x = value(node.input)
        let z = planner.newMap(like: node.output.buffer, channels: unit.shape.outputs)
        results[index] = z
        planner.emit(.convolve(unit, x: x, z: z))
      }
    }
  }

  // MARK: What is needed where

  private static func reach(_ graph: Graph, fromImages: Bool) -> [Bool] {
    var reaches: [Bool] = []
    for node in graph.nodes {
      let below = [node.input, node.residual].compactMap { $0 }.contains { slice in
        slice.buffer == 0 && fromImages
          || reaches.indices.contains { reaches[$0] && graph.nodes[$0].output.overlaps(slice) }
      }
      reaches.append(below || node.unit?.isTrained == true)
    }
    return reaches
  }

  private static func kind(_ node: Node, _ reached: Bool) -> Kind {
    guard let unit = node.unit else { return .rearrangement }
    guard let normalization = unit.normalization else { return reached ? .plain : .fused }
    if reached { return .normalized }
    return normalization.usesBatchStatistics ? .normalizedInPlace : .fused
  }
}
