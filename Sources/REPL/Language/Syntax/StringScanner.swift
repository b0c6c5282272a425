/// Finds where strings and `{…}` in them end, without reading what they mean.
struct StringScanner {
  let bytes: [UInt8]
  let end: Int

  /// How many strings may stand inside the braces of one another.
  private static let depthLimit = 16

  /// The offset behind the closing quote of the string that opens at `start`; nil if it does not
  /// close on its line.
  func endOfString(at start: Int, depth: Int = 0) -> Int? {
    guard depth < Self.depthLimit else { return nil }
    var index = start + 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\n"): return nil
      case UInt8(ascii: "\\"):
        // In `\u{…}` the brace opens no expression.
        let opensCode =
          index + 2 < end && bytes[index + 1] == UInt8(ascii: "u")
          && bytes[index + 2] == UInt8(ascii: "{")
        index += opensCode ? 3 : 2
      case UInt8(ascii: "{"):
        if index + 1 < end, bytes[index + 1] == UInt8(ascii: "{") {
          index += 2
        } else {
          // No second try: a text of a million open braces must stay one pass.
          guard let next = endOfBraces(at: index, depth: depth) else { return nil }
          index = next
        }
      default: index += 1
      }
    }
    return nil
  }

  /// The offset behind the `}` that closes the brace at `start`; nil if it does not close on its
  /// line.
  func endOfBraces(at start: Int, depth: Int = 0) -> Int? {
    var index = start + 1
    var open = 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\n"): return nil
      case UInt8(ascii: "\""):
        guard let next = endOfString(at: index, depth: depth + 1) else { return nil }
        index = next
      case UInt8(ascii: "{"):
        open += 1
        index += 1
      case UInt8(ascii: "}"):
        open -= 1
        index += 1
        if open == 0 { return index }
      default: index += 1
      }
    }
    return nil
  }

  /// The offset of the `:` outside brackets and strings that begins a format; nil if there is none.
  func startOfFormat(in span: Span) -> Int? {
    var index = span.lower
    var open = 0
    while index < span.upper {
      switch bytes[index] {
      case UInt8(ascii: ":") where open == 0: return index
      case UInt8(ascii: "("), UInt8(ascii: "["): open += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): open -= 1
      case UInt8(ascii: "\""): index = (endOfString(at: index) ?? index + 1) - 1
      default: break
      }
      index += 1
    }
    return nil
  }
}
