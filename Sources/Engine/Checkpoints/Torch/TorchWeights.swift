internal import Tensors

/// Gathers the weights of a module, or of a plain dictionary of tensors, by name.
struct TorchWeights {
  private let heap: PickleHeap
  private let file: String
  private var storages: any TorchStorages
  /// What has been gathered.
  private(set) var state = StateDictionary()
  /// How many scalars of each precision the file holds.
  private var counts: [(precision: Precision, count: Int)] = []
  /// Scalars that may still be unfolded, and steps that may still be taken.
  private var scalars: Int
  private var steps = 10_000_000

  init(_ heap: PickleHeap, storages: any TorchStorages, file: String, fileSize: Int) {
    (self.heap, self.storages, self.file) = (heap, storages, file)
    // A view may repeat its storage, but no model's weights do so many times over.
    scalars = 4 << 20 + 16 * fileSize
  }

  /// The precision of most scalars; single where there are none.
  var precision: Precision {
    counts.max { $0.count < $1.count }?.precision ?? .single
  }

  /// Takes the parameters, buffers and submodules of an unknown object, as `Module.state_dict` would.
  mutating func gather(
    module: PickleHeap.Reference, prefix: String = "", depth: Int = 0
  ) throws(CheckpointError) {
    guard depth < 32 else {
      throw failure(.tooLarge(what: "nesting of modules", needed: depth + 1, limit: 32))
    }
    guard let attributes = heap.attributes(module) else { return }
    try pay(heap.pairs(attributes)?.count ?? 0)
    let transient =
      heap.value("_non_persistent_buffers_set", in: attributes)
      .flatMap { heap.elements($0) } ?? []
    try pay(transient.count)
    let skipped = Set(transient.compactMap { heap.text($0) })
    for (name, value) in try pairs("_parameters", of: attributes) {
      try gather(tensor: value, name: prefix + name)
    }
    for (name, value) in try pairs("_buffers", of: attributes) where !skipped.contains(name) {
      try gather(tensor: value, name: prefix + name)
    }
    for (name, value) in try pairs("_modules", of: attributes) {
      try gather(module: value, prefix: prefix + name + ".", depth: depth + 1)
    }
  }

  /// Takes the tensors of a dictionary and leaves everything else.
  mutating func gather(dictionary: PickleHeap.Reference) throws(CheckpointError) {
    for (key, value) in heap.pairs(dictionary) ?? [] {
      guard let name = heap.text(key), case .tensor = heap[value] else { continue }
      try gather(tensor: value, name: name)
    }
  }

  private mutating func pairs(
    _ name: String, of attributes: PickleHeap.Reference
  ) throws(CheckpointError) -> [(String, PickleHeap.Reference)] {
    guard let dictionary = heap.value(name, in: attributes) else { return [] }
    let pairs = heap.pairs(dictionary) ?? []
    try pay(pairs.count)
    return pairs.compactMap { pair in heap.text(pair.key).map { ($0, pair.value) } }
  }

  private mutating func gather(
    tensor reference: PickleHeap.Reference, name: String
  ) throws(CheckpointError) {
    switch heap[reference] {
    case .none: return
    case .tensor(let index):
      guard name.utf8.count <= 512 else {
        throw failure(.tooLarge(what: "bytes of a name", needed: name.utf8.count, limit: 512))
      }
      state[name] = try value(of: heap.tensors[index], name: name)
    case .object(let index):
      throw CheckpointError(
        file: file, place: .tensor(name),
        problem: .unsupported(
          "a tensor made by \(heap.className(heap.objects[index]))",
          advice: "save the model as plain dense tensors"))
    default:
      throw CheckpointError(
        file: file, place: .tensor(name),
        problem: .malformed(expected: "a tensor", found: "another object"))
    }
  }

  /// The numbers of a view in row-major order.
  mutating func value(
    of tensor: PickleHeap.Tensor, name: String
  ) throws(CheckpointError) -> StateDictionary.Value {
    guard tensor.count <= scalars else {
      throw CheckpointError(
        file: file, place: .tensor(name),
        problem: .tooLarge(what: "elements", needed: tensor.count, limit: scalars))
    }
    scalars -= tensor.count
    let shape = Shape(tensor.extents)
    let elements = try storages.elements(of: tensor.storage)
    let first = tensor.storage.first + tensor.offset
    guard let precision = tensor.storage.type.precision else {
      var integers: [Int64] = []
      integers.reserveCapacity(tensor.count)
      tensor.forEachOffset { integers.append(elements.integer(first + $0)) }
      return .integers(integers, shape: shape)
    }
    count(tensor.count, as: precision)
    var floats: [Float] = []
    floats.reserveCapacity(tensor.count)
    tensor.forEachOffset { floats.append(elements.float(first + $0)) }
    return .floats(Tensor(floats, shape: shape))
  }

  private mutating func count(_ scalars: Int, as precision: Precision) {
    if let index = counts.firstIndex(where: { $0.precision == precision }) {
      counts[index].count += scalars
    } else {
      counts.append((precision, scalars))
    }
  }

  private mutating func pay(_ count: Int) throws(CheckpointError) {
    steps -= 1 + count
    if steps < 0 {
      throw failure(
        .tooLarge(what: "modules and their attributes", needed: 10_000_001, limit: 10_000_000))
    }
  }

  private func failure(_ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: file, problem: problem)
  }
}

extension PickleHeap.Tensor {
  /// Calls `body` with the offset of every element in row-major order, relative to the first.
  fileprivate func forEachOffset(_ body: (Int) -> Void) {
    let count = count
    if isContiguous {
      for offset in 0..<count { body(offset) }
      return
    }
    var position = [Int](repeating: 0, count: extents.count)
    var offset = 0
    for _ in 0..<count {
      body(offset)
      for axis in extents.indices.reversed() {
        position[axis] += 1
        offset += strides[axis]
        if position[axis] < extents[axis] { break }
        offset -= strides[axis] * extents[axis]
        position[axis] = 0
      }
    }
  }

  private var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(extents, strides).reversed() {
      if extent != 1 && stride != expected { return false }
      expected *= max(1, extent)
    }
    return true
  }
}
