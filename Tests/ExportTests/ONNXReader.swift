import Foundation

/// One message of Protocol Buffers, taken apart just far enough to look at what was written.
struct Message {
  /// The fields in order: whole numbers, or bytes.
  private(set) var fields: [(number: Int, value: UInt64?, bytes: Data?)] = []

  /// Reads a message; nil where it is none.
  init?(_ data: Data) {
    var rest = data
    func variable() -> UInt64? {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
      }
      return nil
    }
    while !rest.isEmpty {
      guard let key = variable(), let value = variable() else { return nil }
      switch key & 7 {
      case 0: fields.append((Int(key >> 3), value, nil))
      case 2:
        guard value <= rest.count else { return nil }
        fields.append((Int(key >> 3), nil, rest.prefix(Int(value))))
        rest = rest.dropFirst(Int(value))
      default: return nil
      }
    }
  }

  func integers(_ number: Int) -> [Int] {
    fields.filter { $0.number == number }.compactMap { $0.value.map { Int(Int64(bitPattern: $0)) } }
  }

  func texts(_ number: Int) -> [String] {
    fields.filter { $0.number == number }
      .compactMap { $0.bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  func messages(_ number: Int) -> [Message] {
    fields.filter { $0.number == number }.compactMap { $0.bytes.flatMap { Message($0) } }
  }

  func bytes(_ number: Int) -> Data? { fields.first { $0.number == number }?.bytes }
}

/// The parts of an ONNX file that tests ask about.
struct ONNXReader {
  let model: Message
  let graph: Message

  init?(_ data: Data) {
    guard let model = Message(data), let graph = model.messages(7).first else { return nil }
    (self.model, self.graph) = (model, graph)
  }

  /// How often each operator occurs.
  var operators: [String: Int] {
    graph.messages(1).flatMap { $0.texts(4) }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  var metadata: [String: String] {
    Dictionary(
      uniqueKeysWithValues: model.messages(14).map { ($0.texts(1)[0], $0.texts(2)[0]) })
  }

  /// Name and extents of an input (11) or output (12).
  func value(_ field: Int) -> (name: String, extents: [String])? {
    guard let value = graph.messages(field).first,
      let shape = value.messages(2).first?.messages(1).first?.messages(2).first
    else { return nil }
    let extents = shape.messages(1).map { $0.integers(1).first.map(String.init) ?? $0.texts(2)[0] }
    return (value.texts(1)[0], extents)
  }

  /// What makes the graph unsound: a value used before it is there, or two of one name.
  var faults: [String] {
    var known = Set(
      graph.messages(5).flatMap { $0.texts(8) } + graph.messages(11).flatMap { $0.texts(1) })
    var faults: [String] = []
    for node in graph.messages(1) {
      for input in node.texts(1) where !input.isEmpty && !known.contains(input) {
        faults.append("\(node.texts(3)) reads '\(input)', which is not there yet")
      }
      for output in node.texts(2) where !known.insert(output).inserted {
        faults.append("'\(output)' is there twice")
      }
    }
    for tensor in graph.messages(5) {
      let count = tensor.integers(1).reduce(1, *)
      let size = tensor.integers(2) == [7] ? 8 : 4
      if tensor.bytes(9)?.count != count * size {
        faults.append("\(tensor.texts(8)) has a wrong size")
      }
    }
    return faults
  }
}
