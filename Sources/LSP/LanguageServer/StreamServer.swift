package import Foundation
package import JSONRPC

/// A language server on a pair of streams: one thread reads, and the caller's answers.
package struct StreamServer {
  private let server: Server
  private let reader: MessageReader
  private let write: (Data) -> Bool

  /// A server that speaks to one client.
  ///
  /// - Parameters:
  ///   - server: The server.
  ///   - reader: Its messages.
  ///   - write: Sends a message with its header; false where nobody takes it.
  package init(_ server: Server, reader: MessageReader, write: @escaping (Data) -> Bool) {
    (self.server, self.reader, self.write) = (server, reader, write)
  }

  /// Answers until the client leaves.
  ///
  /// - Returns: The exit code that the protocol wants: 0 behind `shutdown` and `exit`, else 1.
  package func run() -> Int32 {
    let queue = MessageQueue()
    let source = Handover(reader)
    Thread { queue.fill(from: source.reader) }.start()
    while true {
      guard answer(queue.next(), from: queue) else { return 1 }
      if let code = server.exitCode { return code }
      // Findings are told when the client says nothing more for the moment, so that of ten keystrokes one is
      // checked.
      while server.hasWork, !queue.hasEntries {
        guard server.work().allSatisfy(send) else { return 1 }
      }
    }
  }

  private func answer(_ entry: MessageQueue.Entry, from queue: MessageQueue) -> Bool {
    switch entry {
    case .end: return false
    case .refused(let error): return server.refuse(error).allSatisfy(send)
    case .message(let message):
      if let id = message.id, message.method != nil, queue.wasCanceled(id) {
        return server.cancel(id).allSatisfy(send)
      }
      return server.handle(message).allSatisfy(send)
    }
  }

  private func send(_ content: Data) -> Bool { write(MessageWriter.framed(content)) }

  /// Takes the reader to the thread that reads; nobody else has it from then on.
  private final class Handover: @unchecked Sendable {
    // Read once, by the reading thread.
    let reader: MessageReader

    init(_ reader: MessageReader) { self.reader = reader }
  }
}
