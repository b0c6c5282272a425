internal import Foundation
internal import Synchronization
package import Tensors

/// The exchange of ranks over a transport.
///
/// Numbers are gathered while the caller waits: each rank sends its own to all others. Gradients travel
/// behind the computation, in buckets of a megabyte that fill up in the order of the layers: each rank
/// owns an equal part of a bucket, is sent the sums of everybody's trees for it, adds them up as
/// ``BatchShards`` says and sends the total to all. So two parts in `ranks` of a gradient pass each
/// rank's network twice, whatever their number. A thread of its own keeps messages moving, and tells the
/// others once a second that this rank lives.
package final class RankExchange: BatchExchange {
  private let transport: any Transport
  private let state: Mutex<State>
  /// How long a rank may be silent before it counts as lost.
  private let patience: Duration
  /// Floats after which a bucket is sent.
  private let bucketSize: Int
  /// Which gathering this is, so that messages of one are not taken for those of the next.
  private let counter = Atomic<Int>(0)
  /// Whether the exchange is closed; held while the thread works, so that it never does afterwards.
  private let isClosed = Mutex(false)
  private let traffic = Mutex(Traffic())

  private struct State {
    var failure: String?
    /// Buckets under way, and the one that fills up.
    var buckets: [GradientBucket] = []
    var filling: GradientBucket?
    var bucketsSent = 0
  }

  /// What this rank has sent.
  package struct Traffic: Equatable, Sendable {
    /// Bytes without those of the protocols below.
    package var bytes = 0
    /// How many messages.
    package var messages = 0
  }

  /// Starts the exchange; every rank makes one.
  ///
  /// - Parameters:
  ///   - transport: Brings messages.
  ///   - patience: How long a rank may be silent before it counts as lost.
  ///   - bucketSize: Floats of gradients that are sent together.
  package init(
    over transport: any Transport, patience: Duration = .seconds(10), bucketSize: Int = 1 << 18
  ) {
    (self.transport, self.patience, self.bucketSize) = (transport, patience, bucketSize)
    state = Mutex(State())
    let thread = Thread { [weak self] in
      let pulse = Pulse(transport, patience: patience)
      while let exchange = self, let isIdle = exchange.attend(pulse) {
        usleep(isIdle ? 2000 : 50)
      }
    }
    thread.start()
  }

  /// Which rank this is.
  package var rank: Int { transport.rank }
  /// How many ranks there are.
  package var ranks: Int { transport.ranks }
  /// Why the exchange ended early.
  package var failure: String? { state.withLock { $0.failure } }
  /// What this rank has sent since the start, signs of life left out.
  package var sent: Traffic { traffic.withLock { $0 } }

  /// Stops: after the work, or for good after a failure.
  package func close() {
    isClosed.withLock { isClosed in
      guard !isClosed else { return }
      isClosed = true
      transport.close(afterFailure: failure != nil)
    }
  }

  // MARK: Numbers

  /// The numbers of every rank.
  package func gather(_ numbers: [Double], counts: [Int]) -> [[Double]]? {
    precondition(
      counts.count == ranks && counts[rank] == numbers.count,
      "rank \(rank) has \(numbers.count) numbers, not as many as all were told")
    let tag = nextTag(), mine = MessageBlock(numbers)
    var blocks: [Int: MessageBlock] = [:]
    return carryOut { () throws(TransportError) in
      var tickets: [Ticket] = []
      for other in 0..<ranks where other != rank {
        let block = MessageBlock(count: 8 * counts[other])
        blocks[other] = block
        if block.count > 0 {
          tickets.append(
            try transport.receive(0..<block.count, of: block, from: other, tag: tag))
        }
      }
      for other in 0..<ranks where other != rank && mine.count > 0 {
        tickets.append(try transport.send(0..<mine.count, of: mine, to: other, tag: tag))
        note(bytes: mine.count)
      }
      try wait(for: tickets)
      return (0..<ranks).map { other in
        blocks[other].map { $0.numbers($0.count / 8) } ?? numbers
      }
    }
  }

  /// The bytes of rank 0.
  package func broadcast(_ bytes: [UInt8]) -> [UInt8]? {
    let lengths = gather(
      rank == 0 ? [Double(bytes.count)] : [], counts: (0..<ranks).map { $0 == 0 ? 1 : 0 })
    guard let lengths else { return nil }
    let count = Int(lengths[0][0]), tag = nextTag()
    guard count > 0 else { return [] }
    let block = rank == 0 ? MessageBlock(bytes) : MessageBlock(count: count)
    return carryOut { () throws(TransportError) in
      var tickets: [Ticket] = []
      // Pieces of a size that every library takes.
      for first in stride(from: 0, to: count, by: 1 << 24) {
        let piece = first..<min(count, first + 1 << 24)
        if rank == 0 {
          for other in 1..<ranks {
            tickets.append(try transport.send(piece, of: block, to: other, tag: tag))
            note(bytes: piece.count)
          }
        } else {
          tickets.append(try transport.receive(piece, of: block, from: 0, tag: tag))
        }
      }
      try wait(for: tickets)
      return block.bytes
    }
  }

  private func nextTag() -> Int {
    Tag.numbers + counter.wrappingAdd(1, ordering: .relaxed).newValue % Tag.span
  }

  /// Looks until all messages have gone or come: awake at first, since most do at once.
  private func wait(for tickets: [Ticket]) throws(TransportError) {
    var left = tickets, looks = 0
    while !left.isEmpty {
      var rest: [Ticket] = []
      for ticket in left where try !transport.isDone(ticket) { rest.append(ticket) }
      left = rest
      if left.isEmpty { return }
      if let failure { throw TransportError(failure) }
      looks += 1
      if looks < 200 { sched_yield() } else { usleep(looks < 2000 ? 20 : 500) }
    }
  }

  private func carryOut<Value>(_ work: () throws(TransportError) -> Value) -> Value? {
    guard failure == nil else { return nil }
    do throws(TransportError) { return try work() } catch {
      fail(error.description)
      return nil
    }
  }

  private func fail(_ reason: String) {
    state.withLock { if $0.failure == nil { $0.failure = reason } }
  }

  private func note(bytes: Int) { note(GradientBucket.Sent(bytes: bytes, messages: 1)) }

  private func note(_ sent: GradientBucket.Sent) {
    guard sent.messages > 0 else { return }
    traffic.withLock { traffic in
      traffic.bytes += sent.bytes
      traffic.messages += sent.messages
    }
  }

  // MARK: Gradients

  /// Starts to add up a gradient.
  package func add(
    count: Int, shards: BatchShards, to target: FloatBuffer,
    _ compute: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let sums = MessageBlock(floats: count * shards.trees.count)
    if !shards.held.isEmpty { unsafe compute(sums.floats) }
    state.withLock { state in
      var bucket = state.filling ?? GradientBucket(shards: shards)
      bucket.append(GradientBucket.Entry(count: count, sums: sums, target: target))
      state.filling = bucket
    }
    launch { $0.count >= bucketSize }
  }

  /// Sends the bucket that fills up, where that is due.
  private func launch(where isDue: (GradientBucket) -> Bool) {
    let bucket: GradientBucket? = state.withLock { state in
      guard var bucket = state.filling, isDue(bucket), state.failure == nil else { return nil }
      bucket.number = state.bucketsSent
      state.bucketsSent += 1
      state.filling = nil
      return bucket
    }
    guard var bucket else { return }
    _ = carryOut { () throws(TransportError) in
      let sent = try bucket.start(over: transport)
      note(sent)
      state.withLock { $0.buckets.append(bucket) }
    }
  }

  /// Waits until all gradients are added up.
  package func finish() -> Bool {
    launch { _ in true }
    var looks = 0
    while failure == nil {
      if advance() { return true }
      looks += 1
      if looks < 200 { sched_yield() } else { usleep(20) }
    }
    return false
  }

  /// Looks after all buckets; true where none is under way.
  private func advance() -> Bool {
    let done: Bool? = carryOut { () throws(TransportError) in
      let result: Result<Bool, TransportError> = state.withLock { state in
        do throws(TransportError) {
          for index in state.buckets.indices {
            let sent = try state.buckets[index].advance(over: transport)
            note(sent)
          }
          state.buckets.removeAll { $0.isDone }
          return .success(state.buckets.isEmpty)
        } catch { return .failure(error) }
      }
      return try result.get()
    }
    return done ?? false
  }

  // MARK: Signs of life

  /// Tells the others that this rank goes no further.
  package func end(because reason: String) {
    guard failure == nil else { return }
    let block = MessageBlock(Array(reason.utf8.prefix(Tag.farewellSize)) + [0])
    let padded = MessageBlock(
      block.bytes + [UInt8](repeating: 0, count: Tag.farewellSize + 1 - block.count))
    for other in 0..<ranks where other != rank {
      _ = try? transport.send(0..<padded.count, of: padded, to: other, tag: Tag.farewell)
    }
    fail(reason)
  }

  /// What the thread does again and again; says whether nothing is under way, or nil once closed.
  private func attend(_ pulse: Pulse) -> Bool? {
    isClosed.withLock { isClosed in
      guard !isClosed else { return nil }
      if failure == nil {
        do throws(TransportError) {
          if let loss = try pulse.beat() { fail(loss) }
        } catch { fail(error.description) }
      }
      return advance()
    }
  }
}

