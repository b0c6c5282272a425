public import Files
public import Foundation
internal import Tensors

extension Checkpoint {
  /// Writes the weights as a `.pt` file with a plain state dictionary, which `torch.load` reads with
  /// `weights_only=True` and the reference's `DetectionModel.load_state_dict` takes.
  ///
  /// Names, strides and notes do not fit into such a file; our own format keeps them.
  ///
  /// - Parameters:
  ///   - path: Where to; missing folders are made. The file is replaced in one step.
  ///   - half: Whether floats are stored in half precision; see ``write(to:half:watching:)``.
  ///   - watch: Told again and again how many of how many bytes are written; when it throws, the old
  ///     file stays.
  /// - Throws: ``CheckpointError`` where the weights exceed 4 GiB, or with the system's reason.
  public func writeTorch(
    to path: String, half: Bool = false,
    watching watch: (_ done: Int, _ count: Int) throws(FileError) -> Void = { _, _ in }
  ) throws(CheckpointError) {
    let bytes = state.names.reduce(0) { $0 + (state[$1]?.shape.count ?? 0) * 8 + 1024 }
    guard bytes < 1 << 32 else {
      throw CheckpointError(
        file: path,
        problem: .tooLarge(what: "bytes of all weights", needed: bytes, limit: 1 << 32 - 1))
    }
    do throws(FileError) {
      let name = PathText.withoutSuffix(PathText.name(of: path))
      try AtomicFile.write(torch(half: half, root: name), to: path, watching: watch)
    } catch {
      throw CheckpointError(
        file: path, problem: .refused(action: error.action, reason: error.reason))
    }
  }

  /// The bytes that ``writeTorch(to:half:watching:)`` writes, with `root` as the archive's folder.
  public func torch(half: Bool = false, root: String = "archive") -> Data {
    let tensors = state.names.compactMap { name in
      state[name].map { StoredTensor(name: name, value: $0, half: half) }
    }
    var archive = ZipWriter()
    archive.add("\(root)/data.pkl", StatePickle(of: tensors).bytes)
    archive.add("\(root)/byteorder", Array("little".utf8))
    for (index, tensor) in tensors.enumerated() {
      archive.add("\(root)/data/\(index)", tensor.bytes())
    }
    archive.add("\(root)/version", Array("3\n".utf8))
    return archive.finish()
  }
}

/// The pickle of an ordered dictionary of tensors, protocol 2: for each the call
/// `torch._utils._rebuild_tensor_v2(storage, 0, extents, strides, False, OrderedDict())`.
private struct StatePickle {
  private(set) var bytes: [UInt8] = [0x80, 2]

  init(of tensors: [StoredTensor]) {
    addEmptyDictionary()
    add(.mark)
    for (index, tensor) in tensors.enumerated() { add(tensor, key: index) }
    add(.setItems)
    add(.stop)
  }

  private mutating func add(_ tensor: StoredTensor, key: Int) {
    let extents = tensor.value.shape.extents
    var strides = [Int](repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * max(1, extents[axis + 1])
    }
    addText(tensor.name)
    addGlobal("torch._utils", "_rebuild_tensor_v2")
    add(.mark)
    add(.mark)
    addText("storage")
    addGlobal("torch", storageName(tensor.type))
    addText("\(key)")
    addText("cpu")
    addInteger(tensor.value.shape.count)
    add(.tuple)
    add(.persistentID)
    addInteger(0)
    addTuple(extents)
    addTuple(strides)
    add(.newFalse)
    addEmptyDictionary()
    add(.tuple)
    add(.reduce)
  }

  private func storageName(_ type: ElementType) -> String {
    switch type {
    case .half: "HalfStorage"
    case .int64: "LongStorage"
    default: "FloatStorage"
    }
  }

  private mutating func add(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

  private mutating func addEmptyDictionary() {
    addGlobal("collections", "OrderedDict")
    add(.emptyTuple)
    add(.reduce)
  }

  private mutating func addGlobal(_ module: String, _ name: String) {
    add(.global)
    bytes += Array("\(module)\n\(name)\n".utf8)
  }

  private mutating func addText(_ text: String) {
    add(.text)
    addLittleEndian(text.utf8.count)
    bytes += Array(text.utf8)
  }

  private mutating func addTuple(_ integers: [Int]) {
    add(.mark)
    for integer in integers { addInteger(integer) }
    add(.tuple)
  }

  /// A whole number from 0 to 2³¹ - 1: the size of a file below 4 GiB of floats.
  private mutating func addInteger(_ integer: Int) {
    add(.int)
    addLittleEndian(integer)
  }

  private mutating func addLittleEndian(_ number: Int) {
    for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
}
