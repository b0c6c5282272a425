internal import Commands
internal import Files
internal import FlyingFox
internal import Foundation

/// Answers the requests of a page.
struct PageHandler: HTTPHandler {
  let gate: Gate
  let view: LiveView
  let runs: RunCatalog
  let listeners: Listeners
  /// Stops the step that runs, as the first Ctrl-C does; says whether anything was there to stop.
  let stop: @Sendable () -> Bool

  /// What a page is told again and again.
  private struct Status: Encodable {
    struct Activity: Encodable {
      let run: String?, title: String, fraction: Double, details: String
      let secondsLeft: Double?, pictured: Int?
    }

    let report: String, runs: Int, activities: [Activity], isStopping: Bool, ending: Int32?
  }

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    // What comes with a request is of no use here, but lies in the way of the next one.
    for try await _ in request.bodySequence {}
    let path = gate.path(
      request.path, host: request.headers[.host], origin: request.headers[HTTPHeader("Origin")])
    guard let path else {
      return text(
        "This is not the address of the live page. Copy the full address that yolos printed.",
        .forbidden)
    }
    switch (request.method, path) {
    case (.GET, ""): return answer(Data(PackageResources.page_html), "text/html; charset=utf-8")
    case (.GET, "page.css"):
      return answer(Data(PackageResources.page_css), "text/css; charset=utf-8")
    case (.GET, "page.js"):
      return answer(Data(PackageResources.page_js), "text/javascript; charset=utf-8")
    case (.GET, "events"): return events
    case (.GET, "report"): return try json(report?.content ?? .init(title: "yolos", blocks: []))
    case (.GET, "picture"): return image(report?.picture(value("path", of: request)))
    case (.GET, "runs"): return try json(runs.look().runs)
    case (.GET, "curves"):
      guard let curves = runs.curves(of: value("run", of: request)) else { return absent }
      return try json(curves)
    case (.GET, "validation"):
      return image(view.picture(of: runs.folder(of: value("run", of: request))))
    case (.POST, "stop"):
      let isStopping = stop()
      if isStopping { view.notes(stop: true) }
      return try json(["isStopping": isStopping])
    case (_, "stop"), (.POST, _): return text("Method not allowed.", .methodNotAllowed)
    default: return absent
    }
  }

  private var report: ReportPage? { view.status.report.map(ReportPage.init(path:)) }

  private func value(_ name: String, of request: HTTPRequest) -> String {
    request.query.first { $0.name == name }?.value ?? ""
  }

  // MARK: Events

  private var events: HTTPResponse {
    let stream = EventStream(state: { [self] in state }, listeners: listeners)
    return HTTPResponse(
      statusCode: .ok, headers: headers("text/event-stream"), body: .init(from: stream))
  }

  private var state: (json: Data, isLast: Bool) {
    let status = view.status
    let activities = status.activities.sorted { $0.key < $1.key }.map { run, activity in
      let progress = activity.progress
      return Status.Activity(
        run: progress.run.map { runs.name(of: $0) }, title: progress.title,
        fraction: progress.fraction.isFinite ? progress.fraction : 0, details: progress.details,
        secondsLeft: progress.secondsLeft.flatMap { $0.isFinite ? $0 : nil },
        pictured: activity.pictured)
    }
    let identity = status.report.flatMap { FileIdentity(of: $0) }
    let content = Status(
      report: identity.map { "\($0.inode).\($0.modified).\($0.size)" } ?? "",
      runs: runs.look().version, activities: activities, isStopping: status.isStopping,
      ending: status.ending)
    return ((try? Self.encoder.encode(content)) ?? Data("{}".utf8), status.ending != nil)
  }

  // MARK: Answers

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    // Equal states are equal bytes.
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }

  private func json(_ value: some Encodable) throws -> HTTPResponse {
    answer(try Self.encoder.encode(value), "application/json")
  }

  private func image(_ content: Data?) -> HTTPResponse {
    guard let content else { return absent }
    let type =
      content.starts(with: [0x89, 0x50])
      ? "image/png"
      : content.starts(with: [0xFF, 0xD8]) ? "image/jpeg" : "image/svg+xml"
    return answer(content, type)
  }

  private var absent: HTTPResponse { text("Not found.", .notFound) }

  private func text(_ text: String, _ code: HTTPStatusCode) -> HTTPResponse {
    var headers = headers("text/plain; charset=utf-8")
    headers[.connection] = "close"
    return HTTPResponse(statusCode: code, headers: headers, body: Data((text + "\n").utf8))
  }

  private func answer(_ content: Data, _ type: String) -> HTTPResponse {
    HTTPResponse(statusCode: .ok, headers: headers(type), body: content)
  }

  /// Nothing but what the page itself brings may run in it, and no other page may hold it.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private func headers(_ type: String) -> HTTPHeaders {
    [
      .contentType: type, .cacheControl: "no-store",
      HTTPHeader("Content-Security-Policy"): Self.policy,
      HTTPHeader("X-Content-Type-Options"): "nosniff", HTTPHeader("Referrer-Policy"): "no-referrer",
      HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin",
    ]
  }
}
