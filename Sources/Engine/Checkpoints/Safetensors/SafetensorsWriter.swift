internal import Files
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
  /// - Throws: ``CheckpointError`` with the system's reason.
  public func write(to path: String, half: Bool = true) throws(CheckpointError) {
    do throws(FileError) {
      try AtomicFile.write(safetensors(half: half), to: path)
    } catch {
      throw CheckpointError(
        file: path, problem: .refused(action: error.action, reason: error.reason))
    }
  }

  /// The bytes that ``write(to:half:)`` writes.
  public func safetensors(half: Bool = true) -> Data {
    let plans = state.names.compactMap { name in
      state[name].map { StoredTensor(name: name, value: $0, half: half) }
    }
    // Wide numbers first, so that each lies at a multiple of its size.
    let order = plans.indices.sorted {
      plans[$0].size != plans[$1].size ? plans[$0].size > plans[$1].size : $0 < $1
    }
    var offsets = [Int](repeating: 0, count: plans.count)
    var end = 0
    for index in order {
      offsets[index] = end
      end += plans[index].byteCount
    }
    var header = "{\"__metadata__\":{"
    header += nativeTexts.map { MetadataValue.quoted($0.key) + ":" + MetadataValue.quoted($0.text) }
      .joined(separator: ",")
    header += "}"
    for (plan, offset) in zip(plans, offsets) { header += "," + plan.entry(at: offset) }
    header += "}"
    while !header.utf8.count.isMultiple(of: 8) { header += " " }
    var result = Data(capacity: 8 + header.utf8.count + end)
    result.append(contentsOf: (0..<8).map { UInt8(header.utf8.count >> (8 * $0) & 0xFF) })
    result.append(contentsOf: header.utf8)
    for index in order { result.append(contentsOf: plans[index].bytes()) }
    return result
  }
}

/// A tensor on its way into a file.
private struct StoredTensor {
  let name: String
  let value: StateDictionary.Value
  /// The format's name of the number type.
  let type: String
  /// Bytes of one number.
  let size: Int

  init(name: String, value: StateDictionary.Value, half: Bool) {
    (self.name, self.value) = (name, value)
    switch value {
    case .integers: (type, size) = ("I64", 8)
    case .floats(let tensor):
      // Not-a-number and infinity survive in half precision; 65520 would turn into infinity.
      let fits = half && tensor.scalars.allSatisfy { !($0.isFinite && abs($0) > Half.greatest) }
      (type, size) = fits ? ("F16", 2) : ("F32", 4)
    }
  }

  var byteCount: Int { value.shape.count * size }

  func entry(at offset: Int) -> String {
    let extents = value.shape.extents.map(String.init).joined(separator: ",")
    return MetadataValue.quoted(name)
      + ":{\"dtype\":\"\(type)\",\"shape\":[\(extents)],"
      + "\"data_offsets\":[\(offset),\(offset + byteCount)]}"
  }

  /// The numbers in little-endian order.
  func bytes() -> [UInt8] {
    switch value {
    case .integers(let integers, _): littleEndian(integers.map { UInt64(bitPattern: $0) })
    case .floats(let tensor) where size == 2: littleEndian(tensor.scalars.map(Half.nearest))
    case .floats(let tensor): littleEndian(tensor.scalars.map(\.bitPattern))
    }
  }

  private func littleEndian<T: FixedWidthInteger & UnsignedInteger>(_ numbers: [T]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(numbers.count * size)
    for number in numbers {
      for byte in 0..<size { result.append(UInt8(truncatingIfNeeded: number >> T(8 * byte))) }
    }
    return result
  }
}
