internal import Tensors

/// Gradients of some layers on their way through the ranks.
struct GradientBucket {
  /// One gradient.
  struct Entry {
    let count: Int
    /// The sums of the trees at hand, one after the other.
    let sums: MessageBlock
    let target: FloatBuffer
  }

  /// What was sent.
  struct Sent {
    var bytes = 0, messages = 0
  }

  private enum Phase { case filling, sums, totals, done }

  let shards: BatchShards
  /// Which bucket of the exchange it is.
  var number = 0
  /// Floats of all its gradients together.
  private(set) var count = 0
  private var entries: [Entry] = []
  private var phase = Phase.filling
  private var tickets: [Ticket] = []
  /// The sums of this rank's trees over all gradients, and those of all trees for the part that this rank
  /// owns.
  private var mine: [(tree: Range<Int>, block: MessageBlock)] = []
  private var parts: [Range<Int>: MessageBlock] = [:]
  private var total = MessageBlock(count: 0)

  init(shards: BatchShards) { self.shards = shards }

  var isDone: Bool { phase == .done }

  mutating func append(_ entry: Entry) {
    entries.append(entry)
    count += entry.count
  }

  /// The part of all floats that a rank adds up.
  private func part(_ rank: Int, of ranks: Int) -> Range<Int> {
    count * rank / ranks..<count * (rank + 1) / ranks
  }

  private func bytes(_ floats: Range<Int>) -> Range<Int> {
    4 * floats.lowerBound..<4 * floats.upperBound
  }

  /// Sends everybody the sums that he adds up.
  mutating func start(over transport: any Transport) throws(TransportError) -> Sent {
    let (rank, ranks) = (transport.rank, transport.ranks)
    let trees = shards.trees
    for (index, tree) in trees.enumerated() {
      let block = MessageBlock(floats: count)
      var first = 0
      for entry in entries {
        // SAFETY: an entry holds `count` floats for each tree, and the block those of all entries.
        unsafe (block.floats + first).update(
          from: entry.sums.floats + index * entry.count, count: entry.count)
        first += entry.count
      }
      mine.append((tree, block))
    }
    total = MessageBlock(floats: count)
    var sent = Sent()
    let tag = Tag.sums + number % (Tag.span / 8) * 8
    let own = part(rank, of: ranks)
    for other in 0..<ranks where other != rank {
      let theirs = part(other, of: ranks)
      for (index, mine) in mine.enumerated() where !theirs.isEmpty {
        tickets.append(
          try transport.send(bytes(theirs), of: mine.block, to: other, tag: tag + index))
        sent.bytes += 4 * theirs.count
        sent.messages += 1
      }
      let held = BatchShards(images: shards.images, rank: other, of: ranks)
      for (index, tree) in held.trees.enumerated() where !own.isEmpty {
        let block = MessageBlock(floats: own.count)
        parts[tree] = block
        tickets.append(
          try transport.receive(0..<block.count, of: block, from: other, tag: tag + index))
      }
    }
    phase = .sums
    return sent
  }

  /// Goes on where messages have come.
  mutating func advance(over transport: any Transport) throws(TransportError) -> Sent {
    var sent = Sent()
    guard phase == .sums || phase == .totals else { return sent }
    var left: [Ticket] = []
    for ticket in tickets where try !transport.isDone(ticket) { left.append(ticket) }
    tickets = left
    guard left.isEmpty else { return sent }
    if phase == .sums {
      addUp(rank: transport.rank, of: transport.ranks)
      sent = try sendTotal(over: transport)
      phase = .totals
    } else {
      deliver()
      phase = .done
    }
    return sent
  }

  /// Adds up the part that this rank owns.
  private func addUp(rank: Int, of ranks: Int) {
    let own = part(rank, of: ranks)
    guard !own.isEmpty else { return }
    unsafe sum(0..<shards.count, own, into: total.floats + own.lowerBound)
  }

  /// The sum of a tree, with the first half before the second.
  @unsafe private func sum(
    _ tree: Range<Int>, _ own: Range<Int>, into sum: UnsafeMutablePointer<Float>
  ) {
    // SAFETY: every block holds the floats of the part, or of all parts.
    if let mine = mine.first(where: { $0.tree == tree }) {
      unsafe sum.update(from: mine.block.floats + own.lowerBound, count: own.count)
    } else if let part = parts[tree] {
      unsafe sum.update(from: part.floats, count: own.count)
    } else {
      let (first, second) = BatchShards.halves(tree)
      let other = MessageBlock(floats: own.count)
      unsafe self.sum(first, own, into: sum)
      unsafe self.sum(second, own, into: other.floats)
      let more = unsafe other.floats
      for index in 0..<own.count { unsafe sum[index] += more[index] }
    }
  }

  private mutating func sendTotal(over transport: any Transport) throws(TransportError) -> Sent {
    let (rank, ranks) = (transport.rank, transport.ranks)
    let tag = Tag.totals + number % (Tag.span / 8), own = part(rank, of: ranks)
    var sent = Sent()
    for other in 0..<ranks where other != rank {
      if !own.isEmpty {
        tickets.append(try transport.send(bytes(own), of: total, to: other, tag: tag))
        sent.bytes += 4 * own.count
        sent.messages += 1
      }
      let theirs = part(other, of: ranks)
      if !theirs.isEmpty {
        tickets.append(
          try transport.receive(bytes(theirs), of: total, from: other, tag: tag))
      }
    }
    return sent
  }

  /// Adds the totals to the gradients.
  private func deliver() {
    var first = 0
    for entry in entries {
      // SAFETY: target and total hold the entry's floats.
      let from = unsafe total.floats + first, to = unsafe entry.target.base
      for index in 0..<entry.count { unsafe to[index] += from[index] }
      first += entry.count
    }
  }
}
