internal import Tensors

/// Writes steps down and keeps account of the memory they touch.
struct Planner {
  let graph: Graph
  let sizes: [(height: Int, width: Int)]
  /// Images in a batch.
  let count: Int
  private(set) var steps: [Step] = []
  private(set) var memory = MemoryPlan()
  /// The map of every buffer, once something writes it.
  var activations: [PlannedMap?] = []
  /// Buffers that stay readable to the end, whatever the steps say.
  private var kept: Set<Int> = []

  init(graph: Graph, sizes: [(height: Int, width: Int)], count: Int) {
    (self.graph, self.sizes, self.count) = (graph, sizes, count)
  }

  /// The number of the step that is written next.
  var now: Int { steps.count }

  /// Adds a step; its maps live at least until it has run.
  mutating func emit(_ step: Step) {
    for map in step.maps { memory.extend(map.request, to: now) }
    steps.append(step)
    for buffer in kept {
      if let map = activations[buffer] { memory.extend(map.request, to: now) }
    }
  }

  /// Keeps maps until the step that was written last.
  mutating func touch(_ maps: PlannedMap...) {
    for map in maps { memory.extend(map.request, to: now - 1) }
  }

  /// Opens the map that the caller fills before the first step.
  mutating func openInput() {
    openActivation(0)
    if let map = activations[0] { memory.extend(map.request, over: -1..<1) }
  }

  /// Keeps a map for the caller, who reads it after the last step.
  mutating func handOver(_ map: PlannedMap) { memory.extend(map.request, to: now) }

  /// A new map of the size of a buffer, written from the next step on.
  mutating func newMap(like buffer: Int, channels: Int) -> PlannedMap {
    let (height, width) = sizes[buffer]
    let request = memory.request(image: height * width * channels, images: count, at: now)
    return PlannedMap(
      request: request, count: count, height: height, width: width, channels: channels,
      pixel: channels, offset: 0)
  }

  /// Gives a buffer its memory where it has none yet.
  mutating func openActivation(_ buffer: Int) {
    if activations[buffer] == nil {
      activations[buffer] = newMap(like: buffer, channels: graph.bufferChannels[buffer])
    }
  }

  /// Keeps a buffer to the end of the plan.
  mutating func keep(_ buffer: Int) { kept.insert(buffer) }

  /// Whether a buffer is kept to the end of the plan.
  func isKept(_ buffer: Int) -> Bool { kept.contains(buffer) }

  /// A slice of a buffer's map.
  func activation(_ slice: Slice) -> PlannedMap {
    guard let map = activations[slice.buffer] else {
      preconditionFailure("buffer \(slice.buffer) is read before it is written")
    }
    return map.slice(slice.channels)
  }

  /// Writes a node down in the form that serves when its weights stay put.
  mutating func emitFused(_ node: Node) {
    openActivation(node.output.buffer)
    let x = activation(node.input), y = activation(node.output)
    switch node.operation {
    case .convolution(let unit, let residual):
      emit(.fused(unit, x: x, residual: residual.map { activation($0) }, y: y))
    default: emitRearrangement(node, x: x, y: y)
    }
  }

  /// Writes down a node without weights.
  mutating func emitRearrangement(_ node: Node, x: PlannedMap, y: PlannedMap) {
    switch node.operation {
    case .convolution: preconditionFailure("a convolution is not a rearrangement")
    case .maxPool(let kernel): emit(.maxPool(x: x, y: y, kernel: kernel))
    case .upsample(let factor): emit(.upsample(x: x, y: y, factor: factor))
    case .copy: emit(.copy(x: x, y: y, accumulate: false))
    }
  }
}
