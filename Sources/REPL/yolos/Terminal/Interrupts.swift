internal import Commands
internal import Foundation
internal import Synchronization
internal import Training

/// Brings Ctrl-C and other signals to whatever runs.
///
/// Signals are blocked in every thread, and the main thread takes them one after the other: nothing
/// ever runs inside a signal handler.
final class Interrupts: Cancelling, Sendable {
  /// The one of this program.
  @TaskLocal static var current = Interrupts()

  /// Who hears of signals just now.
  private enum Listener {
    /// A step; told to stop.
    case step(Cancellation)
    /// The prompt, which reads bytes from the other end of this pipe.
    case prompt(Int32)
    /// A kernel, which knows itself what it does just now.
    case service(@Sendable () -> Void)
    case nobody
  }

  private struct State {
    var listener = Listener.nobody
    var interrupts = 0
  }

  private let state = Mutex(State())
  private static let signals = [SIGINT, SIGUSR1, SIGWINCH, SIGTSTP, SIGCONT]

  /// Keeps signals from this thread and from all that it starts.
  func blockSignals() {
    var set = Self.signalSet
    // SAFETY: `set` is initialized and lives for the call.
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var signalSet: sigset_t {
    var set = sigset_t()
    // SAFETY: `set` is our own; both calls only write into it.
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }

  /// Takes signals until the program ends.
  func waitForever() -> Never {
    var set = Self.signalSet
    while true {
      var signal: Int32 = 0
      // SAFETY: both point to variables that live for the call.
      if unsafe sigwait(&set, &signal) == 0 { take(signal) }
    }
  }

  private func take(_ signal: Int32) {
    // mpirun passes SIGUSR1 on to its ranks, and ends them on SIGINT.
    let signal = signal == SIGUSR1 ? SIGINT : signal
    let (listener, count) = state.withLock { state in
      if signal == SIGINT { state.interrupts += 1 }
      return (state.listener, state.interrupts)
    }
    switch listener {
    case .prompt(let pipe):
      var byte = UInt8(truncatingIfNeeded: signal)
      // SAFETY: one byte of a variable that lives for the call; a full pipe may drop it.
      _ = unsafe write(pipe, &byte, 1)
    case .step(let cancellation):
      if signal == SIGTSTP { kill(getpid(), SIGSTOP) }
      guard signal == SIGINT else { return }
      cancellation.request()
      if count == 1 { Terminal.error.writeAside(Self.stopping) }
      if count > 2 { _exit(Commands.ExitCode.interrupted.rawValue) }
    case .service(let interrupt):
      if signal == SIGTSTP { kill(getpid(), SIGSTOP) }
      if signal == SIGINT { interrupt() }
    case .nobody:
      if signal == SIGTSTP { kill(getpid(), SIGSTOP) }
      if signal == SIGINT { _exit(Commands.ExitCode.interrupted.rawValue) }
    }
  }

  /// What the first Ctrl-C does, asked for elsewhere; nothing where the step was interrupted before.
  ///
  /// - Returns: Whether a step is to stop now.
  func stop() -> Bool {
    let cancellation = state.withLock { state -> Cancellation? in
      guard case .step(let cancellation) = state.listener, state.interrupts == 0 else {
        return nil
      }
      state.interrupts = 1
      return cancellation
    }
    guard let cancellation else { return false }
    cancellation.request()
    Terminal.error.writeAside(Self.stopping)
    return true
  }

  private static let stopping =
    "\nstopping after this batch; press Ctrl-C again to stop now\n"

  // MARK: Listeners

  /// Interrupts go to this token from now on.
  func attach(_ cancellation: Cancellation) {
    state.withLock { $0 = State(listener: .step(cancellation)) }
  }

  /// Signals go to this pipe, a byte each, from now on.
  func attach(pipe: Int32) { state.withLock { $0 = State(listener: .prompt(pipe)) } }

  /// Interrupts are told to a kernel from now on, whether a step runs or not.
  func attach(service: @escaping @Sendable () -> Void) {
    state.withLock { $0 = State(listener: .service(service)) }
  }
}
