internal import Foundation

/// Collects the nodes and constants of an ONNX graph.
///
/// Source: onnx.proto3 and docs/Operators.md of the repository onnx/onnx, operator set 17. Only what a
/// detector needs is here; every method adds one node and returns the name of its result.
struct ONNXGraph {
  /// An attribute of a node.
  enum Attribute {
    case integer(String, Int)
    case integers(String, [Int])
    case text(String, String)
  }

  /// The extent of one axis: a number, or a name where it is known only when the model runs.
  enum Extent {
    case fixed(Int)
    case named(String)
  }

  private var nodes = ProtobufWriter()
  private var constants = ProtobufWriter()
  private var values = ProtobufWriter()
  private var known: Set<String> = []

  /// Adds a node with one result, which bears its name unless another is given.
  mutating func add(
    _ operation: String, _ name: String, _ inputs: [String], _ attributes: [Attribute] = [],
    result: String? = nil
  ) -> String {
    let result = result ?? name
    nodes.add(1) { node in
      for input in inputs { node.add(1, input) }
      node.add(2, result)
      node.add(3, name)
      node.add(4, operation)
      for attribute in attributes { node.add(5) { attribute.write(to: &$0) } }
    }
    return result
  }

  /// Adds floats; the name is returned.
  mutating func constant(_ name: String, _ floats: [Float], _ extents: [Int]) -> String {
    let bits = floats.map { $0.bitPattern.littleEndian }
    // SAFETY: the bytes are copied while the array lives.
    let bytes = unsafe bits.withUnsafeBytes { unsafe Data($0) }
    return constant(name, type: ONNXGraph.float, bytes, extents)
  }

  /// Adds whole numbers, once for each name; the name is returned.
  mutating func constant(_ name: String, _ integers: [Int]) -> String {
    guard !known.contains(name) else { return name }
    let bits = integers.map { Int64($0).littleEndian }
    // SAFETY: the bytes are copied while the array lives.
    let bytes = unsafe bits.withUnsafeBytes { unsafe Data($0) }
    return constant(name, type: ONNXGraph.int64, bytes, [integers.count])
  }

  /// A single whole number without axes.
  mutating func scalar(_ name: String, _ integer: Int) -> String {
    guard !known.contains(name) else { return name }
    let bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: integer >> (8 * $0)) })
    return constant(name, type: ONNXGraph.int64, bytes, [])
  }

  /// Declares what goes in and comes out.
  mutating func declare(input: (name: String, extents: [Extent])) {
    values.add(11) { $0.addValue(input.name, input.extents) }
  }

  /// Declares what comes out.
  mutating func declare(output: (name: String, extents: [Extent])) {
    values.add(12) { $0.addValue(output.name, output.extents) }
  }

  /// The message `GraphProto`.
  func encoded(name: String) -> Data {
    var graph = nodes
    graph.add(2, name)
    return graph.data + constants.data + values.data
  }

  /// `TensorProto.DataType`.
  fileprivate static let float = 1
  private static let int64 = 7

  private mutating func constant(
    _ name: String, type: Int, _ bytes: Data, _ extents: [Int]
  ) -> String {
    precondition(known.insert(name).inserted, "two constants are called '\(name)'")
    constants.add(5) { tensor in
      for extent in extents { tensor.add(1, extent) }
      tensor.add(2, type)
      tensor.add(8, name)
      tensor.add(9, bytes)
    }
    return name
  }
}

extension ONNXGraph.Attribute {
  /// The message `AttributeProto`; its last field is the type.
  fileprivate func write(to message: inout ProtobufWriter) {
    switch self {
    case .integer(let name, let value):
      message.add(1, name)
      message.add(3, value)
      message.add(20, 2)
    case .integers(let name, let values):
      message.add(1, name)
      for value in values { message.add(8, value) }
      message.add(20, 7)
    case .text(let name, let text):
      message.add(1, name)
      message.add(4, text)
      message.add(20, 3)
    }
  }
}

extension ProtobufWriter {
  /// The message `ValueInfoProto` of floats.
  fileprivate mutating func addValue(_ name: String, _ extents: [ONNXGraph.Extent]) {
    add(1, name)
    add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, ONNXGraph.float)
        tensor.add(2) { shape in
          for extent in extents {
            shape.add(1) { axis in
              switch extent {
              case .fixed(let count): axis.add(1, count)
              case .named(let name): axis.add(2, name)
              }
            }
          }
        }
      }
    }
  }
}
