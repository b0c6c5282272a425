internal import FlyingSocks
internal import Foundation
internal import Synchronization

/// What has changed, for as long as a page listens: server-sent events (WHATWG HTML, section 9.2).
///
/// An event holds the whole state, and a slow page gets the latest alone: nothing gathers for it here.
struct EventStream: AsyncBufferedSequence {
  typealias Element = UInt8

  /// The state as JSON, and whether it is the last.
  let state: @Sendable () -> (json: Data, isLast: Bool)
  /// How many pages listen.
  let listeners: Listeners

  /// The state is looked at so often.
  private static let pause = Duration.milliseconds(200)
  /// So many looks without news are answered by a line without meaning, which finds out who has gone:
  /// at the end, when the program waits for that, after every look.
  private static let patience = 25

  func makeAsyncIterator() -> Iterator { Iterator(state: state, listener: listeners.join()) }

  /// Waits for news.
  struct Iterator: AsyncBufferedIteratorProtocol {
    fileprivate let state: @Sendable () -> (json: Data, isLast: Bool)
    fileprivate let listener: Listeners.Listener
    private var sent: Data?
    private var isLast = false
    private var waiting: [UInt8] = []

    fileprivate init(
      state: @escaping @Sendable () -> (json: Data, isLast: Bool), listener: Listeners.Listener
    ) {
      (self.state, self.listener) = (state, listener)
    }

    mutating func next() async throws -> UInt8? {
      if waiting.isEmpty { waiting = try await nextBuffer(suggested: 1) ?? [] }
      return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      for _ in 0..<(isLast ? 1 : EventStream.patience) {
        let news = state()
        if news.json != sent {
          sent = news.json
          isLast = news.isLast
          return Array("data: ".utf8) + news.json + Array("\n\n".utf8)
        }
        try await Task.sleep(for: EventStream.pause)
      }
      return Array(":\n\n".utf8)
    }
  }
}

/// Counts the pages that listen.
final class Listeners: Sendable {
  private let present = Mutex(0)

  /// Pages that listen just now.
  var count: Int { present.withLock { $0 } }

  /// Somebody listens for as long as the result lives.
  func join() -> Listener { Listener(self) }

  /// A page that listens.
  final class Listener: Sendable {
    private let all: Listeners

    fileprivate init(_ all: Listeners) {
      self.all = all
      all.present.withLock { $0 += 1 }
    }

    deinit { all.present.withLock { $0 -= 1 } }
  }
}
