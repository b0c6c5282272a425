public import Layers
public import Tensors

/// A YOLOv8 detector: its architecture, its weights, and the names of its classes.
public final class Model {
  /// The modules and their sizes.
  public let architecture: Architecture
  /// One name a class.
  public let classNames: [String]
  /// The steps of the network; outputs are boxes and scores of each level in turn.
  public let graph: Graph
  /// All convolutions in the checkpoint's order.
  public let units: [ConvolutionUnit]
  /// Input pixels from one cell to the next, for each level of the head.
  public let strides: [Int]
  let modules: [AssembledModule]

  /// A model whose weights are all zero.
  ///
  /// - Parameters:
  ///   - architecture: The network.
  ///   - classNames: One name a class; "class0", "class1", … where nil.
  public init(_ architecture: Architecture, classNames: [String]? = nil) {
    let names = classNames ?? (0..<architecture.classes).map { "class\($0)" }
    precondition(
      names.count == architecture.classes,
      "\(names.count) names for \(architecture.classes) classes")
    let assembly = ModelAssembly(architecture)
    self.architecture = architecture
    self.classNames = names
    modules = assembly.modules
    units = modules.flatMap(\.units)
    graph = assembly.graph()
    strides = graph.levelStrides()
  }

  /// What training may change, in the checkpoint's order.
  public var parameters: [Parameter] { units.flatMap(\.parameters) }

  /// Width of the head's hidden layers for classes.
  public var classChannels: Int {
    let name = "model.\(architecture.rows.count - 1).cv3.0.0"
    return units.first { $0.name == name }?.shape.outputs ?? architecture.classWidth(finest: 0)
  }

  /// The batch normalizations in the checkpoint's order.
  public var normalizations: [BatchNormalization] { units.compactMap(\.normalization) }

  /// The head's output from the graph's output maps.
  public func headOutput(_ maps: [FeatureMap]) -> HeadOutput {
    precondition(
      maps.count == 2 * strides.count, "a head of \(strides.count) levels has two maps each")
    return HeadOutput(
      levels: strides.indices.map {
        HeadOutput.Level(stride: strides[$0], boxes: maps[2 * $0], scores: maps[2 * $0 + 1])
      })
  }

  /// The weights, statistics and counters under the checkpoint's names, in its order.
  public func stateDictionary() -> StateDictionary {
    var state = StateDictionary()
    for unit in units {
      state[unit.weight.name] = .floats(unit.weight.tensor)
      if let normalization = unit.normalization {
        let shape: Shape = [normalization.channels]
        state[normalization.scale.name] = .floats(normalization.scale.tensor)
        state[normalization.shift.name] = .floats(normalization.shift.tensor)
        let name = normalization.name
        state["\(name).running_mean"] = .floats(normalization.runningMean.tensor(shape))
        state["\(name).running_var"] = .floats(normalization.runningVariance.tensor(shape))
        state["\(name).num_batches_tracked"] = .integers(
          [normalization.batchesTracked], shape: [])
      }
      if let bias = unit.bias { state[bias.name] = .floats(bias.tensor) }
    }
    let bins = (0..<architecture.regMax).map(Float.init)
    state[distanceWeightName] = .floats(Tensor(bins, shape: [1, bins.count, 1, 1]))
    return state
  }

  /// The constant weights 0, 1, … that turn a distribution of distances into its mean.
  var distanceWeightName: String { "model.\(architecture.rows.count - 1).dfl.conv.weight" }

  /// A model with the same architecture, names and weights that shares no memory with this one.
  public func copy() -> Model {
    let twin = Model(architecture, classNames: classNames)
    for (mine, theirs) in zip(units, twin.units) { theirs.copyState(of: mine) }
    return twin
  }
}

extension Parameter {
  /// The weights as a tensor.
  public var tensor: Tensor { value.tensor(shape) }
}

extension FloatBuffer {
  /// The start of the buffer as a tensor.
  func tensor(_ shape: Shape) -> Tensor {
    precondition(shape.count <= count, "a buffer of \(count) floats cannot fill shape \(shape)")
    // SAFETY: the shape lies inside the buffer.
    return unsafe Tensor(
      Array(UnsafeBufferPointer(start: base, count: shape.count)), shape: shape)
  }

  /// Overwrites the start of the buffer.
  func assign(_ scalars: [Float]) {
    precondition(scalars.count <= count, "\(scalars.count) floats do not fit in \(count)")
    for (i, value) in scalars.enumerated() { unsafe base[i] = value }
  }
}

extension ConvolutionUnit {
  /// Takes over another unit's weights, statistics and counters.
  func copyState(of other: ConvolutionUnit) {
    for (mine, theirs) in zip(parameters, other.parameters) {
      mine.value.assign(theirs.tensor.scalars)
    }
    if let mine = normalization, let theirs = other.normalization {
      let shape: Shape = [theirs.channels]
      mine.runningMean.assign(theirs.runningMean.tensor(shape).scalars)
      mine.runningVariance.assign(theirs.runningVariance.tensor(shape).scalars)
      mine.batchesTracked = theirs.batchesTracked
    }
  }
}
