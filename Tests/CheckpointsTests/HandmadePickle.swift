import Foundation

/// Writes pickles instruction by instruction, hostile ones too.
struct HandmadePickle {
  private(set) var bytes: [UInt8] = [0x80, 2]

  /// The instructions of `build`, and the end.
  init(_ build: (inout HandmadePickle) -> Void) {
    build(&self)
    raw(".")
  }

  /// One-byte instructions as their characters.
  mutating func raw(_ instructions: String) { bytes += Array(instructions.utf8) }

  /// Any bytes.
  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func text(_ text: String) {
    raw([0x58] + littleEndian(text.utf8.count, 4) + Array(text.utf8))
  }

  mutating func integer(_ integer: Int) {
    if Int32(exactly: integer) != nil {
      raw([0x4A] + littleEndian(integer, 4))
    } else {
      raw([0x8A, 8] + littleEndian(integer, 8))
    }
  }

  mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }

  mutating func tuple(_ integers: [Int]) {
    raw("(")
    for number in integers { integer(number) }
    raw("t")
  }

  /// A tensor of a storage that lies outside.
  mutating func tensor(
    storage: String = "FloatStorage", key: String = "0", count: Int, offset: Int = 0,
    extents: [Int], strides: [Int]
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    raw("((")
    text("storage")
    global("torch", storage)
    text(key)
    text("cpu")
    integer(count)
    raw("tQ")
    integer(offset)
    tuple(extents)
    tuple(strides)
    raw([0x89])
    raw("}tR")
  }

  /// A file from before torch 1.6 with this pickle and some storages of singles behind it.
  func file(storages: [(key: String, floats: [Float])] = []) -> Data {
    let mark: [UInt8] = [
      0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    let version = HandmadePickle { $0.integer(1001) }
    let system = HandmadePickle { $0.raw("}") }
    let keys = HandmadePickle { pickle in
      pickle.raw("](")
      for storage in storages { pickle.text(storage.key) }
      pickle.raw("e")
    }
    var result = mark + version.bytes + system.bytes + bytes + keys.bytes
    for storage in storages {
      result += littleEndian(storage.floats.count, 8)
      for float in storage.floats { result += littleEndian(Int(float.bitPattern), 4) }
    }
    return Data(result)
  }
}

/// The lowest `count` bytes of a number, least first.
func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
