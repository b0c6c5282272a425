/// A table of comma-separated values.
///
/// Source: RFC 4180; semicolons and tabs separate values, too, as spreadsheets write them.
struct CSVText {
  /// One record, with the line that it begins on, from 1.
  struct Record: Equatable {
    let line: Int
    let fields: [String]
  }

  /// The records that are not empty.
  private(set) var records: [Record] = []
  /// The line of a quote that is never closed.
  private(set) var openQuote: Int?

  init(_ text: String) {
    let bytes = Array(
      text.utf8.starts(with: [0xEF, 0xBB, 0xBF]) ? text.utf8.dropFirst(3) : text.utf8[...])
    let separator = Self.separator(of: bytes)
    var fields: [String] = [], field: [UInt8] = []
    var line = 1, begin = 1
    var quote: Int?
    var i = 0
    func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    while i <= bytes.count {
      let byte = i < bytes.count ? bytes[i] : UInt8(ascii: "\n")
      if i < bytes.count, quote != nil {
        if byte == UInt8(ascii: "\"") {
          if i + 1 < bytes.count && bytes[i + 1] == byte {
            field.append(byte); i += 1
          } else {
            quote = nil
          }
        } else {
          if byte == UInt8(ascii: "\n") { line += 1 }
          field.append(byte)
        }
      } else if byte == UInt8(ascii: "\""), field.isEmpty {
        quote = line
      } else if byte == separator {
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
      } else if isEnd(byte) {
        fields.append(String(decoding: field, as: UTF8.self))
        if fields != [""] { records.append(Record(line: begin, fields: fields)) }
        (fields, field) = ([], [])
        if byte == UInt8(ascii: "\n") { line += 1 }
        begin = line
      } else {
        field.append(byte)
      }
      i += 1
    }
    openQuote = quote
  }

  /// What separates the values of the first line: the most frequent of the three.
  private static func separator(of bytes: [UInt8]) -> UInt8 {
    let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let counts = candidates.map { candidate in first.count { $0 == candidate } }
    let most = counts.max() ?? 0
    return most == 0 ? candidates[0] : candidates[counts.firstIndex(of: most) ?? 0]
  }
}
