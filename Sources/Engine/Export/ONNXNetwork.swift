internal import Layers
internal import Tensors

/// Writes a network's steps as nodes of an ONNX graph, normalization folded into the filters.
///
/// Our steps read and write slices of buffers; ONNX knows whole values only. So a slice that several
/// steps have written becomes a `Concat`, and a part of a written slice becomes a `Slice`.
struct ONNXNetwork {
  private let network: Graph
  /// What has been written to each buffer so far, and under which name.
  private var written: [(slice: Slice, name: String)]
  /// Names of slices that were put together or cut already; what was written once never changes.
  private var assembled: [Slice: String] = [:]

  /// Stands before the first step; `images` is the name of the input.
  init(_ network: Graph, images: String) {
    self.network = network
    written = [(network.input, images)]
  }

  /// Adds all steps; returns the names of the network's outputs.
  mutating func write(to graph: inout ONNXGraph) -> [String] {
    for (index, node) in network.nodes.enumerated() {
      let name: String
      switch node.operation {
      case .convolution(let unit, let residual):
        name = add(unit, node.input, residual: residual, to: &graph)
      case .maxPool(let kernel):
        let half = kernel / 2
        name = graph.add(
          "MaxPool", "/model.\(node.module)/\(index)/MaxPool", [value(node.input, in: &graph)],
          [
            .integers("kernel_shape", [kernel, kernel]), .integers("strides", [1, 1]),
            .integers("pads", [half, half, half, half]),
          ])
      case .upsample(let factor): name = upsample(node, by: factor, to: &graph)
      case .copy: name = value(node.input, in: &graph)
      }
      written.append((node.output, name))
    }
    return network.outputs.map { value($0, in: &graph) }
  }

  private mutating func add(
    _ unit: ConvolutionUnit, _ input: Slice, residual: Slice?, to graph: inout ONNXGraph
  ) -> String {
    let shape = unit.shape, half = shape.kernel / 2
    let (weight, bias) = unit.folded()
    let isNormalized = unit.normalization != nil
    // "model.0" has a convolution inside, "model.22.cv2.0.2" is one itself.
    let filters = unit.name + (isNormalized ? ".conv" : "")
    let path = "/" + unit.name.replacing(".", with: "/")
    let z = graph.add(
      "Conv", "\(path)/Conv",
      [
        value(input, in: &graph),
        graph.constant("\(filters).weight", weight, unit.weight.shape.extents),
        graph.constant("\(filters).bias", bias, [shape.outputs]),
      ],
      [
        .integers("dilations", [1, 1]), .integer("group", 1),
        .integers("kernel_shape", [shape.kernel, shape.kernel]),
        .integers("pads", [half, half, half, half]),
        .integers("strides", [shape.stride, shape.stride]),
      ])
    guard isNormalized else { return z }
    // SiLU(z) = z σ(z); operator set 17 has no such operator of its own.
    let sigmoid = graph.add("Sigmoid", "\(path)/Sigmoid", [z])
    let y = graph.add("Mul", "\(path)/Mul", [z, sigmoid])
    guard let residual else { return y }
    return graph.add("Add", "\(path)/Add", [value(residual, in: &graph), y])
  }

  private mutating func upsample(
    _ node: Node, by factor: Int, to graph: inout ONNXGraph
  ) -> String {
    let scales = graph.constant(
      "model.\(node.module).scales", [1, 1, Float(factor), Float(factor)], [4])
    return graph.add(
      "Resize", "/model.\(node.module)/Resize", [value(node.input, in: &graph), "", scales],
      [
        .text("coordinate_transformation_mode", "asymmetric"), .text("mode", "nearest"),
        .text("nearest_mode", "floor"),
      ])
  }

  /// The name of what lies in a slice, adding nodes where it is a part of a value or several values.
  private mutating func value(_ slice: Slice, in graph: inout ONNXGraph) -> String {
    if let known = assembled[slice] { return known }
    var parts: [String] = []
    let pieces = written.filter { $0.slice.buffer == slice.buffer }
      .sorted { $0.slice.channels.lowerBound < $1.slice.channels.lowerBound }
    var end = slice.channels.lowerBound
    for piece in pieces where piece.slice.channels.overlaps(slice.channels) {
      let channels = piece.slice.channels
      let wanted = channels.clamped(to: slice.channels)
      precondition(wanted.lowerBound == end, "channels \(end) of a buffer were never written")
      end = wanted.upperBound
      parts.append(
        wanted == channels
          ? piece.name
          : cut(
            piece.name,
            from: wanted.lowerBound - channels.lowerBound,
            to: wanted.upperBound - channels.lowerBound,
            in: &graph))
    }
    precondition(end == slice.channels.upperBound, "channels \(end) of a buffer were never written")
    let name =
      parts.count == 1
      ? parts[0]
      : graph.add(
        "Concat", "/concat/\(slice.buffer)/\(slice.channels.lowerBound)-\(end)", parts,
        [.integer("axis", 1)])
    assembled[slice] = name
    return name
  }

  private func cut(
    _ name: String, from start: Int, to end: Int, in graph: inout ONNXGraph
  ) -> String {
    graph.add(
      "Slice", "\(name)/\(start)-\(end)",
      [
        name, graph.constant("channel.\(start)", [start]), graph.constant("channel.\(end)", [end]),
        graph.constant("axis.1", [1]),
      ])
  }
}
