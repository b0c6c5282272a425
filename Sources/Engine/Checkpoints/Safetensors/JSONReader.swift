/// Reads JSON into plain data, keeping the order of names.
///
/// Beyond RFC 8259 it knows `NaN`, `Infinity` and `-Infinity`, which Python's writer emits.
struct JSONReader {
  private var reader: ByteReader

  /// Reads the bytes that `reader` holds, from where it stands.
  init(_ reader: ByteReader) { self.reader = reader }

  /// The one value in the content.
  mutating func document() throws(CheckpointError) -> MetadataValue {
    let result = try value(depth: 0)
    skipSpace()
    guard reader.available == 0 else { throw unexpected("the end") }
    return result
  }

  private mutating func value(depth: Int) throws(CheckpointError) -> MetadataValue {
    guard depth < 64 else {
      throw reader.failure(.tooLarge(what: "nesting of JSON", needed: 65, limit: 64))
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .dictionary(try dictionary(depth: depth))
    case UInt8(ascii: "["): return .list(try list(depth: depth))
    case UInt8(ascii: "\""): return .text(try text())
    default: return try word()
    }
  }

  private mutating func dictionary(depth: Int) throws(CheckpointError) -> Metadata {
    var result = Metadata()
    try expect("{")
    skipSpace()
    if next == UInt8(ascii: "}") {
      try expect("}")
      return result
    }
    while true {
      skipSpace()
      let start = reader.offset
      let key = try text()
      guard result[key] == nil else {
        throw reader.failure(
          .malformed(expected: "each name once", found: "'\(key)' twice"), at: start)
      }
      skipSpace()
      try expect(":")
      result[key] = try value(depth: depth + 1)
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      try expect(",")
    }
    try expect("}")
    return result
  }

  private mutating func list(depth: Int) throws(CheckpointError) -> [MetadataValue] {
    var result: [MetadataValue] = []
    try expect("[")
    skipSpace()
    if next == UInt8(ascii: "]") {
      try expect("]")
      return result
    }
    while true {
      result.append(try value(depth: depth + 1))
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      try expect(",")
    }
    try expect("]")
    return result
  }

  private mutating func text() throws(CheckpointError) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      reader.offset += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &content)
      } else if byte < 32 {
        throw unexpected("text without control characters")
      } else {
        content.append(byte)
      }
    }
    try expect("\"")
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func escape(into content: inout [UInt8]) throws(CheckpointError) {
    let code = try reader.integer(UInt8.self)
    switch code {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(code)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "u"):
      var point = try hexadecimal()
      if 0xD800..<0xDC00 ~= point, reader.available >= 6, next == UInt8(ascii: "\\") {
        let mark = reader
        reader.offset += 2
        let low = try hexadecimal()
        if 0xDC00..<0xE000 ~= low {
          point = 0x10000 + (point - 0xD800) << 10 + (low - 0xDC00)
        } else {
          reader = mark
        }
      }
      // A surrogate without its partner stands for no character.
      content += Array(String(Unicode.Scalar(point) ?? "\u{FFFD}").utf8)
    default: throw unexpected("an escape of JSON")
    }
  }

  private mutating func hexadecimal() throws(CheckpointError) -> UInt32 {
    let digits = String(decoding: try reader.array(4), as: UTF8.self)
    guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
      throw unexpected("four hexadecimal digits")
    }
    return value
  }

  private mutating func word() throws(CheckpointError) -> MetadataValue {
    let start = reader.offset
    while let byte = next, JSONReader.isWord(byte), reader.offset - start < 400 {
      reader.offset += 1
    }
    let word = String(decoding: reader.bytes.array(start..<reader.offset), as: UTF8.self)
    switch word {
    case "null": return .none
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "NaN": return .number(.nan)
    case "Infinity": return .number(.infinity)
    case "-Infinity": return .number(-.infinity)
    default: break
    }
    let isNumber = word.first.map { $0 == "-" || ("0"..."9").contains($0) } ?? false
    if isNumber, !word.hasPrefix("-0x"), !word.hasPrefix("0x") {
      if let integer = Int(word) { return .integer(integer) }
      if let number = Double(word) { return .number(number) }
    }
    reader.offset = start
    throw unexpected("a value of JSON")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private var next: UInt8? { reader.available > 0 ? reader.bytes[reader.offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || (9...10).contains(byte) || byte == 13 {
      reader.offset += 1
    }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
    guard next == UInt8(ascii: character) else { throw unexpected("'\(character)'") }
    reader.offset += 1
  }

  private func unexpected(_ expected: String) -> CheckpointError {
    guard let next else {
      return reader.failure(.truncated(needed: 1, available: 0))
    }
    let found = next > 32 && next < 127 ? "'\(Unicode.Scalar(next))'" : "byte \(next)"
    return reader.failure(.malformed(expected: expected, found: found))
  }
}
