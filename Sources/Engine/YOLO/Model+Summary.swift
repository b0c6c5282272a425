internal import Layers
internal import Tensors

/// What a model consists of, in the numbers that the field's tables print.
public struct ModelSummary: Equatable, Sendable {
  /// One line of the table.
  public struct Row: Equatable, Sendable {
    /// The module's number.
    public let index: Int
    /// The rows whose outputs it takes; -1 is the row before.
    public let from: [Int]
    /// How many bottlenecks it repeats; 1 for other modules.
    public let repeats: Int
    /// "Conv", "C2f", "SPPF", "Upsample", "Concat" or "Detect".
    public let kind: String
    /// Its arguments, for example "[3, 16, 3, 2]".
    public let arguments: String
    /// Weights, the constant ones of the head included.
    public let parameters: Int
  }

  /// One line a module.
  public let rows: [Row]
  /// Distinct elementary layers: convolutions, normalizations, poolings, …; the activation counts once.
  public let layers: Int
  /// Weights, the constant ones of the head included.
  public let parameters: Int
  /// Weights that training may change if nothing is frozen.
  public let gradients: Int
  /// 10^9 operations for one square image of 640 pixels, a multiply-add counted as two.
  public let gflops: Double
}

extension Model {
  /// The layer table and its totals.
  ///
  /// - Parameter fused: Whether normalizations are folded into their convolutions, as for prediction.
  /// - Returns: One row for each module, and the sums.
  public func summary(fused: Bool = false) -> ModelSummary {
    let rows = modules.enumerated().map { index, module in
      let constant = module.kind == "Detect" ? architecture.regMax : 0
      return ModelSummary.Row(
        index: index, from: architecture.rows[index].from,
        repeats: architecture.rows[index].repeats, kind: module.kind, arguments: module.arguments,
        parameters: module.units.reduce(constant) { $0 + $1.parameterCount(fused: fused) })
    }
    let normalized = units.filter { $0.normalization != nil }.count
    let joins = architecture.rows.filter(\.isElementary).count
    let pools = architecture.rows.filter(\.pools).count
    let parameters = rows.reduce(0) { $0 + $1.parameters }
    // Folded filters are constants in the reference: only the plain convolutions of the head count.
    let trainable =
      fused
      ? units.filter { $0.bias != nil }.reduce(0) { $0 + $1.parameterCount(fused: true) }
      : parameters - architecture.regMax
    return ModelSummary(
      rows: rows,
      // All convolutions, the head's constant one, the activation, and what has no weights.
      layers: units.count + 2 + joins + pools + (fused ? 0 : normalized),
      parameters: parameters, gradients: trainable, gflops: operations(fused: fused) / 1e9)
  }

  private func operations(fused: Bool) -> Double {
    guard let sizes = try? graph.bufferSizes(height: 640, width: 640) else { return .nan }
    var count = 0
    for node in graph.nodes {
      guard let unit = node.unit else { continue }
      let size = sizes[node.output.buffer]
      let elements = size.height * size.width * unit.shape.outputs
      count += 2 * elements * unit.shape.inputs * unit.shape.kernel * unit.shape.kernel
      // The reference's counter takes eight operations for an element that is normalized.
      if unit.normalization != nil && !fused { count += 8 * elements }
    }
    let anchors = strides.reduce(0) { $0 + (640 / $1) * (640 / $1) }
    return Double(count + 2 * architecture.regMax * 4 * anchors)
  }
}

extension ConvolutionUnit {
  fileprivate func parameterCount(fused: Bool) -> Int {
    let all = parameters.reduce(0) { $0 + $1.count }
    // Scale and shift of a channel become one bias.
    return fused && normalization != nil ? all - shape.outputs : all
  }
}

extension Architecture.Row {
  fileprivate var repeats: Int {
    if case .c2f(_, let repeats, _) = module { repeats } else { 1 }
  }

  fileprivate var isElementary: Bool {
    switch module {
    case .upsample, .concat: true
    default: false
    }
  }

  fileprivate var pools: Bool { if case .sppf = module { true } else { false } }
}
