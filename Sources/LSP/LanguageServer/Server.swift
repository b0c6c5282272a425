package import Foundation
package import JSONRPC
internal import Language

/// A language server for scripts and notebooks: takes messages and gives messages.
///
/// It knows nothing of streams and threads; whoever has both hands over one message after the other, and
/// lets it do its other work when none waits.
package final class Server {
  private enum State { case new, ready, shutDown }

  private let version: String
  private var state = State.new
  let workspace = Workspace()
  /// What the client can show.
  var capabilities = InitializeParameters.Capabilities()
  /// Whether the client has commands that run scripts.
  var offersRuns = false

  /// How the program is to end, once the client has said that it should.
  package private(set) var exitCode: Int32?

  /// A server that nobody has spoken to.
  ///
  /// - Parameter version: What it says of itself.
  package init(version: String) { self.version = version }

  /// Takes a message.
  ///
  /// - Returns: The answer, where one is due.
  package func handle(_ message: Message) -> [Data] {
    guard let method = message.method else { return [] }
    guard let id = message.id else {
      // Whoever tells nonsense gets no answer, but an answer is all that could be given.
      try? take(method, message)
      return []
    }
    do throws(ResponseError) {
      return [MessageWriter.reply(to: id, try answer(method, message))]
    } catch {
      return [MessageWriter.failure(of: id, error)]
    }
  }

  /// Answers what could not be read as a message.
  package func refuse(_ error: ResponseError) -> [Data] { [MessageWriter.failure(of: nil, error)] }

  /// Answers a request that the client took back.
  package func cancel(_ id: RequestID) -> [Data] {
    [MessageWriter.failure(of: id, ResponseError(.requestCanceled, "taken back"))]
  }

  /// Whether there is something to tell the client.
  package var hasWork: Bool { !workspace.changed.isEmpty }

  /// Does a piece of the work that nobody waits for.
  ///
  /// - Returns: What the client is told.
  package func work() -> [Data] {
    guard let document = workspace.nextChanged() else { return [] }
    let findings = Findings(workspace.inspection(of: document), document, workspace)
    return [
      MessageWriter.notification(
        "textDocument/publishDiagnostics",
        PublishDiagnosticsParameters(
          uri: document.uri, version: document.version, diagnostics: findings.published))
    ]
  }

  // MARK: Notifications

  private func take(_ method: String, _ message: Message) throws(ResponseError) {
    if method == "exit" {
      exitCode = state == .shutDown ? 0 : 1
      return
    }
    guard state == .ready else { return }
    switch method {
    case "textDocument/didOpen":
      workspace.open(try message.parameters(DidOpenParameters.self).textDocument)
    case "textDocument/didChange": try workspace.change(message.parameters())
    case "textDocument/didClose":
      let uri = try message.parameters(DocumentParameters.self).textDocument.uri
      workspace.close(uri)
    case "textDocument/didSave", "workspace/didChangeWatchedFiles": workspace.checkAll()
    default: break
    }
  }

  // MARK: Requests

  private func answer(
    _ method: String, _ message: Message
  ) throws(ResponseError) -> any Encodable {
    switch (method, state) {
    case ("initialize", .new): return initialize(try message.parameters())
    case (_, .new): throw ResponseError(.serverNotInitialized, "the first request is 'initialize'")
    case ("initialize", _):
      throw ResponseError(.invalidRequest, "'initialize' was answered before")
    case ("shutdown", _):
      state = .shutDown
      return Bool?.none
    case (_, .shutDown): throw ResponseError(.invalidRequest, "nothing follows 'shutdown'")
    case (_, .ready): return try feature(method, message)
    }
  }

  private func initialize(_ parameters: InitializeParameters) -> InitializeResult {
    state = .ready
    let folder = parameters.workspaceFolders?.first?.uri ?? parameters.rootUri
    if let path = folder.flatMap(FileAddress.path) { workspace.root = path }
    let wanted = parameters.capabilities?.general?.positionEncodings ?? []
    workspace.encoding = wanted.lazy.compactMap(PositionEncoding.init).first ?? .utf16
    capabilities = parameters.capabilities ?? capabilities
    offersRuns = parameters.initializationOptions?.runLenses ?? false
    var answer = InitializeResult.Capabilities(positionEncoding: workspace.encoding.rawValue)
    if offersRuns { answer.codeLensProvider = .init() }
    return InitializeResult(
      capabilities: answer, serverInfo: .init(version: version))
  }
}
