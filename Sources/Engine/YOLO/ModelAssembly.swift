internal import Layers
internal import Tensors

/// What one row of an architecture became.
struct AssembledModule {
  /// The field's name: "Conv", "C2f", "SPPF", "Upsample", "Concat", "Detect".
  let kind: String
  /// The arguments as the field's tables print them.
  let arguments: String
  /// The units in the checkpoint's order.
  var units: [ConvolutionUnit] = []
}

/// Turns the rows of an architecture into a graph, unit by unit.
struct ModelAssembly {
  let architecture: Architecture
  private(set) var modules: [AssembledModule] = []
  private var builder = GraphBuilder(imageChannels: 3)
  private var values: [GraphBuilder.Value] = []
  private var outputs: [GraphBuilder.Value] = []

  init(_ architecture: Architecture) {
    self.architecture = architecture
    for index in architecture.rows.indices { add(row: index) }
  }

  /// The finished graph; its outputs are boxes and scores of each level in turn.
  func graph() -> Graph { builder.build(outputs: outputs) }

  private mutating func add(row index: Int) {
    builder.module = index
    let name = "model.\(index)"
    let inputs = architecture.sources(of: index).map { $0 < 0 ? builder.images : values[$0] }
    let first = inputs[0]
    switch architecture.rows[index].module {
    case .conv(let outputs, let kernel, let stride):
      modules.append(
        AssembledModule(
          kind: "Conv", arguments: "[\(first.count), \(outputs), \(kernel), \(stride)]"))
      values.append(conv(name, first, outputs, kernel: kernel, stride: stride))
    case .c2f(let outputs, let repeats, let shortcut):
      modules.append(
        AssembledModule(
          kind: "C2f",
          arguments: "[\(first.count), \(outputs), \(repeats)\(shortcut ? ", True" : "")]"))
      values.append(c2f(name, first, outputs, repeats: repeats, shortcut: shortcut))
    case .sppf(let outputs, let kernel):
      modules.append(
        AssembledModule(kind: "SPPF", arguments: "[\(first.count), \(outputs), \(kernel)]"))
      values.append(sppf(name, first, outputs, kernel: kernel))
    case .upsample(let factor):
      modules.append(
        AssembledModule(kind: "Upsample", arguments: "[None, \(factor), 'nearest']"))
      values.append(builder.upsample(first, factor: factor))
    case .concat:
      modules.append(AssembledModule(kind: "Concat", arguments: "[1]"))
      values.append(builder.concatenation(inputs))
    case .detect: detect(name, inputs)
    }
  }

  /// Convolution, batch normalization, SiLU.
  private mutating func conv(
    _ name: String, _ input: GraphBuilder.Value, _ outputs: Int, kernel: Int, stride: Int = 1,
    residual: GraphBuilder.Value? = nil
  ) -> GraphBuilder.Value {
    let shape = ConvolutionShape(
      inputs: input.count, outputs: outputs, kernel: kernel, stride: stride)
    let unit = ConvolutionUnit(name, shape)
    modules[modules.count - 1].units.append(unit)
    return builder.convolution(unit, of: input, residual: residual)
  }

  /// cv1 makes two halves; bottlenecks go on from the second; cv2 joins both halves and all of them.
  private mutating func c2f(
    _ name: String, _ input: GraphBuilder.Value, _ outputs: Int, repeats: Int, shortcut: Bool
  ) -> GraphBuilder.Value {
    let half = outputs / 2
    let split = conv("\(name).cv1", input, 2 * half, kernel: 1)
    var parts = [split]
    var last = split.slice(half..<2 * half)
    for index in 0..<repeats {
      let inner = conv("\(name).m.\(index).cv1", last, half, kernel: 3)
      last = conv(
        "\(name).m.\(index).cv2", inner, half, kernel: 3, residual: shortcut ? last : nil)
      parts.append(last)
    }
    let joined = builder.concatenation(parts)
    let result = conv("\(name).cv2", joined, outputs, kernel: 1)
    // The checkpoint lists cv2 before the bottlenecks.
    var units = modules[modules.count - 1].units
    units.insert(units.removeLast(), at: 1)
    modules[modules.count - 1].units = units
    return result
  }

  /// Three poolings in a chain see windows of 5, 9 and 13 pixels; all are joined.
  private mutating func sppf(
    _ name: String, _ input: GraphBuilder.Value, _ outputs: Int, kernel: Int
  ) -> GraphBuilder.Value {
    var parts = [conv("\(name).cv1", input, input.count / 2, kernel: 1)]
    for _ in 0..<3 { parts.append(builder.maxPool(parts[parts.count - 1], kernel: kernel)) }
    return conv("\(name).cv2", builder.concatenation(parts), outputs, kernel: 1)
  }

  /// For each level a branch for boxes (cv2) and one for classes (cv3).
  private mutating func detect(_ name: String, _ levels: [GraphBuilder.Value]) {
    let sides = 4 * architecture.regMax
    let boxChannels = max(16, levels[0].count / 4, sides)
    let classChannels = architecture.classWidth(finest: levels[0].count)
    let widths = levels.map { String($0.count) }.joined(separator: ", ")
    modules.append(
      AssembledModule(
        kind: "Detect",
        arguments: "[\(architecture.classes), \(architecture.regMax), None, [\(widths)]]"))
    var classUnits: [ConvolutionUnit] = []
    for (index, level) in levels.enumerated() {
      outputs.append(branch("\(name).cv2.\(index)", level, boxChannels, outputs: sides))
      let before = modules[modules.count - 1].units.count
      outputs.append(
        branch("\(name).cv3.\(index)", level, classChannels, outputs: architecture.classes))
      // The checkpoint lists all branches for boxes before those for classes.
      classUnits += modules[modules.count - 1].units[before...]
      modules[modules.count - 1].units.removeSubrange(before...)
    }
    modules[modules.count - 1].units += classUnits
  }

  private mutating func branch(
    _ name: String, _ level: GraphBuilder.Value, _ channels: Int, outputs: Int
  ) -> GraphBuilder.Value {
    let first = conv("\(name).0", level, channels, kernel: 3)
    let second = conv("\(name).1", first, channels, kernel: 3)
    let shape = ConvolutionShape(inputs: channels, outputs: outputs, kernel: 1, stride: 1)
    let last = ConvolutionUnit("\(name).2", shape, isPlain: true)
    modules[modules.count - 1].units.append(last)
    return builder.convolution(last, of: second)
  }
}
