internal import Tensors

/// The activations that the backward pass reads: kept where they cannot be computed again cheaply, else
/// computed from the kept results of the convolutions, module by module, and only when asked for.
struct RecomputedActivations {
  private let graph: Graph
  private let reaches: [Bool]
  private let kinds: [TrainingPlanner.Kind]
  /// Buffers whose activations live from the forward pass through the backward pass.
  private(set) var keptBuffers: Set<Int> = []
  /// What the module at hand has computed again: the map of some channels of a buffer.
  private var live: [Int: (map: PlannedMap, channels: Range<Int>)] = [:]

  init(graph: Graph, reaches: [Bool], kinds: [TrainingPlanner.Kind], mode: MemoryMode) {
    self.graph = graph
    self.reaches = reaches
    self.kinds = kinds
    var visited: Set<Slice> = []
    for (index, node) in graph.nodes.enumerated() where reaches[index] {
      switch node.operation {
      case .convolution(let unit, _):
        if !unit.weight.isFrozen || mode == .low { require(node.input, &visited) }
      case .maxPool: require(node.input, &visited)
      case .upsample, .copy: break
      }
    }
    if mode == .low { keepWhatCrossesModules() }
  }

  /// Forgets what the previous module computed.
  mutating func enter() { live = [:] }

  /// The values of a slice, computed again where that has not been done for this module.
  ///
  /// - Parameters:
  ///   - slice: Channels of a buffer.
  ///   - results: Where the convolutions' results lie, by node.
  ///   - planner: Takes the steps that compute them.
  /// - Returns: Where the values lie.
  mutating func value(
    _ slice: Slice, results: [Int: PlannedMap], in planner: inout Planner
  ) -> PlannedMap {
    if keptBuffers.contains(slice.buffer) { return planner.activation(slice) }
    if let known = live[slice.buffer], known.channels.lowerBound <= slice.channels.lowerBound,
      slice.channels.upperBound <= known.channels.upperBound
    {
      return view(slice, known)
    }
    let channels = closure(of: slice)
    let map = planner.newMap(like: slice.buffer, channels: channels.count)
    live[slice.buffer] = (map, channels)
    let whole = Slice(buffer: slice.buffer, channels: channels)
    for index in graph.producers(of: whole) {
      emit(index, into: view(graph.nodes[index].output, (map, channels)), results, &planner)
    }
    return view(slice, (map, channels))
  }

  private mutating func emit(
    _ index: Int, into y: PlannedMap, _ results: [Int: PlannedMap], _ planner: inout Planner
  ) {
    let node = graph.nodes[index]
    switch node.operation {
    case .convolution(let unit, let residual):
      guard let normalization = unit.normalization, let z = results[index] else {
        preconditionFailure("'\(unit.name)' kept no result to compute its activation from")
      }
      let residual = residual.map { value($0, results: results, in: &planner) }
      planner.emit(.normalize(normalization, z: z, residual: residual, y: y))
    default:
      let x = value(node.input, results: results, in: &planner)
      planner.emitRearrangement(node, x: x, y: y)
    }
  }

  private func view(
    _ slice: Slice, _ live: (map: PlannedMap, channels: Range<Int>)
  ) -> PlannedMap {
    let first = slice.channels.lowerBound - live.channels.lowerBound
    return live.map.slice(first..<first + slice.channels.count)
  }

  /// The least run of channels that holds a slice and all that its producers write and read of the
  /// same buffer.
  private func closure(of slice: Slice) -> Range<Int> {
    var lower = slice.channels.lowerBound, upper = slice.channels.upperBound
    var isStable = false
    while !isStable {
      isStable = true
      for index in graph.producers(of: Slice(buffer: slice.buffer, channels: lower..<upper)) {
        let node = graph.nodes[index]
        let reads = [node.residual, node.unit == nil ? node.input : nil].compactMap { $0 }
        for part in reads + [node.output] where part.buffer == slice.buffer {
          if part.channels.lowerBound < lower || part.channels.upperBound > upper {
            isStable = false
          }
          lower = min(lower, part.channels.lowerBound)
          upper = max(upper, part.channels.upperBound)
        }
      }
    }
    return lower..<upper
  }

  /// Follows a slice down to what can be computed again; keeps what cannot.
  private mutating func require(_ slice: Slice, _ visited: inout Set<Slice>) {
    guard visited.insert(slice).inserted else { return }
    if slice.buffer == 0 { keptBuffers.insert(0) }
    for index in graph.producers(of: slice) {
      let node = graph.nodes[index]
      switch kinds[index] {
      case .normalized:
        if let residual = node.residual { require(residual, &visited) }
      case .rearrangement where reaches[index]: require(node.input, &visited)
      case .fused, .normalizedInPlace, .plain, .rearrangement: keptBuffers.insert(slice.buffer)
      }
    }
  }

  /// Without the results of other modules, their activations have to be there.
  private mutating func keepWhatCrossesModules() {
    for node in graph.nodes {
      for slice in [node.input, node.residual].compactMap({ $0 }) {
        let producers = graph.producers(of: slice).map { graph.nodes[$0] }
        if producers.contains(where: { $0.module != node.module }) {
          keptBuffers.insert(slice.buffer)
        }
      }
    }
  }
}
