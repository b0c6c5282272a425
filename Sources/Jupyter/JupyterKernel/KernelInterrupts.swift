internal import Commands
internal import JSON
internal import Synchronization
internal import Training

/// Brings interrupts to the step that runs: the first one asks for the next good place, the second for the
/// end at once, as Ctrl-C does at the prompt.
final class KernelInterrupts: Cancelling, Sendable {
  private struct State {
    var cancellation: Cancellation?
    /// The request that runs; nil while none does.
    var parent: JSONValue?
    var count = 0
    var outbox: Outbox?
  }

  private let state = Mutex(State())

  /// Nothing runs.
  init() {}

  /// Where remarks go.
  func attach(outbox: Outbox) { state.withLock { $0.outbox = outbox } }

  /// A request begins to run.
  func begin(_ parent: JSONValue) {
    state.withLock { ($0.parent, $0.count, $0.cancellation) = (parent, 0, nil) }
  }

  /// It has ended.
  ///
  /// - Returns: Whether somebody interrupted it.
  func end() -> Bool {
    state.withLock { state in
      defer { (state.parent, state.cancellation) = (nil, nil) }
      return state.count > 0
    }
  }

  func attach(_ cancellation: Cancellation) {
    state.withLock { state in
      state.cancellation = cancellation
      // What came while the cell was being read concerns its first step.
      for _ in 0..<min(state.count, 2) { cancellation.request() }
    }
  }

  /// Somebody wants the end; where nothing runs, nothing happens.
  func interrupt() {
    state.withLock { state in
      guard let parent = state.parent else { return }
      state.count += 1
      state.cancellation?.request()
      guard state.count == 1 else { return }
      state.outbox?.publish(
        stream: "stderr", "stopping after this batch; interrupt again to stop now\n",
        parent: parent)
    }
  }
}
