internal import CMPI
internal import Foundation
internal import Synchronization

/// Ranks that `mpirun` or `srun` has started, which send each other messages by MPI.
///
/// The library is loaded when the first one is made, so that a machine without MPI needs none.
package final class MPITransport: Transport {
  /// Which rank this is.
  package let rank: Int
  /// How many ranks there are.
  package let ranks: Int
  private let state = Mutex(State())

  private struct State {
    var requests: [Int: Request] = [:]
    var next = 0
  }

  /// MPI's own record of a message, which must stay where it is.
  @safe private final class Request {
    @unsafe let raw: UnsafeMutablePointer<yolos_mpi_request>
    /// Keeps the bytes alive.
    let block: MessageBlock

    init(_ block: MessageBlock) {
      unsafe raw = .allocate(capacity: 1)
      unsafe raw.initialize(to: yolos_mpi_request())
      self.block = block
    }

    deinit { unsafe raw.deallocate() }
  }

  /// Whether a launcher started this process as one of several ranks.
  package static var isLaunched: Bool {
    isLaunched(by: ProcessInfo.processInfo.environment)
  }

  /// Whether an environment is that of one of several ranks.
  package static func isLaunched(by environment: [String: String]) -> Bool {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
      if let size = environment[name].flatMap({ Int($0) }) { return size > 1 }
    }
    // `srun --mpi=pmix` says how many there are by Slurm's own variable.
    return environment["PMIX_RANK"] != nil
      && (environment["SLURM_NTASKS"].flatMap { Int($0) } ?? 1) > 1
  }

  /// Loads MPI and joins the other ranks.
  ///
  /// - Throws: ``TransportError`` where the library is missing or cannot serve.
  package init() throws(TransportError) {
    var rank: Int32 = 0, ranks: Int32 = 1
    // SAFETY: both live for the call; the text is a constant of the shim.
    if let problem = unsafe yolos_mpi_start(&rank, &ranks) {
      throw TransportError(
        """
        MPI cannot be loaded: \(unsafe String(cString: problem)); install Open MPI \
        (libopenmpi3 and openmpi-bin on Debian), or start the program without mpirun
        """)
    }
    (self.rank, self.ranks) = (Int(rank), Int(ranks))
    // The launcher ends all ranks when one has died.
    let words =
      "\nrank \(rank) of \(ranks): ended by the launcher, since another rank ended or the job was "
      + "stopped; what the run has saved is whole, and resume continues it with any number of ranks\n"
    // SAFETY: the shim copies the text.
    unsafe words.withCString { unsafe yolos_mpi_say_at_termination($0) }
  }

  /// Sends some bytes.
  package func send(
    _ range: Range<Int>, of block: MessageBlock, to rank: Int, tag: Int
  ) throws(TransportError) -> Ticket {
    try unsafe start(block) { request in
      // SAFETY: the range lies in the block, which the request keeps.
      unsafe yolos_mpi_send(
        block.base + range.lowerBound, Int32(range.count), Int32(rank), Int32(tag), request)
    }
  }

  /// Receives some bytes.
  package func receive(
    _ range: Range<Int>, of block: MessageBlock, from rank: Int, tag: Int
  ) throws(TransportError) -> Ticket {
    try unsafe start(block) { request in
      // SAFETY: as above.
      unsafe yolos_mpi_receive(
        block.base + range.lowerBound, Int32(range.count), Int32(rank), Int32(tag), request)
    }
  }

  private func start(
    _ block: MessageBlock, _ call: (UnsafeMutablePointer<yolos_mpi_request>) -> Int32
  ) throws(TransportError) -> Ticket {
    let ticket: Ticket? = state.withLock { state in
      let request = Request(block)
      guard unsafe call(request.raw) == 0 else { return nil }
      state.next += 1
      state.requests[state.next] = request
      return Ticket(number: state.next)
    }
    guard let ticket else { throw TransportError("MPI could not start a message") }
    return ticket
  }

  /// Whether a message has gone or come.
  package func isDone(_ ticket: Ticket) throws(TransportError) -> Bool {
    let done: Bool? = state.withLock { state in
      guard let request = state.requests[ticket.number] else { return true }
      var done: Int32 = 0
      // SAFETY: the request stays where it is until it is done.
      guard unsafe yolos_mpi_test(request.raw, &done) == 0 else { return nil }
      if done != 0 { state.requests[ticket.number] = nil }
      return done != 0
    }
    guard let done else { throw TransportError("MPI reports that a message was lost") }
    return done
  }

  /// Leaves MPI; after a failure ends all ranks, since some may wait for others that are gone.
  package func close(afterFailure: Bool) {
    state.withLock { _ in
      if afterFailure { yolos_mpi_abort(1) } else { yolos_mpi_finish() }
    }
  }
}
