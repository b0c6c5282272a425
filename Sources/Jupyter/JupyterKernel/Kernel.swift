package import Commands
internal import Foundation
internal import JSON
package import JupyterMessages

/// A Jupyter kernel: a session whose lines are the cells of a notebook.
package enum Kernel {
  /// Serves clients until one of them wants the end.
  ///
  /// Runs steps on the thread that calls, which should have a large stack.
  ///
  /// - Parameters:
  ///   - connection: Where to listen.
  ///   - configuration: Folders, threads and backend.
  ///   - version: What the kernel says of itself.
  ///   - onInterrupt: Is given what an interrupt from outside has to call.
  ///   - log: Takes remarks for whoever looks at standard error.
  ///   - giveUp: Called where a step does not end though the kernel shall: ends the program.
  /// - Throws: ``KernelError`` where it cannot listen or the engine does not start.
  package static func serve(
    _ connection: ConnectionFile, _ configuration: Workplace.Configuration, version: String,
    onInterrupt: (@escaping @Sendable () -> Void) -> Void,
    log: @escaping @Sendable (String) -> Void, giveUp: @escaping @Sendable () -> Void
  ) throws(KernelError) {
    let sockets = try Sockets(connection)
    let outbox = Outbox(session: UUID().uuidString.lowercased(), bell: Bell())
    let queue = RequestQueue(), interrupts = KernelInterrupts()
    interrupts.attach(outbox: outbox)
    onInterrupt { interrupts.interrupt() }
    let information = KernelInformation.answer(version: version)
    let server = KernelServer(
      sockets, codec: FrameCodec(key: connection.key), outbox: outbox, queue: queue,
      interrupts: interrupts, information: information, parentIsGone: ParentProcess().isGone,
      log: log)
    let hasEnded = DispatchSemaphore(value: 0)
    Thread {
      server.run()
      if !queue.isLeft { giveUp() }
      hasEnded.signal()
    }.start()
    let presenter = KernelPresenter(outbox)
    let record = SessionRecords(folder: "\(configuration.cacheFolder)/jupyter")
      .begin(process: getpid())
    do throws(UsageError) {
      let session = try Session(
        configuration, console: presenter, interrupts: interrupts, record: record)
      let executor = Executor(
        session: session, presenter: presenter, interrupts: interrupts, outbox: outbox,
        queue: queue, information: information)
      executor.run()
    } catch { throw KernelError(error.description) }
    queue.leave()
    hasEnded.wait()
  }
}
