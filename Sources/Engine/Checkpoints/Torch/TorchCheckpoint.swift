internal import Tensors

extension Checkpoint {
  /// A file of `torch.save`: a zip archive with a pickle and one entry a storage.
  init(torchArchive bytes: Bytes, file: String) throws(CheckpointError) {
    let archive = try ZipArchive(bytes, file: file)
    let pickles = archive.names.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard let name = pickles.min(by: { $0.utf8.count < $1.utf8.count }),
      let content = try archive.read(name)
    else {
      throw CheckpointError(
        file: file,
        problem: .missing("an entry 'data.pkl'; it is not an archive written by torch.save"))
    }
    let root = String(name.dropLast("data.pkl".count))
    guard !archive.names.contains(root + "constants.pkl") else {
      throw CheckpointError(
        file: file,
        problem: .unsupported(
          "a TorchScript program", advice: "use the .pt file it was exported from"))
    }
    if let order = try archive.read(root + "byteorder"),
      String(decoding: order.array(0..<order.count), as: UTF8.self) == "big"
    {
      throw CheckpointError(
        file: file,
        problem: .unsupported(
          "a file from a big-endian machine", advice: "save it with byteorder 'little'"))
    }
    var machine = PickleMachine(ByteReader(content, file: file, entry: name))
    let top = try machine.run()
    let storages = ZipStorages(archive, file: file, root: root)
    var reader = TorchReader(
      heap: machine.heap, file: file,
      weights: TorchWeights(machine.heap, storages: storages, file: file, fileSize: bytes.count))
    self = try reader.checkpoint(top)
    format = .torch
  }

  /// The pickle of the number by which torch marked its files before 1.6.
  static let legacyMark: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// A file from before torch 1.6: pickles of a mark, a version, the system, the object and the
  /// storages' keys, then the storages.
  init(legacyTorch bytes: Bytes, file: String) throws(CheckpointError) {
    var reader = ByteReader(bytes, file: file, offset: Checkpoint.legacyMark.count)
    for _ in 0..<2 {
      var preface = PickleMachine(reader)
      _ = try preface.run()
      reader.offset = preface.reader.offset
    }
    var machine = PickleMachine(reader)
    let top = try machine.run()
    var last = PickleMachine(machine.reader)
    let list = try last.run()
    let keys = (last.heap.elements(list) ?? []).compactMap { last.heap.text($0) }
    let storages = try LegacyStorages(keys, of: machine.heap, reader: last.reader)
    var torch = TorchReader(
      heap: machine.heap, file: file,
      weights: TorchWeights(machine.heap, storages: storages, file: file, fileSize: bytes.count))
    self = try torch.checkpoint(top)
    format = .legacyTorch
  }
}

/// Finds weights and notes in the object that a torch file describes.
struct TorchReader {
  let heap: PickleHeap
  let file: String
  var weights: TorchWeights

  /// The checkpoint under `top`: a trainer's dictionary, a whole module, or a dictionary of tensors.
  mutating func checkpoint(_ top: PickleHeap.Reference) throws(CheckpointError) -> Checkpoint {
    var notes = TorchMetadata(heap, file: file)
    var result = Checkpoint(state: StateDictionary())
    // The averaged weights are the model; trainers that finished keep them under "model".
    let model = ["ema", "model", "state_dict"].compactMap { heap.value($0, in: top) }
      .first { holdsWeights($0) }
    if isModule(top) {
      try readModule(top, into: &result, &notes)
    } else if let model {
      if isModule(model) {
        try readModule(model, into: &result, &notes)
      } else {
        try weights.gather(dictionary: model)
      }
      try readTrainer(top, into: &result, &notes)
    } else {
      try weights.gather(dictionary: top)
    }
    guard weights.state.count > 0 else {
      throw CheckpointError(
        file: file, problem: .missing("weights: neither a module nor a dictionary of tensors"))
    }
    result.state = weights.state
    result.precision = weights.precision
    return result
  }

  private func isModule(_ reference: PickleHeap.Reference) -> Bool {
    heap.attribute("_modules", of: reference) != nil
  }

  private func holdsWeights(_ reference: PickleHeap.Reference) -> Bool {
    if isModule(reference) { return true }
    return heap.pairs(reference)?.contains {
      if case .tensor = heap[$0.value] { true } else { false }
    }
      ?? false
  }

  private mutating func readModule(
    _ module: PickleHeap.Reference, into result: inout Checkpoint, _ notes: inout TorchMetadata
  ) throws(CheckpointError) {
    try weights.gather(module: module)
    if let names = heap.attribute("names", of: module) { result.names = try classNames(names) }
    if let yaml = heap.attribute("yaml", of: module) {
      result.architecture = try notes.dictionary(yaml)
    }
    if let stride = heap.attribute("stride", of: module), case .tensor(let index) = heap[stride],
      case .floats(let tensor) = try weights.value(of: heap.tensors[index], name: "stride")
    {
      result.strides = try strides(tensor.scalars)
    }
    if let args = heap.attribute("args", of: module) {
      result.trainingArguments = try notes.plain(args).dictionary ?? Metadata()
    }
  }

  private mutating func readTrainer(
    _ top: PickleHeap.Reference, into result: inout Checkpoint, _ notes: inout TorchMetadata
  ) throws(CheckpointError) {
    for (key, value) in heap.pairs(top) ?? [] {
      guard let key = heap.text(key) else { continue }
      switch key {
      // The weights are taken already; an optimizer's numbers are of no use to anyone else.
      case "ema", "model", "state_dict", "optimizer": continue
      case "train_args":
        if let arguments = try notes.plain(value).dictionary {
          result.trainingArguments = arguments
        }
      default: result.metadata[key] = try notes.plain(value)
      }
    }
  }

  /// Names by index, from a dictionary of whole numbers or a list.
  private func classNames(_ reference: PickleHeap.Reference) throws(CheckpointError) -> [String] {
    let fault = CheckpointError(
      file: file,
      problem: .malformed(expected: "class names numbered from 0", found: "others"))
    if let elements = heap.elements(reference) {
      let names = elements.compactMap { heap.text($0) }
      guard names.count == elements.count else { throw fault }
      return names
    }
    let pairs = heap.pairs(reference) ?? []
    var names = [String?](repeating: nil, count: pairs.count)
    for (key, value) in pairs {
      let index = heap.integer(key) ?? heap.text(key).flatMap { Int($0) }
      guard let index, names.indices.contains(index), let name = heap.text(value) else {
        throw fault
      }
      names[index] = name
    }
    let complete = names.compactMap { $0 }
    guard complete.count == names.count else { throw fault }
    return complete
  }

  private func strides(_ floats: [Float]) throws(CheckpointError) -> [Int] {
    guard floats.count <= 16, floats.allSatisfy({ $0 >= 1 && $0 <= 4096 && $0 == $0.rounded() })
    else {
      throw CheckpointError(
        file: file,
        problem: .malformed(
          expected: "strides as whole numbers of pixels", found: "\(floats.prefix(16))"))
    }
    return floats.map { Int($0) }
  }
}