/// What tags mean.
enum Tag {
  static let life = 1
  static let farewell = 2
  /// Gathered numbers: so many tags from here on.
  static let numbers = 16
  static let span = 8192
  /// Buckets of gradients.
  static let sums = 16384
  static let totals = 24576
  /// Bytes of a reason.
  static let farewellSize = 511
}

/// Says that this rank lives, and listens whether the others do.
private final class Pulse {
  private let transport: any Transport
  private let patience: Duration
  private let block: MessageBlock
  private var heard: [Int: ContinuousClock.Instant] = [:]
  private var signs: [Int: (block: MessageBlock, ticket: Ticket)] = [:]
  private var farewells: [Int: (block: MessageBlock, ticket: Ticket)] = [:]
  private var outgoing: [Int: Ticket] = [:]
  private var next = ContinuousClock.now

  init(_ transport: any Transport, patience: Duration) {
    (self.transport, self.patience) = (transport, patience)
    block = MessageBlock([UInt8(1)])
  }

  private var others: [Int] { (0..<transport.ranks).filter { $0 != transport.rank } }

  /// Sends and takes signs of life; says why the exchange has ended, where it has.
  func beat() throws(TransportError) -> String? {
    let now = ContinuousClock.now
    if now >= next {
      next = now + min(.seconds(1), patience / 4)
      for other in others {
        // One that does not take its messages is sent no more.
        if let ticket = outgoing[other], try !transport.isDone(ticket) { continue }
        outgoing[other] = try transport.send(0..<1, of: block, to: other, tag: Tag.life)
      }
    }
    for other in others {
      if let reason = try farewell(of: other) { return reason }
      if try hasSign(from: other) { heard[other] = now }
      let since = heard[other] ?? now
      heard[other] = since
      if now - since > patience {
        let seconds = Int(patience.components.seconds)
        return """
          rank \(other) of \(transport.ranks) has been silent for \(seconds) s: it ended, or its \
          machine cannot be reached
          """
      }
    }
    return nil
  }

