internal import Synchronization

/// Ranks that are threads of one process, which send each other copies in memory: for tests.
package final class ThreadTransport: Transport {
  /// Which rank this is.
  package let rank: Int
  /// How many ranks there are.
  package var ranks: Int { hub.ranks }
  private let hub: Hub

  private init(rank: Int, hub: Hub) { (self.rank, self.hub) = (rank, hub) }

  /// Connected ranks.
  package static func connected(_ ranks: Int) -> [ThreadTransport] {
    let hub = Hub(ranks: ranks)
    return (0..<ranks).map { ThreadTransport(rank: $0, hub: hub) }
  }

  /// From now on nothing comes from this rank, nor does it hear of others: as if its machine were lost.
  package func vanish() { hub.silence(rank) }

  /// Sends some bytes.
  package func send(
    _ range: Range<Int>, of block: MessageBlock, to rank: Int, tag: Int
  ) throws(TransportError) -> Ticket {
    // SAFETY: the range lies in the block.
    let bytes = unsafe [UInt8](
      UnsafeRawBufferPointer(start: block.base + range.lowerBound, count: range.count))
    hub.put(bytes, Route(from: self.rank, to: rank, tag: tag))
    return Ticket(number: -1)
  }

  /// Receives some bytes.
  package func receive(
    _ range: Range<Int>, of block: MessageBlock, from rank: Int, tag: Int
  ) throws(TransportError) -> Ticket {
    hub.wait(for: Route(from: rank, to: self.rank, tag: tag), range, block)
  }

  /// Whether a message has come; what was sent has gone at once.
  package func isDone(_ ticket: Ticket) throws(TransportError) -> Bool {
    ticket.number < 0 || hub.take(ticket.number)
  }

  /// Nothing has to be left.
  package func close(afterFailure: Bool) {}

  private struct Route: Hashable {
    let from, to, tag: Int
  }

  /// What has been sent and not taken, and who waits.
  private final class Hub: Sendable {
    struct State {
      var sent: [Route: [[UInt8]]] = [:]
      var waiting: [Int: (route: Route, range: Range<Int>, block: MessageBlock)] = [:]
      /// Tickets of a route in the order in which they were given.
      var queue: [Route: [Int]] = [:]
      var next = 0
      var silent: Set<Int> = []
    }

    let ranks: Int
    private let state = Mutex(State())

    init(ranks: Int) { self.ranks = ranks }

    func silence(_ rank: Int) { _ = state.withLock { $0.silent.insert(rank) } }

    func put(_ bytes: [UInt8], _ route: Route) {
      state.withLock { state in
        guard !state.silent.contains(route.from), !state.silent.contains(route.to) else { return }
        state.sent[route, default: []].append(bytes)
      }
    }

    func wait(for route: Route, _ range: Range<Int>, _ block: MessageBlock) -> Ticket {
      state.withLock { state in
        let number = state.next
        state.next += 1
        state.waiting[number] = (route, range, block)
        state.queue[route, default: []].append(number)
        return Ticket(number: number)
      }
    }

    func take(_ number: Int) -> Bool {
      state.withLock { state in
        guard let (route, range, block) = state.waiting[number] else { return true }
        guard state.queue[route]?.first == number, let bytes = state.sent[route]?.first else {
          return false
        }
        precondition(bytes.count == range.count, "a message of another size than was expected")
        state.sent[route]?.removeFirst()
        state.queue[route]?.removeFirst()
        state.waiting[number] = nil
        // SAFETY: the range lies in the block and has as many bytes.
        unsafe bytes.withUnsafeBytes { source in
          unsafe UnsafeMutableRawBufferPointer(
            start: block.base + range.lowerBound, count: range.count
          ).copyMemory(from: source)
        }
        return true
      }
    }
  }
}
