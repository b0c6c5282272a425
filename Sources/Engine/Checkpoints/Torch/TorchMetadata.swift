/// Turns what a pickle holds besides weights into plain data.
struct TorchMetadata {
  private let heap: PickleHeap
  private let file: String
  /// Values that may still be made; a pickle can share one list a million times.
  private var values = 200_000

  init(_ heap: PickleHeap, file: String) { (self.heap, self.file) = (heap, file) }

  /// A value as plain data.
  mutating func plain(
    _ reference: PickleHeap.Reference, depth: Int = 0
  ) throws(CheckpointError) -> MetadataValue {
    values -= 1
    guard values >= 0 else { throw tooLarge("values of metadata", limit: 200_000) }
    guard depth < 32 else { throw tooLarge("nesting of metadata", limit: 32) }
    switch heap[reference] {
    case .none: return .none
    case .boolean(let boolean): return .boolean(boolean)
    case .integer(let integer): return .integer(integer)
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .bytes(let bytes): return .object("\(bytes.count) bytes")
    case .list(let elements), .tuple(let elements):
      var list: [MetadataValue] = []
      for element in elements { list.append(try plain(element, depth: depth + 1)) }
      return .list(list)
    case .dictionary: return .dictionary(try dictionary(reference, depth: depth))
    case .global(let name): return .object(name)
    case .object(let index): return try plain(heap.objects[index], reference, depth: depth)
    case .storage: return .object("torch.Storage")
    case .tensor(let index):
      let extents = heap.tensors[index].extents.map(String.init).joined(separator: ", ")
      return .object("torch.Tensor (\(extents))")
    }
  }

  /// The pairs of a dictionary, or the attributes of an object.
  mutating func dictionary(
    _ reference: PickleHeap.Reference, depth: Int = 0
  ) throws(CheckpointError) -> Metadata {
    var result = Metadata()
    for (key, value) in heap.pairs(reference) ?? [] {
      guard let name = heap.text(key) ?? heap.integer(key).map(String.init) else { continue }
      result[name] = try plain(value, depth: depth + 1)
    }
    return result
  }

  private mutating func plain(
    _ object: PickleHeap.Object, _ reference: PickleHeap.Reference, depth: Int
  ) throws(CheckpointError) -> MetadataValue {
    let name = heap.className(object)
    // Paths of the trainer's machine: parts to be joined.
    if name.hasPrefix("pathlib.") {
      let parts = object.arguments.compactMap { heap.text($0) }
      return .text(parts.joined(separator: "/").replacing("//", with: "/"))
    }
    // Arguments that travel as a namespace instead of a dictionary.
    if name.hasSuffix("SimpleNamespace"), let attributes = heap.attributes(reference) {
      return .dictionary(try dictionary(attributes, depth: depth))
    }
    return .object(name)
  }

  private func tooLarge(_ what: String, limit: Int) -> CheckpointError {
    CheckpointError(file: file, problem: .tooLarge(what: what, needed: limit + 1, limit: limit))
  }
}
