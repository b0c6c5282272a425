/// How ranks send each other bytes: MPI between processes, or memory between threads.
///
/// Messages of the same sender, receiver and tag arrive in the order in which they were sent. Any thread
/// may call.
package protocol Transport: AnyObject, Sendable {
  /// Which rank this is, from 0.
  var rank: Int { get }
  /// How many ranks there are.
  var ranks: Int { get }

  /// Starts to send some of the bytes of a block, which must not change until that is done.
  func send(
    _ range: Range<Int>, of block: MessageBlock, to rank: Int, tag: Int
  ) throws(TransportError) -> Ticket

  /// Starts to receive as many bytes into a block.
  func receive(
    _ range: Range<Int>, of block: MessageBlock, from rank: Int, tag: Int
  ) throws(TransportError) -> Ticket

  /// Whether a message has gone or come. To be asked until it has, and not again.
  func isDone(_ ticket: Ticket) throws(TransportError) -> Bool

  /// Leaves: after the work, or for good where the exchange has failed.
  func close(afterFailure: Bool)
}

/// A message under way.
package struct Ticket: Hashable, Sendable {
  let number: Int
}

/// Why a message did not go or come.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line.
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Memory of messages.
@safe package final class MessageBlock: @unchecked Sendable {
  // `@unchecked`: it hands out addresses; who writes where and when is decided by the exchange, which
  // touches no range that is under way.

  /// The first byte, aligned to 64.
  @unsafe let base: UnsafeMutableRawPointer
  /// Bytes.
  let count: Int

  /// Memory for so many bytes.
  init(count: Int) {
    unsafe base = .allocate(byteCount: max(count, 1), alignment: 64)
    self.count = count
  }

  /// Memory for so many floats.
  convenience init(floats: Int) { self.init(count: floats * 4) }

  /// A block with these bytes.
  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    // SAFETY: the block has as many bytes.
    unsafe bytes.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(start: base, count: count).copyMemory(from: source)
    }
  }

  /// A block with these numbers.
  convenience init(_ numbers: [Double]) {
    self.init(count: 8 * numbers.count)
    // SAFETY: the block has eight bytes for each number.
    unsafe numbers.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(start: base, count: count).copyMemory(from: source)
    }
  }

  /// All bytes.
  var bytes: [UInt8] { unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count)) }

  /// The first numbers.
  func numbers(_ count: Int) -> [Double] {
    // SAFETY: the memory is aligned, and holds so many.
    unsafe [Double](
      UnsafeBufferPointer(start: base.assumingMemoryBound(to: Double.self), count: count))
  }

  /// The memory as floats.
  @unsafe var floats: UnsafeMutablePointer<Float> {
    unsafe base.assumingMemoryBound(to: Float.self)
  }

  deinit { unsafe base.deallocate() }
}
