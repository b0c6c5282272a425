internal import Tensors

/// A tensor on its way into a file.
struct StoredTensor {
  let name: String
  let value: StateDictionary.Value
  /// How its numbers are stored.
  let type: ElementType

  /// Plans a tensor; floats become halves where that is asked for and all of them fit.
  init(name: String, value: StateDictionary.Value, half: Bool) {
    (self.name, self.value) = (name, value)
    switch value {
    case .integers: type = .int64
    case .floats(let tensor):
      // Not-a-number and infinity survive in half precision; 65520 would turn into infinity.
      let fits = tensor.scalars.allSatisfy { !($0.isFinite && abs($0) > Half.greatest) }
      type = half && fits ? .half : .single
    }
  }

  /// Bytes of all numbers.
  var byteCount: Int { value.shape.count * type.size }

  /// The numbers in little-endian order.
  func bytes() -> [UInt8] {
    switch value {
    case .integers(let integers, _): littleEndian(integers.map { UInt64(bitPattern: $0) })
    case .floats(let tensor) where type == .half: littleEndian(tensor.scalars.map(Half.nearest))
    case .floats(let tensor): littleEndian(tensor.scalars.map(\.bitPattern))
    }
  }

  private func littleEndian<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
    // SAFETY: integers have no padding, and the bytes are copied while the array lives.
    unsafe numbers.map(\.littleEndian).withUnsafeBytes { unsafe [UInt8]($0) }
  }
}
