extension PickleMachine {
  /// Instructions that name classes, make objects and refer to storages.
  mutating func construct(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .global:
      let module = try reader.line(limit: Limit.name)
      push(.global(module + "." + (try reader.line(limit: Limit.name))))
    case .stackGlobal:
      let name = try pop(), module = try pop()
      guard let name = heap.text(name), let module = heap.text(module) else {
        throw failure(.malformed(expected: "a module and a name", found: "other objects"))
      }
      push(.global(module + "." + name))
    case .reduce, .newObject:
      let arguments = try pop(), maker = try pop()
      try make(maker, elements(of: arguments))
    case .newObjectWithKeywords:
      _ = try pop()
      let arguments = try pop(), maker = try pop()
      try make(maker, elements(of: arguments))
    case .object:
      let group = try popGroup()
      guard let maker = group.first else {
        throw failure(.malformed(expected: "a class", found: "nothing"))
      }
      try make(maker, Array(group.dropFirst()))
    case .build:
      let state = try pop(), target = try pop()
      heap.setState(state, of: target)
      push(target)
    case .persistentID: try pushStorage(try pop())
    default: throw failure(.malformed(expected: "a pickle instruction", found: "\(opcode)"))
    }
  }

  private func elements(of arguments: Reference) throws(CheckpointError) -> [Reference] {
    guard let elements = heap.elements(arguments) else {
      throw failure(.malformed(expected: "a tuple of arguments", found: "another object"))
    }
    return elements
  }

  /// Stands in for a call.
  ///
  /// What is not known here becomes an inert record.
  private mutating func make(
    _ maker: Reference, _ arguments: [Reference]
  ) throws(CheckpointError) {
    switch heap.global(maker) {
    case "collections.OrderedDict", "collections.defaultdict", "builtins.dict":
      try makeDictionary(arguments)
    case "__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset":
      push(.list(arguments.first.flatMap { heap.elements($0) } ?? []))
    case "torch.Size": push(.tuple(arguments.first.flatMap { heap.elements($0) } ?? []))
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
      try pushTensor(arguments, type: nil)
    case "torch._utils._rebuild_tensor_v3":
      guard arguments.count >= 7 else {
        throw failure(.malformed(expected: "7 arguments of a tensor", found: "\(arguments.count)"))
      }
      try pushTensor(arguments, type: try elementType(dtype: arguments[6]))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      // A parameter is its tensor with a note on gradients.
      guard let data = arguments.first else {
        throw failure(.malformed(expected: "a parameter's tensor", found: "nothing"))
      }
      push(data)
    case "torch._tensor._rebuild_from_type_v2":
      guard arguments.count >= 3, let inner = heap.elements(arguments[2]) else {
        throw failure(.malformed(expected: "a tensor's type and arguments", found: "other objects"))
      }
      // One step down, and never to itself: nesting here could otherwise run deep.
      guard heap.global(arguments[0]) != "torch._tensor._rebuild_from_type_v2" else {
        throw failure(.malformed(expected: "a tensor's constructor", found: "nested types"))
      }
      try make(arguments[0], inner)
    case "_codecs.encode": try makeEncoded(maker, arguments)
    case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar":
      makeNumpyScalar(maker, arguments)
    default: push(heap.add(PickleHeap.Object(maker: maker, arguments: arguments)))
    }
  }

  /// A dictionary from a list of pairs, or an empty one.
  private mutating func makeDictionary(_ arguments: [Reference]) throws(CheckpointError) {
    let pairs = arguments.last.flatMap { heap.elements($0) } ?? []
    try pay(pairs.count)
    let items = pairs.compactMap { heap.elements($0) }.filter { $0.count == 2 }
    push(.dictionary(items.flatMap { $0 }))
  }

  /// Bytes, which protocol 2 writes as text of the same code points.
  private mutating func makeEncoded(
    _ maker: Reference, _ arguments: [Reference]
  ) throws(CheckpointError) {
    let text = arguments.first.flatMap { heap.text($0) }
    try pay(text?.utf8.count ?? 0)
    guard let text, text.unicodeScalars.allSatisfy({ $0.value < 256 })
    else {
      push(heap.add(PickleHeap.Object(maker: maker, arguments: arguments)))
      return
    }
    push(.bytes(text.unicodeScalars.map { UInt8($0.value) }))
  }

  /// NumPy's numbers, as older trainers keep their best figure: type "f8" and eight bytes.
  private mutating func makeNumpyScalar(_ maker: Reference, _ arguments: [Reference]) {
    if arguments.count == 2, case .object(let index) = heap[arguments[0]],
      case .bytes(let bytes) = heap[arguments[1]], bytes.count == 8,
      let code = heap.objects[index].arguments.first.flatMap({ heap.text($0) })
    {
      let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if code == "f8" { return push(.number(Double(bitPattern: bits))) }
      if code == "i8" { return push(.integer(Int(Int64(bitPattern: bits)))) }
    }
    push(heap.add(PickleHeap.Object(maker: maker, arguments: arguments)))
  }
}

// MARK: - Storages and tensors

