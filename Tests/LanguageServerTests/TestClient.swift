import Foundation
import JSONRPC
import LanguageServer
import TestSupport

/// Speaks to a server as an editor does, without streams in between.
final class TestClient {
  let server = Server(version: "1.2.3")
  private var number = 0
  private var version = 1
  /// What the server said without being asked, by its method.
  private(set) var told: [String: [[String: Any]]] = [:]

  static let uri = "file:///nowhere/test.yolos"

  /// A client that has introduced itself.
  init(encodings: [String] = ["utf-16"], root: String? = nil, options: [String: Any] = [:]) throws {
    let parameters: [String: Any] = [
      "processId": NSNull(), "rootUri": root.map { "file://\($0)" } ?? NSNull() as Any,
      "capabilities": ["general": ["positionEncodings": encodings]],
      "initializationOptions": options,
    ]
    _ = try ask("initialize", parameters)
    try tell("initialized", [:])
  }

  /// Sends a request.
  ///
  /// - Returns: The whole answer.
  func answer(_ method: String, _ parameters: Any) throws -> [String: Any] {
    number += 1
    let replies = server.handle(
      try message(["jsonrpc": "2.0", "id": number, "method": method, "params": parameters]))
    guard replies.count == 1 else { throw Failure(text: "\(replies.count) answers to \(method)") }
    let reply = try Self.object(replies[0])
    guard reply["id"] as? Int == number else { throw Failure(text: "an answer to another request") }
    return reply
  }

  /// Sends a request and gives its result.
  func ask(_ method: String, _ parameters: Any) throws -> Any {
    let answer = try answer(method, parameters)
    guard let result = answer["result"] else { throw Failure(text: "\(answer)") }
    return result
  }

  /// Sends a notification, and lets the server do what it does when nobody asks.
  func tell(_ method: String, _ parameters: Any) throws {
    _ = server.handle(try message(["jsonrpc": "2.0", "method": method, "params": parameters]))
    while server.hasWork {
      for content in server.work() {
        let message = try Self.object(content)
        told[message["method"] as? String ?? "", default: []].append(
          message["params"] as? [String: Any] ?? [:])
      }
    }
  }

  struct Failure: Error {
    let text: String
  }

  private func message(_ object: [String: Any]) throws -> Message {
    try Message([UInt8](JSONSerialization.data(withJSONObject: object)))
  }

  private static func object(_ content: Data) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: content) as? [String: Any] ?? [:]
  }

  // MARK: Documents

  func open(_ text: String, uri: String = uri, language: String = "yolos") throws {
    let item: [String: Any] = [
      "uri": uri, "languageId": language, "version": 1, "text": text,
    ]
    try tell("textDocument/didOpen", ["textDocument": item])
  }

  func change(
    _ range: [[Int]]?, to text: String, uri: String = uri
  ) throws {
    version += 1
    var change: [String: Any] = ["text": text]
    if let range { change["range"] = Self.range(range) }
    try tell(
      "textDocument/didChange",
      [
        "textDocument": ["uri": uri, "version": version] as [String: Any],
        "contentChanges": [change],
      ])
  }

  static func range(_ places: [[Int]]) -> [String: Any] {
    ["start": position(places[0]), "end": position(places[1])]
  }

  static func position(_ place: [Int]) -> [String: Any] {
    ["line": place[0], "character": place[1]]
  }

  /// Parameters with a place.
  static func place(_ place: [Int], uri: String = uri, _ more: [String: Any] = [:]) -> [String: Any]
  {
    ["textDocument": ["uri": uri], "position": position(place)].merging(more) { $1 }
  }

  /// Opens a text with the sign `|` where the cursor is.
  ///
  /// - Returns: Where that is, in UTF-16 units.
  func openMarked(
    _ marked: String, uri: String = uri, language: String = "yolos"
  ) throws -> [Int] {
    let parts = marked.components(separatedBy: "|")
    guard parts.count == 2 else { throw Failure(text: "one cursor, not \(parts.count - 1)") }
    try open(parts.joined(), uri: uri, language: language)
    let lines = parts[0].components(separatedBy: "\n")
    return [lines.count - 1, lines[lines.count - 1].utf16.count]
  }

  /// The latest findings of a document: severity, place and message.
  func findings(uri: String = uri) -> [String] {
    let latest = (told["textDocument/publishDiagnostics"] ?? []).last {
      $0["uri"] as? String == uri
    }
    return (latest?["diagnostics"] as? [[String: Any]] ?? []).map { finding in
      let range = Self.places(finding["range"])
      return "\(range): \(finding["message"] as? String ?? "")"
    }
  }

  /// A range as `line:column-line:column`.
  static func places(_ range: Any?) -> String {
    let range = range as? [String: [String: Int]] ?? [:]
    func place(_ name: String) -> String {
      "\(range[name]?["line"] ?? -1):\(range[name]?["character"] ?? -1)"
    }
    return "\(place("start"))-\(place("end"))"
  }

  /// The words that completion offers.
  func words(at place: [Int], uri: String = uri) throws -> [String] {
    let list = try ask("textDocument/completion", Self.place(place, uri: uri)) as? [String: Any]
    return (list?["items"] as? [[String: Any]] ?? []).compactMap { $0["label"] as? String }
  }

  /// What hovering shows.
  func hover(at place: [Int], uri: String = uri) throws -> String {
    let hover = try ask("textDocument/hover", Self.place(place, uri: uri)) as? [String: Any]
    return (hover?["contents"] as? [String: Any])?["value"] as? String ?? ""
  }
}

/// The scripts and reports that the project shows to its users.
enum Notebooks {
  static let all: [URL] = {
    let folder = Shared.root.appendingPathComponent("notebooks")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yolos") || $0.hasSuffix(".md")) }
      .sorted()
      .map { folder.appendingPathComponent($0) }
  }()
}
