internal import Commands
internal import Foundation
internal import JSON
internal import JupyterMessages
internal import Language

/// Works on the requests of the shell channel, one after the other: the one thread that knows the session.
final class Executor {
  private let session: Session
  private let presenter: KernelPresenter
  private let interrupts: KernelInterrupts
  private let outbox: Outbox
  private let queue: RequestQueue
  private let information: JSONValue
  private var history = CellHistory()
  /// How many cells have been counted.
  private var count = 0
  /// Whether the cells that wait are not to be run.
  private var abandonsWaiting = false

  /// An executor of a session.
  ///
  /// - Parameters:
  ///   - session: Runs steps, and shows what they show to `presenter`.
  ///   - presenter: Shows it to clients.
  ///   - interrupts: Are told what runs.
  ///   - outbox: Takes answers.
  ///   - queue: Has the requests.
  ///   - information: The answer to `kernel_info_request`.
  init(
    session: Session, presenter: KernelPresenter, interrupts: KernelInterrupts, outbox: Outbox,
    queue: RequestQueue, information: JSONValue
  ) {
    (self.session, self.presenter, self.interrupts) = (session, presenter, interrupts)
    (self.outbox, self.queue, self.information) = (outbox, queue, information)
    presenter.filedFigure = { [weak session] in session?.filedFigure }
  }

  /// Works until the queue is closed.
  func run() {
    while let request = queue.next() {
      let parent = request.message.header
      outbox.publish(status: "busy", parent: parent)
      answer(request)
      outbox.publish(status: "idle", parent: parent)
      if abandonsWaiting { abort() }
      abandonsWaiting = false
    }
  }

  private func answer(_ request: RequestQueue.Request) {
    let message = request.message
    if let excess = request.excess {
      return reply(
        message,
        Self.failure(
          "MessageError",
          "a request of \(excess) bytes; at most \(FrameCodec.contentLimit) are accepted"))
    }
    switch message.kind {
    case "execute_request": execute(message)
    case "kernel_info_request": reply(message, information)
    case "complete_request":
      let completion = CompletionReply(vocabulary: session.vocabulary) { [session] in
        session.names(inFolder: $0)
      }
      reply(message, completion.answer(message.content))
    case "inspect_request":
      reply(message, presenter.muted { InspectionReply(session: session).answer(message.content) })
    case "is_complete_request":
      reply(message, completeness(of: message.content["code"]?.asString ?? ""))
    case "history_request": reply(message, history.answer(message.content))
    case "comm_info_request": reply(message, ["status": "ok", "comms": [:]])
    case "comm_open":
      // Nobody here has the other end.
      let name = message.content["comm_id"] ?? ""
      outbox.publish("comm_close", ["comm_id": name, "data": [:]], parent: message.header)
    case "comm_msg", "comm_close": break
    case let kind where kind.hasSuffix("_request"):
      reply(message, Self.failure("NotImplemented", "yolos does not answer '\(kind)'"))
    default: break
    }
  }

  private func reply(_ request: KernelMessage, _ content: JSONValue) {
    outbox.reply(to: request, on: .shell, content)
  }

  private static func failure(_ name: String, _ text: String) -> JSONValue {
    [
      "status": "error", "ename": .string(name), "evalue": .string(text),
      "traceback": .strings([text]),
    ]
  }

  private func completeness(of code: String) -> JSONValue {
    switch session.reading(of: code) {
    case .complete: ["status": "complete"]
    case .wrong: ["status": "invalid"]
    case .unfinished(let depth):
      ["status": "incomplete", "indent": .string(String(repeating: "  ", count: depth))]
    }
  }

  // MARK: Execution

  private func execute(_ request: KernelMessage) {
    let content = request.content, parent = request.header
    let code = content["code"]?.asString ?? ""
    let isSilent = content["silent"]?.asBool ?? false
    let isCounted = !isSilent && content["store_history"]?.asBool ?? true
    if isCounted { count += 1 }
    if !isSilent {
      outbox.publish(
        "execute_input", ["code": .string(code), "execution_count": .number(count)], parent: parent)
    }
    presenter.begin(parent, number: count, isMuted: isSilent)
    interrupts.begin(parent)
    let diagnostics =
      code.allSatisfy(\.isWhitespace)
      ? [] : session.run(session.asked(code), name: "cell \(count)")
    presenter.finish()
    let wasInterrupted = interrupts.end()
    remark(on: diagnostics.filter { $0.severity != .error }, parent, isSilent)
    if isCounted { history.add(count, code, result: presenter.lastResult) }
    let errors = diagnostics.filter { $0.severity == .error }
    let answer =
      errors.isEmpty
      ? success(content["user_expressions"]) : failure(errors, parent, isSilent)
    // Whoever interrupts a cell does not want the next ones either.
    abandonsWaiting =
      wasInterrupted || (!errors.isEmpty && content["stop_on_error"]?.asBool ?? true)
    reply(request, answer)
  }

  private func remark(on diagnostics: [Diagnostic], _ parent: JSONValue, _ isSilent: Bool) {
    guard !isSilent else { return }
    let text = DiagnosticPrinter().text(of: diagnostics)
    outbox.publish(stream: "stderr", text, parent: parent)
  }

  private func success(_ expressions: JSONValue?) -> JSONValue {
    var values = JSONObject()
    for member in expressions?.asObject?.sorted ?? [] {
      values[member.key] = value(of: member.value.asString ?? "")
    }
    return [
      "status": "ok", "execution_count": .number(count), "payload": [],
      "user_expressions": .object(values),
    ]
  }

  private func value(of expression: String) -> JSONValue {
    switch presenter.muted({ session.evaluate(expression) }) {
    case .success(let value):
      return ["status": "ok", "data": ["text/plain": .string(value.text)], "metadata": [:]]
    case .failure(let error): return Self.failure(Self.name(of: error), error.message)
    }
  }

  private func failure(
    _ errors: [Diagnostic], _ parent: JSONValue, _ isSilent: Bool
  ) -> JSONValue {
    guard let first = errors.first else { return success(nil) }
    let printer = DiagnosticPrinter(usesColor: true)
    let lines = errors.flatMap {
      printer.text(of: $0).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
    let hint = first.hint.map { " (\($0))" } ?? ""
    var content = JSONObject()
    content["ename"] = .string(Self.name(of: first))
    content["evalue"] = .string(first.message + hint)
    content["traceback"] = .strings(lines.map(String.init))
    if !isSilent { outbox.publish("error", .object(content), parent: parent) }
    content["status"] = "error"
    content["execution_count"] = .number(count)
    return .object(content)
  }

  private static func name(of error: Diagnostic) -> String {
    switch error.kind {
    case .syntax: "SyntaxError"
    case .lint: "CheckError"
    case .step: "StepError"
    case .assertion: "AssertionError"
    case .interrupted: "Interrupted"
    }
  }

  /// Answers the cells that wait: they are not run.
  private func abort() {
    for request in queue.take("execute_request") {
      outbox.publish(status: "busy", parent: request.header)
      reply(request, ["status": "aborted", "execution_count": .number(count)])
      outbox.publish(status: "idle", parent: request.header)
    }
  }
}
