internal import Foundation
internal import JupyterMessages

/// Requests that wait for the one thread that runs steps.
final class RequestQueue: @unchecked Sendable {
  // Every property below is read and written under `condition` alone.
  private let condition = NSCondition()
  private var waiting: [Request] = []
  private var isClosed = false
  private var hasLeft = false

  /// One request.
  struct Request: Sendable {
    /// The message.
    let message: KernelMessage
    /// Bytes of its content where that was too long to be read.
    let excess: Int?
  }

  /// Adds a request at the end.
  func add(_ request: Request) {
    condition.lock()
    defer { condition.unlock() }
    waiting.append(request)
    condition.broadcast()
  }

  /// Nothing is handed out any more.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    waiting = []
    condition.broadcast()
  }

  /// The next request, once there is one; nil at the end.
  func next() -> Request? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty, !isClosed { condition.wait() }
    return isClosed ? nil : waiting.removeFirst()
  }

  /// Takes all requests of a kind that wait out of the queue.
  func take(_ kind: String) -> [KernelMessage] {
    condition.lock()
    defer { condition.unlock() }
    let taken = waiting.map(\.message).filter { $0.kind == kind }
    waiting.removeAll { $0.message.kind == kind }
    return taken
  }

  // MARK: The end

  /// The thread that runs steps has ended its work.
  func leave() {
    condition.lock()
    defer { condition.unlock() }
    hasLeft = true
    condition.broadcast()
  }

  /// Whether it has.
  var isLeft: Bool {
    condition.lock()
    defer { condition.unlock() }
    return hasLeft
  }
}
