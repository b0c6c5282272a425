internal import Tensors

/// Writes down a network value by value, and places the values in buffers at the end.
public struct GraphBuilder {
  /// A run of channels of a value: what a step reads.
  public struct Value: Hashable, Sendable {
    let id: Int
    let channels: Range<Int>

    /// The number of channels.
    public var count: Int { channels.count }

    /// Some of the channels.
    public func slice(_ range: Range<Int>) -> Value {
      precondition(range.upperBound <= count, "channels \(range) are not among \(count)")
      return Value(
        id: id,
        channels: channels.lowerBound + range.lowerBound..<channels.lowerBound
          + range.upperBound)
    }
  }

  private enum Operation {
    case convolution(ConvolutionUnit, residual: Value?)
    case maxPool(kernel: Int)
    case upsample(factor: Int)
    case copy
  }

  private struct Step {
    let operation: Operation
    let input, output: Value
    let module: Int
  }

  private var channels: [Int]
  /// Where a value that is concatenated lies inside the concatenation.
  private var placement: [Int: (parent: Int, offset: Int)] = [:]
  private var steps: [Step] = []

  /// The number of the module whose steps are being written.
  public var module = 0

  /// Starts with the images.
  public init(imageChannels: Int) { channels = [imageChannels] }

  /// The images.
  public var images: Value { Value(id: 0, channels: 0..<channels[0]) }

  /// Adds a convolution with what follows it, plus `residual`.
  public mutating func convolution(
    _ unit: ConvolutionUnit, of input: Value, residual: Value? = nil
  ) -> Value {
    precondition(
      input.count == unit.shape.inputs,
      "\(unit.name) wants \(unit.shape.inputs) channels, not \(input.count)")
    return add(.convolution(unit, residual: residual), input, channels: unit.shape.outputs)
  }

  /// Adds a max pooling with stride 1.
  public mutating func maxPool(_ input: Value, kernel: Int) -> Value {
    add(.maxPool(kernel: kernel), input, channels: input.count)
  }

  /// Adds an enlargement by repetition.
  public mutating func upsample(_ input: Value, factor: Int) -> Value {
    add(.upsample(factor: factor), input, channels: input.count)
  }

  /// Puts values side by side.
  ///
  /// A value is written in place where it is whole and in no other concatenation; else it is copied.
  public mutating func concatenation(_ values: [Value]) -> Value {
    let result = fresh(channels: values.reduce(0) { $0 + $1.count })
    var offset = 0
    for value in values {
      var member = value
      let isWhole = value.channels == 0..<channels[value.id]
      if !isWhole || value.id == 0 || placement[value.id] != nil {
        member = add(.copy, value, channels: value.count)
      }
      placement[member.id] = (result.id, offset)
      offset += value.count
    }
    return result
  }

  /// The finished network.
  public func build(outputs: [Value]) -> Graph {
    var buffers: [Int: Int] = [:]
    var bufferChannels: [Int] = []
    for id in channels.indices where placement[id] == nil {
      buffers[id] = bufferChannels.count
      bufferChannels.append(channels[id])
    }
    func place(_ value: Value) -> Slice {
      var id = value.id, offset = value.channels.lowerBound
      while let (parent, inner) = placement[id] { (id, offset) = (parent, offset + inner) }
      guard let buffer = buffers[id] else { preconditionFailure("value \(id) has no place") }
      return Slice(buffer: buffer, channels: offset..<offset + value.count)
    }
    let nodes = steps.map { step in
      let operation: Node.Operation =
        switch step.operation {
        case .convolution(let unit, let residual):
          .convolution(unit, residual: residual.map(place))
        case .maxPool(let kernel): .maxPool(kernel: kernel)
        case .upsample(let factor): .upsample(factor: factor)
        case .copy: .copy
        }
      return Node(
        operation: operation, input: place(step.input), output: place(step.output),
        module: step.module)
    }
    return Graph(bufferChannels: bufferChannels, nodes: nodes, outputs: outputs.map(place))
  }

  private mutating func fresh(channels count: Int) -> Value {
    channels.append(count)
    return Value(id: channels.count - 1, channels: 0..<count)
  }

  private mutating func add(
    _ operation: Operation, _ input: Value, channels count: Int
  ) -> Value {
    let output = fresh(channels: count)
    steps.append(Step(operation: operation, input: input, output: output, module: module))
    return output
  }
}
