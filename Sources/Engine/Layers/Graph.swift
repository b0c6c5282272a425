internal import Tensors

/// A run of channels of one buffer: where a value lies.
public struct Slice: Hashable, Sendable {
  /// The buffer's number in its graph.
  public let buffer: Int
  /// Which of the buffer's channels.
  public let channels: Range<Int>

  func overlaps(_ other: Slice) -> Bool {
    buffer == other.buffer && channels.overlaps(other.channels)
  }

  func covers(_ other: Slice) -> Bool {
    buffer == other.buffer && channels.lowerBound <= other.channels.lowerBound
      && channels.upperBound >= other.channels.upperBound
  }
}

/// One step of a network.
public struct Node {
  /// What the step computes.
  public enum Operation {
    /// A convolution with what follows it, plus the residual where there is one.
    case convolution(ConvolutionUnit, residual: Slice?)
    /// Max pooling, stride 1, window `kernel` x `kernel`.
    case maxPool(kernel: Int)
    /// Every pixel repeated `factor` times in both directions.
    case upsample(factor: Int)
    /// The input as it is; only where a value is needed in two concatenations.
    case copy
  }

  /// What the step computes.
  public let operation: Operation
  /// What it reads.
  public let input: Slice
  /// What it writes; no other node writes there.
  public let output: Slice
  /// The number of the module it belongs to, the first number in the names of its parameters.
  public let module: Int

  /// The convolution unit, for convolutions.
  public var unit: ConvolutionUnit? {
    if case .convolution(let unit, _) = operation { unit } else { nil }
  }

  /// What is added to a convolution's result.
  public var residual: Slice? {
    if case .convolution(_, let residual) = operation { residual } else { nil }
  }
}

/// A network as a list of steps over buffers, in the order in which they run.
///
/// Concatenation and splitting are no steps: a value that is concatenated is written where the
/// concatenation wants it. Sizes of images play no part here; they come with a plan.
public struct Graph {
  /// The number of channels of every buffer.
  ///
  /// Buffer 0 holds the images.
  public let bufferChannels: [Int]
  /// The steps in order.
  public let nodes: [Node]
  /// What the network is for: values that a caller reads.
  public let outputs: [Slice]

  /// The images.
  public var input: Slice { Slice(buffer: 0, channels: 0..<bufferChannels[0]) }

  /// The nodes that write some part of a slice, in order.
  func producers(of slice: Slice) -> [Int] {
    nodes.indices.filter { nodes[$0].output.overlaps(slice) }
  }

  /// Height and width of every buffer for images of the given size.
  ///
  /// - Throws: ``NetworkError`` where two values that are to lie side by side would differ in size.
  package func bufferSizes(
    height: Int, width: Int
  ) throws(NetworkError) -> [(height: Int, width: Int)] {
    var sizes = [(height: Int, width: Int)?](repeating: nil, count: bufferChannels.count)
    sizes[0] = (height, width)
    for node in nodes {
      guard let from = sizes[node.input.buffer] else {
        preconditionFailure("a node reads buffer \(node.input.buffer) before anything writes it")
      }
      let size =
        switch node.operation {
        case .convolution(let unit, _):
          unit.shape.outputSize(height: from.height, width: from.width)
        case .maxPool, .copy: from
        case .upsample(let factor): (height: from.height * factor, width: from.width * factor)
        }
      if let known = sizes[node.output.buffer], known != size {
        throw NetworkError(
          .unevenSize(height: height, width: width, module: node.module, known: known, size))
      }
      sizes[node.output.buffer] = size
    }
    return sizes.map { $0 ?? (0, 0) }
  }
}

extension Graph {
  /// The same network with the outputs of its first modules as further outputs, in order.
  package func exposing(modulesBelow limit: Int) -> Graph {
    let last = (0..<limit).map { module -> Slice in
      let own = nodes.filter { $0.module == module }
      // A module without steps of its own is a concatenation: all of what the next one reads.
      let next = nodes.first { $0.module > module }
      guard let slice = own.last?.output ?? next?.input else {
        preconditionFailure("module \(module) has no output")
      }
      return slice
    }
    return Graph(bufferChannels: bufferChannels, nodes: nodes, outputs: outputs + last)
  }

  /// Input pixels from one cell to the next, for each pair of outputs.
  package func levelStrides() -> [Int] {
    // Large enough that every level has cells, whatever the strides.
    let side = 1 << 14
    guard let sizes = try? bufferSizes(height: side, width: side) else { return [] }
    return stride(from: 0, to: outputs.count, by: 2).map {
      side / sizes[outputs[$0].buffer].height
    }
  }
}

/// Why a network cannot be run on images of some size.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts.
  public enum Problem: Equatable, Sendable {
    /// Two maps that are concatenated would differ in size.
    case unevenSize(height: Int, width: Int, module: Int, otherSize: String, size: String)
    /// A single value a channel has no variance.
    case singleValue(unit: String)
  }

  /// The facts.
  public let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// One line that says what to do.
  public var description: String {
    switch problem {
    case .unevenSize(let height, let width, let module, let otherSize, let size):
      """
      images of \(width) x \(height) do not fit the network: module \(module) would put maps of \
      \(otherSize) and \(size) side by side; use sizes that are multiples of its largest stride, 32
      """
    case .singleValue(let unit):
      """
      '\(unit)' cannot be normalized: one image leaves a single value a channel there; use a larger \
      batch or larger images
      """
    }
  }
}

extension NetworkError.Problem {
  static func unevenSize(
    height: Int, width: Int, module: Int, known: (height: Int, width: Int),
    _ size: (height: Int, width: Int)
  ) -> Self {
    .unevenSize(
      height: height, width: width, module: module, otherSize: "\(known.width) x \(known.height)",
      size: "\(size.width) x \(size.height)")
  }
}
