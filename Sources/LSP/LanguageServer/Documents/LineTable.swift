internal import Language

/// What the columns of positions count.
enum PositionEncoding: String, Sendable {
  case utf8 = "utf-8"
  case utf16 = "utf-16"
}

/// Where the lines of a text begin by the protocol's rules, and the way between offsets and positions.
///
/// A line ends with `\n`, `\r\n` or a lone `\r`. Positions outside of the text mean the nearest place in it.
struct LineTable: Sendable {
  private let bytes: [UInt8]
  private let starts: [Int]
  private let encoding: PositionEncoding

  init(_ bytes: [UInt8], encoding: PositionEncoding) {
    var starts = [0]
    for (offset, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") {
        starts.append(offset + 1)
      } else if byte == UInt8(ascii: "\r"), offset + 1 >= bytes.count || bytes[offset + 1] != 10 {
        starts.append(offset + 1)
      }
    }
    (self.bytes, self.starts, self.encoding) = (bytes, starts, encoding)
  }

  /// The offset of a position, in bytes.
  func offset(of position: Position) -> Int {
    guard position.line >= 0 else { return 0 }
    guard position.line < starts.count else { return bytes.count }
    let start = starts[position.line], end = endOfLine(position.line)
    var offset = start, units = 0
    while offset < end, units < position.character {
      let width = Self.width(bytes[offset])
      units += encoding == .utf8 ? width : width == 4 ? 2 : 1
      // The middle of a character means its start.
      guard units <= position.character else { break }
      offset = min(end, offset + width)
    }
    return offset
  }

  /// The position of an offset.
  func position(of offset: Int) -> Position {
    let offset = min(max(0, offset), bytes.count)
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    guard encoding == .utf16 else { return Position(line: low, character: offset - starts[low]) }
    var place = starts[low], units = 0
    while place < offset {
      let width = Self.width(bytes[place])
      units += width == 4 ? 2 : 1
      place += width
    }
    return Position(line: low, character: units)
  }

  /// The range of a span.
  func range(of span: Span) -> TextRange {
    TextRange(start: position(of: span.lower), end: position(of: span.upper))
  }

  /// The bytes of a range.
  func span(of range: TextRange) -> Span {
    Span(offset(of: range.start), offset(of: range.end))
  }

  /// Where a line's end begins.
  private func endOfLine(_ line: Int) -> Int {
    guard line + 1 < starts.count else { return bytes.count }
    var end = starts[line + 1] - 1
    if end > starts[line], bytes[end] == UInt8(ascii: "\n"), bytes[end - 1] == UInt8(ascii: "\r") {
      end -= 1
    }
    return end
  }

  /// The bytes of a character by its first one.
  private static func width(_ byte: UInt8) -> Int {
    switch byte {
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
  }
}
