/// Cuts a stream of bytes into messages, as the Language Server Protocol frames them: header lines, an empty
/// line, and as many bytes as `Content-Length` says (base protocol, version 3.17).
///
/// Whatever comes, it goes on with the next message: wrong headers are left out up to the next
/// `Content-Length`, and what is too long is passed over without being kept.
package struct MessageReader {
  /// What came next.
  package enum Event: Equatable, Sendable {
    /// A message's content.
    case message([UInt8])
    /// A message that is not taken, and why.
    case refused(String)
    /// The stream ended; `isWhole` unless it did so inside a message.
    case end(isWhole: Bool)
  }

  /// Bytes of a message that are taken.
  package static let standardLimit = 32 << 20
  /// Bytes of one header line that are looked at.
  private static let lineLimit = 4096

  private let limit: Int
  private let read: (Int) -> [UInt8]
  private var buffer: [UInt8] = []
  private var position = 0
  /// Whether the stream stopped in the middle of a line.
  private var endsInLine = false

  /// Prepares to read.
  ///
  /// - Parameters:
  ///   - limit: The longest message that is taken, in bytes.
  ///   - read: Gives at least one and at most so many bytes; none at the end.
  package init(limit: Int = standardLimit, read: @escaping (Int) -> [UInt8]) {
    (self.limit, self.read) = (limit, read)
  }

  /// Waits for the next message.
  package mutating func next() -> Event {
    var length: Int?
    var problem: String?
    var isFirst = true
    while true {
      guard let line = readLine() else { return .end(isWhole: isFirst && !endsInLine) }
      if line.isEmpty {
        if isFirst { continue }
        guard let length else {
          return .refused(problem ?? "a message without a Content-Length")
        }
        return readBody(length)
      }
      isFirst = false
      switch Self.contentLength(line) {
      case .none: continue
      case .some(.some(let count)): length = count
      case .some(.none): problem = "a Content-Length that is no number of bytes"
      }
    }
  }

  // MARK: Headers

  /// The number behind `Content-Length:`; an inner nil where it is none, an outer one where the line is
  /// another header.
  private static func contentLength(_ line: [UInt8]) -> Int?? {
    let text = String(decoding: line, as: UTF8.self).lowercased()
    // Behind a broken message the header may stand in the middle of a line.
    guard let name = text.ranges(of: "content-length:").last else { return .none }
    let digits = text[name.upperBound...].filter { $0 != " " && $0 != "\t" }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return .some(.none)
    }
    return .some(Int(digits))
  }

  /// A line without its end; nil at the end of the stream.
  ///
  /// Of a long line only the last part is kept.
  private mutating func readLine() -> [UInt8]? {
    var line: [UInt8] = []
    while let byte = readByte() {
      if byte == UInt8(ascii: "\n") {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
      }
      line.append(byte)
      if line.count > 2 * Self.lineLimit { line.removeFirst(Self.lineLimit) }
    }
    endsInLine = !line.isEmpty
    return nil
  }

  private mutating func readByte() -> UInt8? {
    if position == buffer.count { refill() }
    guard position < buffer.count else { return nil }
    position += 1
    return buffer[position - 1]
  }

  private mutating func refill() {
    (buffer, position) = (read(1 << 16), 0)
  }

  // MARK: Content

  private mutating func readBody(_ length: Int) -> Event {
    guard length <= limit else {
      guard skip(length) else { return .end(isWhole: false) }
      return .refused("a message of \(length) bytes; at most \(limit) are accepted")
    }
    var body: [UInt8] = []
    body.reserveCapacity(length)
    while body.count < length {
      if position == buffer.count { refill() }
      guard position < buffer.count else { return .end(isWhole: false) }
      let end = min(buffer.count, position + length - body.count)
      body += buffer[position..<end]
      position = end
    }
    return .message(body)
  }

  /// Passes over bytes; false where the stream ends before.
  private mutating func skip(_ count: Int) -> Bool {
    var left = count
    while left > 0 {
      if position == buffer.count { refill() }
      guard position < buffer.count else { return false }
      let step = min(left, buffer.count - position)
      position += step
      left -= step
    }
    return true
  }
}