extension PickleMachine {
  /// `("storage", type, key, device, count)`, and in legacy files a sixth: `(key, first, count)` of a
  /// view, or none.
  private mutating func pushStorage(_ identity: Reference) throws(CheckpointError) {
    guard let parts = heap.elements(identity), parts.count >= 5, heap.text(parts[0]) == "storage",
      let key = heap.text(parts[2]), let count = heap.integer(parts[4])
    else {
      throw failure(.malformed(expected: "a storage's identity", found: "other objects"))
    }
    let type = try elementType(storage: parts[1])
    // Storages without type count bytes.
    var storage = PickleHeap.Storage(key: key, type: type, count: count)
    if parts.count > 5, let view = heap.elements(parts[5]) {
      guard view.count == 3, let first = heap.integer(view[1]), let size = heap.integer(view[2]),
        first >= 0, size >= 0, first <= count, size <= count - first
      else {
        throw failure(.malformed(expected: "a view inside its storage", found: "another"))
      }
      storage.first = first
    }
    guard count >= 0 else {
      throw failure(.malformed(expected: "a storage's size", found: "\(count)"))
    }
    push(heap.add(storage))
  }

  /// `(storage, offset, extents, strides, …)`.
  private mutating func pushTensor(
    _ arguments: [Reference], type: ElementType?
  ) throws(CheckpointError) {
    guard arguments.count >= 4, case .storage(let index) = heap[arguments[0]],
      let offset = heap.integer(arguments[1]), let extents = integers(arguments[2]),
      let strides = integers(arguments[3])
    else {
      throw failure(
        .malformed(expected: "a storage, an offset, extents and strides", found: "other objects"))
    }
    var storage = heap.storages[index]
    if let type, type != storage.type {
      let bytes = storage.count.multipliedReportingOverflow(by: storage.type.size)
      guard !bytes.overflow, storage.first == 0 else {
        throw failure(.malformed(expected: "a storage's size", found: "\(storage.count)"))
      }
      storage = PickleHeap.Storage(
        key: storage.key, type: type, count: bytes.partialValue / type.size)
    }
    let tensor = PickleHeap.Tensor(
      storage: storage, offset: offset, extents: extents, strides: strides)
    if let problem = tensor.problem { throw failure(problem) }
    push(heap.add(tensor))
  }

  private func integers(_ reference: Reference) -> [Int]? {
    guard let elements = heap.elements(reference), elements.count <= 16 else { return nil }
    let integers = elements.compactMap { heap.integer($0) }
    return integers.count == elements.count ? integers : nil
  }

  private func elementType(storage: Reference) throws(CheckpointError) -> ElementType {
    let name = heap.global(storage) ?? "an object that is not a name"
    return switch name {
    case "torch.HalfStorage": .half
    case "torch.BFloat16Storage": .bfloat
    case "torch.FloatStorage": .single
    case "torch.DoubleStorage": .double
    case "torch.CharStorage": .int8
    case "torch.ShortStorage": .int16
    case "torch.IntStorage": .int32
    case "torch.LongStorage": .int64
    case "torch.ByteStorage", "torch.storage.UntypedStorage": .uint8
    case "torch.BoolStorage": .boolean
    default: throw unsupported(name)
    }
  }

  private func elementType(dtype: Reference) throws(CheckpointError) -> ElementType {
    let name = heap.global(dtype) ?? "an object that is not a name"
    return switch name {
    case "torch.float16", "torch.half": .half
    case "torch.bfloat16": .bfloat
    case "torch.float32", "torch.float": .single
    case "torch.float64", "torch.double": .double
    case "torch.int8": .int8
    case "torch.int16": .int16
    case "torch.int32": .int32
    case "torch.int64": .int64
    case "torch.uint8": .uint8
    case "torch.bool": .boolean
    default: throw unsupported(name)
    }
  }

  private func unsupported(_ type: String) -> CheckpointError {
    failure(
      .unsupported("numbers of type \(type)", advice: "convert the model to float32 and save again")
    )
  }
}

extension PickleHeap.Tensor {
  /// The number of elements; at most 2⁴⁰, as ``problem`` makes sure.
  var count: Int { extents.reduce(1, *) }

  /// What is wrong with the view: a negative number, or an element outside its storage.
  fileprivate var problem: CheckpointError.Problem? {
    guard extents.count == strides.count, offset >= 0, (extents + strides).allSatisfy({ $0 >= 0 })
    else {
      return .malformed(
        expected: "as many strides as extents, none negative",
        found: "offset \(offset), extents \(extents), strides \(strides)")
    }
    var count = 1, last = offset
    for (extent, stride) in zip(extents, strides) {
      // An extent of zero makes the tensor empty; the others must be sound all the same.
      let product = count.multipliedReportingOverflow(by: max(1, extent))
      let step = max(0, extent - 1).multipliedReportingOverflow(by: stride)
      let sum = last.addingReportingOverflow(step.partialValue)
      guard !product.overflow, !step.overflow, !sum.overflow, product.partialValue <= 1 << 40 else {
        return .malformed(expected: "a tensor's extents", found: "\(extents)")
      }
      (count, last) = (product.partialValue, sum.partialValue)
    }
    guard extents.contains(0) || last < storage.count - storage.first else {
      return .malformed(
        expected: "a view inside a storage of \(storage.count)",
        found: "offset \(offset), extents \(extents), strides \(strides)")
    }
    return nil
  }
}
