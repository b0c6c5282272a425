internal import Foundation

/// Messages that were read and not yet handled, filled by one thread and emptied by another.
///
/// `$/cancelRequest` does not queue: it marks the request that it takes back.
package final class MessageQueue: @unchecked Sendable {
  // Every property below is read and written under `condition` alone.
  private let condition = NSCondition()
  private var waiting: [Entry] = []
  private var canceled: Set<RequestID> = []
  private var bytes = 0

  /// What waits.
  package enum Entry: Sendable {
    /// A message.
    case message(Message)
    /// Something that is no message, and why.
    case refused(ResponseError)
    /// The stream ended.
    case end
  }

  /// Bytes that wait before the reader does.
  private static let limit = 64 << 20

  private struct Cancellation: Decodable { let id: RequestID }

  /// A queue in which nothing waits.
  package init() {}

  /// Reads messages until the stream ends.
  package func fill(from reader: MessageReader) {
    var reader = reader
    while true {
      switch reader.next() {
      case .end:
        add(.end, size: 0)
        return
      case .refused(let reason): add(.refused(ResponseError(.invalidRequest, reason)), size: 0)
      case .message(let content):
        do throws(ResponseError) {
          let message = try Message(content)
          if message.method == "$/cancelRequest", message.id == nil {
            cancel(try message.parameters(Cancellation.self).id)
          } else {
            add(.message(message), size: content.count)
          }
        } catch { add(.refused(error), size: 0) }
      }
    }
  }

  private func add(_ entry: Entry, size: Int) {
    condition.lock()
    defer { condition.unlock() }
    while bytes > Self.limit { condition.wait() }
    bytes += size
    waiting.append(entry)
    condition.broadcast()
  }

  private func cancel(_ id: RequestID) {
    condition.lock()
    defer { condition.unlock() }
    // Only of what still waits: an answered request may have left its number to another one.
    let isWaiting = waiting.contains { entry in
      if case .message(let message) = entry {
        message.id == id && message.method != nil
      } else {
        false
      }
    }
    if isWaiting { canceled.insert(id) }
  }

  /// The next entry, once there is one.
  package func next() -> Entry {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty { condition.wait() }
    let entry = waiting.removeFirst()
    if case .message(let message) = entry { bytes -= message.content.count }
    condition.broadcast()
    return entry
  }

  /// Whether something waits.
  package var hasEntries: Bool {
    condition.lock()
    defer { condition.unlock() }
    return !waiting.isEmpty
  }

  /// Whether a request was taken back; says so once.
  package func wasCanceled(_ id: RequestID) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    return canceled.remove(id) != nil
  }
}
