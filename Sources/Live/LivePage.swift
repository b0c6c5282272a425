internal import Commands
internal import Dispatch
internal import FlyingFox
internal import FlyingSocks
internal import Foundation
internal import Synchronization

/// A page in the browser that shows the work while it goes on: the report that grows, trainings with their
/// curves and pictures, and all runs.
package final class LivePage: Sendable {
  /// What the work is shown to.
  package let view = LiveView()
  private let runsFolder: String
  private let stop: @Sendable () -> Bool
  private let listeners = Listeners()
  private let address = Mutex<String?>(nil)

  /// A page that is not served yet.
  ///
  /// - Parameters:
  ///   - runsFolder: Where the runs lie that it lists.
  ///   - stop: Stops the step that runs, as the first Ctrl-C does, and says whether one was stopped.
  package init(runsFolder: String, stop: @escaping @Sendable () -> Bool) {
    (self.runsFolder, self.stop) = (runsFolder, stop)
  }

  /// Serves the page on this machine alone; where it is served already, nothing changes.
  ///
  /// - Parameter port: The port; nil for any that is free.
  /// - Returns: The page's address, which is a secret.
  /// - Throws: ``LiveError`` where nothing can be served.
  package func serve(port: Int?) throws(LiveError) -> String {
    if let known = address.withLock({ $0 }) { return known }
    let answer = Answer(), handler = self.handler
    Task.detached(priority: .utility) {
      do {
        let server = HTTPServer(
          config: .init(
            address: try .inet(ip4: "127.0.0.1", port: UInt16(port ?? 0)),
            // Not even a request whose body comes slowly is waited for longer, in seconds.
            timeout: 30, logger: DisabledLogger.disabled))
        Task.detached(priority: .utility) {
          do {
            try await server.waitUntilListening()
            guard case .ip4(_, let port) = await server.listeningAddress else { return }
            let gate = Gate(port: port)
            await server.appendRoute("*", to: handler(gate))
            answer.give(.success("http://127.0.0.1:\(port)/\(gate.token)/"))
          } catch { answer.give(.failure(LiveError(port: port, reason: "\(error)"))) }
        }
        try await server.run()
      } catch {
        answer.give(.failure(LiveError(port: port, reason: Self.reason(of: error))))
      }
    }
    let served = try answer.wait().get()
    address.withLock { $0 = served }
    return served
  }

  private var handler: @Sendable (Gate) -> PageHandler {
    let runs = RunCatalog(root: runsFolder)
    return { [view, listeners, stop] gate in
      PageHandler(gate: gate, view: view, runs: runs, listeners: listeners, stop: stop)
    }
  }

  private static func reason(of error: any Error) -> String {
    guard case .failed(_, let code, let message)? = error as? SocketError else { return "\(error)" }
    return code == EADDRINUSE ? "another program uses it" : message
  }

  /// Tells all pages that the work has ended, and waits a moment for them to see the end of the report.
  ///
  /// - Parameter code: The exit code.
  package func finish(code: Int32) {
    guard address.withLock({ $0 }) != nil else { return }
    view.end(code)
    // A page hears of the end within a fifth of a second, takes what is new, and leaves.
    for _ in 0..<Self.farewell where listeners.count > 0 { usleep(50_000) }
  }

  /// So many twentieths of a second.
  private static let farewell = 40

  /// What becomes of an attempt to serve, handed from one thread to another.
  private final class Answer: Sendable {
    private let result = Mutex<Result<String, LiveError>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ result: Result<String, LiveError>) {
      let isFirst = self.result.withLock { known in
        defer { known = known ?? result }
        return known == nil
      }
      if isFirst { isThere.signal() }
    }

    func wait() -> Result<String, LiveError> {
      isThere.wait()
      return result.withLock { $0 } ?? .failure(LiveError(port: nil, reason: "no answer"))
    }
  }
}

/// Why a page cannot be served.
package struct LiveError: Error, CustomStringConvertible {
  /// The port that was asked for.
  let port: Int?
  /// What the system says.
  let reason: String

  /// One line: what failed, why, and what to do.
  package var description: String {
    guard let port else { return "the live page cannot be served: \(reason)" }
    return "the live page cannot be served at port \(port): \(reason); "
      + "choose another port, or none to use any free port"
  }
}

extension LivePage: Showcase {
  /// Opens the page for the prompt.
  package func open(port: Int?) throws -> String { try serve(port: port) }
}
