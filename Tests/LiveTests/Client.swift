import Foundation

/// A client of a web server that says exactly what it is told to, byte by byte.
final class Client {
  private let socket: Int32
  private var waiting = Data()

  /// Connects to a port of this machine.
  init?(port: UInt16) {
    socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    // SAFETY: both structures live for the calls that read them.
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { return nil }
  }

  deinit { close(socket) }

  /// Sends bytes; false where the other end is gone.
  @discardableResult func send(_ text: String) -> Bool { send(Data(text.utf8)) }

  @discardableResult func send(_ content: Data) -> Bool {
    var rest = content[...]
    while !rest.isEmpty {
      // SAFETY: the buffer is read only inside the closure and holds `count` bytes.
      let sent = unsafe rest.withUnsafeBytes {
        unsafe Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Everything up to a mark, the mark included; what there is where the connection ends before it.
  func read(to mark: String) -> String {
    let end = Data(mark.utf8)
    while true {
      if let range = waiting.firstRange(of: end) {
        let found = waiting[..<range.upperBound]
        waiting = Data(waiting[range.upperBound...])
        return String(decoding: found, as: UTF8.self)
      }
      guard more() else { return String(decoding: waiting, as: UTF8.self) }
    }
  }

  private func read(count: Int) -> Data {
    while waiting.count < count, more() {}
    defer { waiting = Data(waiting.dropFirst(count)) }
    return Data(waiting.prefix(count))
  }

  private func more() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: at most as many bytes as the buffer holds are written.
    let count = unsafe recv(socket, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    waiting += buffer.prefix(count)
    return true
  }

  /// What a server answered.
  struct Answer {
    let status: Int
    let head: String
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: Any? { try? JSONSerialization.jsonObject(with: body) }
  }

  /// The next answer.
  func answer() -> Answer {
    let head = read(to: "\r\n\r\n"), lines = head.split(whereSeparator: \.isNewline)
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let length = lines.first { $0.lowercased().hasPrefix("content-length:") }?
      .split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    return Answer(status: status, head: head, body: read(count: length ?? 0))
  }

  /// The JSON of the next server-sent event.
  func event() -> [String: Any]? {
    _ = read(to: "data: ")
    let line = read(to: "\n\n")
    return try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
  }
}
