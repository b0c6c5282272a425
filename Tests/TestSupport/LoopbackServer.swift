public import Foundation
internal import Synchronization

/// A small HTTP server on the loopback interface: answers what a test tells it to, and cuts connections.
public final class LoopbackServer: Sendable {
  /// What a client asks for.
  public struct Request: Equatable, Sendable {
    /// The path, with its leading slash.
    public let path: String
    /// The first byte that is asked for; nil for the whole file.
    public let offset: Int?

    /// A request as a client sends it.
    public init(path: String, offset: Int?) { (self.path, self.offset) = (path, offset) }
  }

  /// What it gets.
  public struct Answer: Sendable {
    /// The status line's code.
    public var status = 200
    /// Headers besides `Content-Length` and `Connection`.
    public var headers: [String: String] = [:]
    /// What follows them.
    public var body = Data()
    /// Whether the length of the body is announced.
    public var saysLength = true
    /// How many bytes of the body are sent; all where nil.
    public var sent: Int?
    /// Whether the connection then stays open, silent, until the server ends; it is closed otherwise.
    public var holds = false

    /// The whole of a file.
    public init(_ body: Data) { self.body = body }

    /// No file: a status, and headers such as `Location`.
    public init(status: Int, headers: [String: String] = [:]) {
      (self.status, self.headers) = (status, headers)
    }

    /// The part of a file that is asked for, as servers that know ranges send it.
    public init(_ file: Data, for request: Request) {
      self.init(file)
      guard let offset = request.offset else { return }
      guard offset < file.count else {
        self = Answer(status: 416, headers: ["Content-Range": "bytes */\(file.count)"])
        return
      }
      status = 206
      body = file.dropFirst(offset)
      headers["Content-Range"] = "bytes \(offset)-\(file.count - 1)/\(file.count)"
    }

    /// The same, cut after so many bytes of the body.
    public func cut(after count: Int) -> Answer {
      var answer = self
      answer.sent = count
      return answer
    }

    /// The same, falling silent after so many bytes of the body.
    public func held(after count: Int) -> Answer {
      var answer = cut(after: count)
      answer.holds = true
      return answer
    }
  }

  /// The address of its root, without a slash at the end.
  public var address: String { "http://127.0.0.1:\(port)" }
  /// What was asked for so far, in order.
  public var requests: [Request] { state.withLock { $0.requests } }

  private struct State {
    var requests: [Request] = []
    var held: [Int32] = []
    var isStopped = false
  }

  private let listener: Int32
  private let port: UInt16
  private let handler: @Sendable (Request) -> Answer
  private let state = Mutex(State())

  /// Why there is no server.
  public enum Failure: Error {
    /// The system gave no socket.
    case noSocket
  }

  /// Starts to listen on a free port.
  ///
  /// - Parameter handler: Gives the answer to a request.
  /// - Throws: ``Failure`` where the system gives no socket.
  public init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard let port = Self.listen(listener) else {
      close(listener)
      throw Failure.noSocket
    }
    (self.listener, self.port, self.handler) = (listener, port, handler)
    Thread { [self] in serve() }.start()
  }

  /// The address of a port on which nobody listens.
  ///
  /// - Throws: ``Failure`` where the system gives no socket.
  public static func deadAddress() throws -> String {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    guard let port = listen(listener) else { throw Failure.noSocket }
    return "http://127.0.0.1:\(port)"
  }

  /// Stops to listen, and ends connections that it holds.
  public func stop() {
    let held = state.withLock { state in
      state.isStopped = true
      return state.held
    }
    for connection in held { shutdown(connection, Int32(SHUT_RDWR)) }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Binds a socket to a free port of the loopback interface and listens there.
  private static func listen(_ listener: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: the pointers are to variables of ours that live for the calls and are as long as we say.
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listener, $0, length) == 0 && Foundation.listen(listener, 8) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    return isBound ? UInt16(bigEndian: address.sin_port) : nil
  }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      if state.withLock({ $0.isStopped }) || connection < 0 {
        if connection >= 0 { close(connection) }
        break
      }
      guard let request = Self.request(from: connection) else {
        close(connection)
        continue
      }
      state.withLock { $0.requests.append(request) }
      let answer = handler(request)
      Self.send(answer, to: connection)
      if answer.holds {
        state.withLock { $0.held.append(connection) }
      } else {
        close(connection)
      }
    }
    close(listener)
    for connection in state.withLock({ $0.held }) { close(connection) }
  }

  /// Reads up to the blank line behind the headers.
  private static func request(from connection: Int32) -> Request? {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      // SAFETY: the buffer is ours and as long as we say.
      let count = unsafe recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n"), words = lines[0].split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let offset = range.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0 != "-" }) }
    return Request(path: String(words[1]), offset: offset)
  }

  private static func send(_ answer: Answer, to connection: Int32) {
    var head = "HTTP/1.1 \(answer.status) Test\r\nConnection: close\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    if answer.saysLength { head += "Content-Length: \(answer.body.count)\r\n" }
    var rest = (Data((head + "\r\n").utf8) + answer.body.prefix(answer.sent ?? answer.body.count))[
      ...]
    while !rest.isEmpty {
      // SAFETY: the buffer is read only inside the closure. A client that has gone is no reason to end.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
