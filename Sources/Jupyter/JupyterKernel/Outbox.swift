internal import Foundation
internal import JSON
internal import JupyterMessages
internal import Synchronization

/// What any thread has to say, in order, for the one thread that may use sockets.
///
/// Text that follows text of the same stream joins it, so that a loop of prints is few messages.
final class Outbox: Sendable {
  /// One thing to send.
  enum Entry: Sendable {
    /// A message on a channel.
    case message(KernelMessage, ConnectionFile.Channel)
    /// Text of standard output or standard error.
    case stream(name: String, text: String, parent: JSONValue)
  }

  private struct State {
    var entries: [Entry] = []
    var session: String
    var count = 0
    var lastText = ContinuousClock.now - .seconds(1)
  }

  /// Rung when there is something to send.
  let bell: Bell
  private let state: Mutex<State>
  /// Streams that alone wait are sent at most so often.
  private static let pause = Duration.milliseconds(30)
  /// Characters of text that one message of a stream has at most, roughly.
  private static let longest = 1 << 20

  /// An empty outbox of a session.
  init(session: String, bell: Bell) {
    self.bell = bell
    state = Mutex(State(session: session))
  }

  // MARK: Adding

  /// The header of a message of ours.
  func header(_ kind: String) -> JSONValue {
    let (session, count) = state.withLock { state in
      state.count += 1
      return (state.session, state.count)
    }
    return KernelMessage.header(kind, session: session, name: "\(session)_\(count)")
  }

  /// Tells everybody.
  func publish(
    _ kind: String, _ content: JSONValue, parent: JSONValue, metadata: JSONValue = .emptyObject
  ) {
    let message = KernelMessage(
      identities: [Data(kind.utf8)], header: header(kind), parent: parent, metadata: metadata,
      content: content)
    add(.message(message, .iopub))
  }

  /// Tells everybody that a request is being worked on, or is done.
  func publish(status: String, parent: JSONValue) {
    publish("status", ["execution_state": .string(status)], parent: parent)
  }

  /// Adds text to a stream.
  func publish(stream name: String, _ text: String, parent: JSONValue) {
    guard !text.isEmpty else { return }
    add(.stream(name: name, text: text, parent: parent))
  }

  /// Answers a request.
  func reply(
    to request: KernelMessage, on channel: ConnectionFile.Channel, _ content: JSONValue,
    metadata: JSONValue = .emptyObject
  ) {
    let kind = request.kind.replacing("_request", with: "_reply")
    let message = KernelMessage(
      identities: request.identities, header: header(kind), parent: request.header,
      metadata: metadata, content: content)
    add(.message(message, channel))
  }

  private func add(_ entry: Entry) {
    state.withLock { state in
      if case .stream(let name, let text, let parent) = entry,
        case .stream(let last, let before, let owner)? = state.entries.last,
        last == name, owner == parent, before.utf8.count < Self.longest
      {
        state.entries[state.entries.count - 1] = .stream(
          name: name, text: before + text, parent: parent)
      } else {
        state.entries.append(entry)
      }
    }
    bell.ring()
  }

  // MARK: Taking

  /// All that is to be sent now.
  ///
  /// - Returns: The entries; and where text waits for more text, the milliseconds until it is to be sent.
  func take() -> (entries: [Entry], pause: Int?) {
    let now = ContinuousClock.now
    return state.withLock { state in
      guard !state.entries.isEmpty else { return ([], nil) }
      let isText = state.entries.allSatisfy { if case .stream = $0 { true } else { false } }
      let left = Self.pause - (now - state.lastText)
      if isText, left > .zero {
        return ([], max(1, Int(left / .milliseconds(1))))
      }
      if isText { state.lastText = now }
      defer { state.entries = [] }
      return (state.entries, nil)
    }
  }
}
