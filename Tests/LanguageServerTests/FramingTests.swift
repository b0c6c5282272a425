import Foundation
import JSONRPC
import Testing

@Suite("Messages in a stream")
struct FramingTests {
  /// Reads a text in pieces of so many bytes.
  private func events(_ bytes: [UInt8], piece: Int, limit: Int = 1000) -> [MessageReader.Event] {
    var rest = bytes[...]
    var reader = MessageReader(limit: limit) { count in
      let step = min(piece, count, rest.count)
      defer { rest = rest.dropFirst(step) }
      return Array(rest.prefix(step))
    }
    var events: [MessageReader.Event] = []
    while true {
      let event = reader.next()
      events.append(event)
      if case .end = event { return events }
    }
  }

  private func message(_ text: String) -> MessageReader.Event { .message(Array(text.utf8)) }

  private let two =
    "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length:4\r\n\r\n{ä}"

  @Test(arguments: [1, 2, 3, 7, 1000])
  func `messages come whole, however the stream is cut`(piece: Int) {
    #expect(
      events(Array(two.utf8), piece: piece) == [
        message("{}"), message("{ä}"), .end(isWhole: true),
      ])
  }

  @Test func `every stream that ends too early ends the reading`() {
    let bytes = Array(two.utf8)
    for count in bytes.indices {
      let last = events(Array(bytes.prefix(count)), piece: 5).last
      let isWhole = count == 0 || count == 23
      #expect(last == .end(isWhole: isWhole), "after \(count) bytes")
    }
  }

  @Test(arguments: [
    "Content-Length: -2\r\n\r\n", "Content-Length: two\r\n\r\n", "Content-Length:\r\n\r\n",
    "Content-Length: 99999999999999999999\r\n\r\n", "Size: 2\r\n\r\n", "nonsense\r\n\r\n",
  ])
  func `a message behind a wrong header is read`(header: String) {
    let events = events(Array((header + "Content-Length: 2\r\n\r\n{}").utf8), piece: 4)
    #expect(events.count == 3 && events[1] == message("{}"))
    if case .refused = events[0] {} else { Issue.record("\(events[0])") }
  }

  @Test func `a message behind the content of a broken one is read`() {
    let stream = "Content-Length: x\r\n\r\n{\"a\": 1}Content-Length: 2\r\n\r\n{}"
    #expect(events(Array(stream.utf8), piece: 6)[1] == message("{}"))
  }

  @Test func `a message that is too long is passed over and named`() {
    let long = "Content-Length: 5000\r\n\r\n" + String(repeating: "x", count: 5000)
    let events = events(Array((long + "Content-Length: 2\r\n\r\n{}").utf8), piece: 64)
    #expect(
      events == [
        .refused("a message of 5000 bytes; at most 1000 are accepted"), message("{}"),
        .end(isWhole: true),
      ])
  }

  @Test func `100 MB are refused without being kept`() {
    var left = 100 << 20, asked = 0
    let header = Array("Content-Length: \(left)\r\n\r\n".utf8)
    var isHeader = true
    var reader = MessageReader { count in
      asked = max(asked, count)
      if isHeader {
        isHeader = false
        return header
      }
      let step = min(count, left)
      left -= step
      return [UInt8](repeating: 120, count: step)
    }
    guard case .refused(let reason) = reader.next() else {
      Issue.record("it was taken")
      return
    }
    #expect(reason.hasPrefix("a message of 104857600 bytes"))
    #expect(left == 0 && asked <= 1 << 16)
  }

  @Test func `a header line without an end is not kept`() {
    var left = 10 << 20
    var reader = MessageReader { count in
      let step = min(count, left)
      left -= step
      return [UInt8](repeating: 120, count: step)
    }
    #expect(reader.next() == .end(isWhole: false))
  }

  @Test func `what is no message is said so`() {
    for text in ["", "{", "[]", "1", "{\"id\": []}", "{\"method\": 1}"] {
      #expect(throws: ResponseError.self) { try Message(Array(text.utf8)) }
    }
    let request = try? Message(Array("{\"id\": \"a\", \"method\": \"x\"}".utf8))
    #expect(request?.id == .text("a") && request?.method == "x")
    #expect(throws: ResponseError.self) { try request?.parameters([Int].self) }
  }

  @Test func `a request is taken back while it waits, and only then`() {
    let messages = [
      #"{"id": 7, "method": "a"}"#, #"{"method": "$/cancelRequest", "params": {"id": 7}}"#,
      #"{"method": "$/cancelRequest", "params": {"id": 8}}"#,
      #"{"method": "$/cancelRequest", "params": {}}"#, #"{"id": 8, "method": "b"}"#,
    ]
    var stream = messages.flatMap { Array("Content-Length: \($0.utf8.count)\r\n\r\n\($0)".utf8) }[
      ...]
    let queue = MessageQueue()
    queue.fill(
      from: MessageReader { count in
        defer { stream = stream.dropFirst(count) }
        return Array(stream.prefix(count))
      })
    var seen: [String] = []
    while queue.hasEntries {
      switch queue.next() {
      case .message(let message): seen.append(message.method ?? "")
      case .refused(let error): seen.append("\(error.code.rawValue)")
      case .end: seen.append("end")
      }
    }
    #expect(seen == ["a", "-32602", "b", "end"])
    #expect(queue.wasCanceled(.number(7)) && !queue.wasCanceled(.number(7)))
    #expect(!queue.wasCanceled(.number(8)))
  }

  // MARK: A whole conversation

  /// Runs a server over a stream of messages.
  private func converse(_ messages: [String]) -> (code: Int32, answers: [String]) {
    let stream = messages.flatMap { Array("Content-Length: \($0.utf8.count)\r\n\r\n\($0)".utf8) }
    return ConversationRunner.run(stream)
  }

  private let initialize =
    #"{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}"#

  @Test func `a conversation ends with the code that the protocol wants`() {
    let shutdown = #"{"jsonrpc": "2.0", "id": 2, "method": "shutdown"}"#
    let exit = #"{"jsonrpc": "2.0", "method": "exit"}"#
    #expect(converse([initialize, shutdown, exit]).code == 0)
    #expect(converse([initialize, exit]).code == 1)
    #expect(converse([initialize]).code == 1, "the client was killed")
    let answers = converse([initialize, shutdown, #"{"id": 3, "method": "x"}"#, exit]).answers
    #expect(answers[1].contains("\"result\":null"))
    #expect(answers[2].contains("-32600"))
  }

  @Test func `nonsense is answered and the conversation goes on`() {
    let answers = converse(["{", "[]", initialize, #"{"id": 9, "method": "no/such"}"#]).answers
    #expect(answers.count == 4)
    #expect(answers[0].contains("-32700") && answers[0].contains("\"id\":null"))
    #expect(answers[2].contains("\"serverInfo\""))
    #expect(answers[3].contains("-32601"))
  }
}
