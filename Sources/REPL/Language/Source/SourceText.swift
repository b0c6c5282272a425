/// A script or a line of the prompt: its name, its text, and where its lines begin.
package final class SourceText: Sendable, Equatable {
  /// What messages call it: a file name, or `prompt`.
  package let name: String
  /// Its bytes.
  ///
  /// A byte order mark at the start is left out.
  package let utf8: [UInt8]
  /// The offset of each line's first byte; never empty.
  let lineStarts: [Int]

  /// Takes a text that is already decoded.
  package convenience init(name: String, _ text: String) {
    self.init(name: name, validBytes: Array(text.utf8))
  }

  /// Decodes the bytes of a file.
  /// - Throws: A diagnostic at the first byte which is not UTF-8.
  package static func decode(name: String, bytes: [UInt8]) throws(Diagnostic) -> SourceText {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return SourceText(name: name, validBytes: bytes)
      case .error:
        // Repaired, the text has a line that can be shown; up to the error it is the same, but for
        // a byte order mark.
        let text = SourceText(name: name, String(decoding: bytes, as: UTF8.self))
        let place = offset - (bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0)
        let code = String(bytes[offset], radix: 16, uppercase: true)
        throw Diagnostic(
          "this is not UTF-8: byte \(offset) of the file is \(code)",
          at: Span(place, place + 3), in: text, kind: .syntax, hint: "save the file as UTF-8")
      }
    }
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private init(name: String, validBytes: [UInt8]) {
    let mark = Self.byteOrderMark
    let bytes = validBytes.starts(with: mark) ? Array(validBytes.dropFirst(mark.count)) : validBytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    (self.name, self.utf8, lineStarts) = (name, bytes, starts)
  }

  /// The whole text.
  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// How many lines it has; a text that ends in a newline has an empty last one.
  package var lineCount: Int { lineStarts.count }

  /// The text of a span, cut to what exists.
  package subscript(_ span: Span) -> String {
    let lower = min(max(0, span.lower), utf8.count)
    return String(decoding: utf8[lower..<min(max(lower, span.upper), utf8.count)], as: UTF8.self)
  }

  /// A span without the characters that it would cut in two.
  func whole(_ span: Span) -> Span {
    func isInside(_ offset: Int) -> Bool { offset < utf8.count && utf8[offset] & 0xC0 == 0x80 }
    var (lower, upper) = (span.lower, span.upper)
    while lower < upper, isInside(lower) { lower += 1 }
    while upper > lower, isInside(upper) { upper -= 1 }
    return Span(lower, upper)
  }

  /// The line, counted from 1, that holds an offset.
  /// - Complexity: O(log lines).
  package func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The column, counted from 1 in characters as a reader sees them, of an offset in its line.
  package func column(at offset: Int) -> Int {
    self[Span(lineStarts[line(at: offset) - 1], offset)].count + 1
  }

  /// The bytes of a line, counted from 1, without its line ending.
  package func span(ofLine line: Int) -> Span {
    let lower = lineStarts[line - 1]
    var upper = line < lineStarts.count ? lineStarts[line] - 1 : utf8.count
    if upper > lower, utf8[upper - 1] == UInt8(ascii: "\r") { upper -= 1 }
    return Span(lower, upper)
  }

  /// Two texts are equal when name and bytes are.
  package static func == (a: SourceText, b: SourceText) -> Bool {
    a === b || (a.name == b.name && a.utf8 == b.utf8)
  }
}
