/// How a file stores one number.
enum ElementType: Equatable {
  case half, bfloat, single, double
  case int8, int16, int32, int64, uint8, boolean

  /// Bytes of one number.
  var size: Int {
    switch self {
    case .int8, .uint8, .boolean: 1
    case .half, .bfloat, .int16: 2
    case .single, .int32: 4
    case .double, .int64: 8
    }
  }

  /// The precision of a floating type; nil for integers.
  var precision: Precision? {
    switch self {
    case .half: .half
    case .bfloat: .bfloat
    case .single: .single
    case .double: .double
    default: nil
    }
  }
}

/// The floating type in which a file keeps weights; in memory they are always single.
public enum Precision: String, Equatable, Sendable, CaseIterable {
  /// IEEE 754 binary16: what trainers keep finished models in.
  case half
  /// The upper half of a single: eight bits of exponent, seven of fraction.
  case bfloat
  /// IEEE 754 binary32.
  case single
  /// IEEE 754 binary64.
  case double
}

/// Sees numbers of one type in some bytes.
struct Elements {
  let bytes: Bytes
  /// Bytes before element 0.
  let start: Int
  let type: ElementType

  /// Element `index` as a single; doubles are rounded to nearest.
  func float(_ index: Int) -> Float {
    let offset = start + index * type.size
    return switch type {
    case .half: Half.single(bytes.integer(at: offset))
    case .bfloat: Float(bitPattern: UInt32(bytes.integer(at: offset, as: UInt16.self)) << 16)
    case .single: Float(bitPattern: bytes.integer(at: offset))
    case .double: Float(Double(bitPattern: bytes.integer(at: offset)))
    default: Float(integer(index))
    }
  }

  /// Element `index` of an integer type.
  func integer(_ index: Int) -> Int64 {
    let offset = start + index * type.size
    return switch type {
    case .int8: Int64(bytes.integer(at: offset, as: Int8.self))
    case .int16: Int64(bytes.integer(at: offset, as: Int16.self))
    case .int32: Int64(bytes.integer(at: offset, as: Int32.self))
    case .int64: bytes.integer(at: offset)
    case .uint8: Int64(bytes[offset])
    case .boolean: bytes[offset] == 0 ? 0 : 1
    default: preconditionFailure("\(type) is not an integer type")
    }
  }
}