  private func hasSign(from other: Int) throws(TransportError) -> Bool {
    guard let sign = signs[other] else {
      let block = MessageBlock(count: 1)
      signs[other] = (
        block, try transport.receive(0..<1, of: block, from: other, tag: Tag.life)
      )
      return false
    }
    guard try transport.isDone(sign.ticket) else { return false }
    signs[other] = nil
    return true
  }

  private func farewell(of other: Int) throws(TransportError) -> String? {
    guard let last = farewells[other] else {
      let block = MessageBlock(count: Tag.farewellSize + 1)
      farewells[other] = (
        block, try transport.receive(0..<block.count, of: block, from: other, tag: Tag.farewell)
      )
      return nil
    }
    guard try transport.isDone(last.ticket) else { return nil }
    let reason = String(decoding: last.block.bytes.prefix { $0 != 0 }, as: UTF8.self)
    return "rank \(other) of \(transport.ranks) ended: \(reason)"
  }
}

extension RankExchange {
  /// The threads of this rank: cores that it may use, shared equally with the ranks of the same machine
  /// that may use the same ones.
  ///
  /// Every rank calls it. A launcher that binds each rank to cores of its own leaves nothing to share.
  ///
  /// - Parameter available: Cores that this process may use.
  /// - Returns: At least 1.
  package func threads(of available: Int) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let cores = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") } ?? ""
    let place = Self.number(of: ProcessInfo.processInfo.hostName + " " + cores)
    guard let all = gather([place], counts: Array(repeating: 1, count: ranks)) else {
      return available
    }
    return max(1, available / max(1, all.count { $0 == [place] }))
  }

  /// A number that stands for a text (FNV-1a, cut to what a double holds).
  private static func number(of text: String) -> Double {
    let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return Double(hash >> 12)
  }
}
