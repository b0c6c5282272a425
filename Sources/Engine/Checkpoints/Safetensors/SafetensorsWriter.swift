public import Files
public import Foundation
internal import Tensors

extension Checkpoint {
  /// Writes our own format: a `.safetensors` file whose header also carries class names, strides,
  /// architecture, training options and notes.
  ///
  /// The same checkpoint gives the same bytes everywhere. The file is replaced in one step.
  ///
  /// - Parameters:
  ///   - path: Where to; missing folders are made.
  ///   - half: Whether floats are stored in half precision (round to nearest, ties to even), running
  ///     statistics included, as trainers keep finished models. A tensor with a finite number beyond
  ///     half's range (65504) stays single.
  ///   - watch: Told again and again how many of how many bytes are written; when it throws, the old
  ///     file stays.
  /// - Throws: ``CheckpointError`` with the system's reason.
  public func write(
    to path: String, half: Bool = true,
    watching watch: (_ done: Int, _ count: Int) throws(FileError) -> Void = { _, _ in }
  ) throws(CheckpointError) {
    do throws(FileError) {
      try AtomicFile.write(safetensors(half: half), to: path, watching: watch)
    } catch {
      throw CheckpointError(
        file: path, problem: .refused(action: error.action, reason: error.reason))
    }
  }

  /// The bytes that ``write(to:half:watching:)`` writes.
  public func safetensors(half: Bool = true) -> Data {
    let plans = state.names.compactMap { name in
      state[name].map { StoredTensor(name: name, value: $0, half: half) }
    }
    // Wide numbers first, so that each lies at a multiple of its size.
    let order = plans.indices.sorted {
      let (a, b) = (plans[$0].type.size, plans[$1].type.size)
      return a != b ? a > b : $0 < $1
    }
    var offsets = [Int](repeating: 0, count: plans.count)
    var end = 0
    for index in order {
      offsets[index] = end
      end += plans[index].byteCount
    }
    var header = "{\"__metadata__\":{"
    header += nativeTexts.map { JSONText.quoted($0.key) + ":" + JSONText.quoted($0.text) }
      .joined(separator: ",")
    header += "}"
    for (plan, offset) in zip(plans, offsets) { header += "," + entry(of: plan, at: offset) }
    header += "}"
    while !header.utf8.count.isMultiple(of: 8) { header += " " }
    var result = Data(capacity: 8 + header.utf8.count + end)
    result.append(contentsOf: (0..<8).map { UInt8(header.utf8.count >> (8 * $0) & 0xFF) })
    result.append(contentsOf: header.utf8)
    for index in order { result.append(contentsOf: plans[index].bytes()) }
    return result
  }

  private func entry(of tensor: StoredTensor, at offset: Int) -> String {
    let code = SafetensorsReader.types.first { $0.value == tensor.type }?.key ?? ""
    let extents = tensor.value.shape.extents.map(String.init).joined(separator: ",")
    return JSONText.quoted(tensor.name) + ":{\"dtype\":\"\(code)\",\"shape\":[\(extents)],"
      + "\"data_offsets\":[\(offset),\(offset + tensor.byteCount)]}"
  }
}
