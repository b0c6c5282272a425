package import Foundation

/// The name of a request, by which its answer is known: a number or a text.
package enum RequestID: Codable, Hashable, Sendable {
  case number(Int)
  case text(String)

  /// Reads either.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes what it is.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

/// A message as it came: a request where it has a method and an id, a notification without an id, an answer
/// without a method (JSON-RPC 2.0).
package struct Message: Sendable {
  /// The id of a request or an answer.
  package let id: RequestID?
  /// What is asked for or told.
  package let method: String?
  /// The whole content.
  package let content: Data

  private struct Head: Decodable {
    let id: RequestID?
    let method: String?
  }

  private struct Body<Parameters: Decodable>: Decodable { let params: Parameters }

  /// Reads a message's head.
  ///
  /// - Throws: ``ResponseError`` where the content is no JSON object.
  package init(_ content: [UInt8]) throws(ResponseError) {
    self.content = Data(content)
    let head: Head
    do { head = try JSONDecoder().decode(Head.self, from: self.content) } catch {
      throw ResponseError(.parseError, "this is not a message: \(Self.reason(error))")
    }
    (id, method) = (head.id, head.method)
  }

  /// The parameters.
  ///
  /// - Throws: ``ResponseError`` where they are missing or of another form.
  package func parameters<Parameters: Decodable>(
    _ type: Parameters.Type = Parameters.self
  ) throws(ResponseError) -> Parameters {
    do { return try JSONDecoder().decode(Body<Parameters>.self, from: content).params } catch {
      throw ResponseError(
        .invalidParameters, "the parameters of '\(method ?? "")': \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let (context, what) =
      switch error {
      case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
      case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, "wrong type")
      case .dataCorrupted(let context): (context, "no JSON")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "unreadable")
      }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? what : "\(path): \(what)"
  }
}

/// Why a request got no result.
package struct ResponseError: Error, Codable, Equatable, Sendable {
  /// The kinds of failure that the protocol numbers.
  package enum Code: Int, Codable, Sendable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParameters = -32602
    case internalError = -32603
    case serverNotInitialized = -32002
    /// The client took its request back.
    case requestCanceled = -32800
    /// The request makes sense, but not here: a name that cannot be given.
    case requestFailed = -32803
  }

  /// The kind of failure.
  package let code: Code
  /// One sentence.
  package let message: String

  /// States a failure.
  package init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}

/// Writes messages.
package enum MessageWriter {
  private struct Reply<Value: Encodable>: Encodable {
    var jsonrpc = "2.0"
    let id: RequestID
    let result: Value
  }

  private struct Failure: Encodable {
    let id: RequestID?
    let error: ResponseError

    enum CodingKeys: String, CodingKey { case jsonrpc, id, error }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode("2.0", forKey: .jsonrpc)
      // An answer to nobody knows whom has the id null.
      try container.encode(id, forKey: .id)
      try container.encode(error, forKey: .error)
    }
  }

  private struct Notification<Parameters: Encodable>: Encodable {
    var jsonrpc = "2.0"
    let method: String
    let params: Parameters
  }

  /// The answer to a request.
  package static func reply(to id: RequestID, _ result: some Encodable) -> Data {
    encoded(Reply(id: id, result: result))
  }

  /// The answer to a request that failed, or to something that was no request.
  package static func failure(of id: RequestID?, _ error: ResponseError) -> Data {
    encoded(Failure(id: id, error: error))
  }

  /// Something that the other side is told.
  package static func notification(_ method: String, _ parameters: some Encodable) -> Data {
    encoded(Notification(method: method, params: parameters))
  }

  /// A message with its header.
  package static func framed(_ content: Data) -> Data {
    Data("Content-Length: \(content.count)\r\n\r\n".utf8) + content
  }

  private static func encoded(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    // Texts, whole numbers, lists and objects of these cannot fail to encode.
    return (try? encoder.encode(value)) ?? Data()
  }
}
