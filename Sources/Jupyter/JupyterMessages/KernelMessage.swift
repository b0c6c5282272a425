package import Foundation
package import JSON

/// One message of the Jupyter protocol.
package struct KernelMessage: Sendable {
  /// Who asked, as the socket's router names clients; for what is published, its topic.
  package var identities: [Data]
  /// Its name, session and kind.
  package var header: JSONValue
  /// The header of the request that it answers or comes from.
  package var parent: JSONValue
  /// What is said about it.
  package var metadata: JSONValue
  /// What it says.
  package var content: JSONValue
  /// Bytes beside the text.
  package var buffers: [Data]

  /// A message of its parts.
  package init(
    identities: [Data] = [], header: JSONValue, parent: JSONValue = .emptyObject,
    metadata: JSONValue = .emptyObject, content: JSONValue, buffers: [Data] = []
  ) {
    (self.identities, self.header, self.parent) = (identities, header, parent)
    (self.metadata, self.content, self.buffers) = (metadata, content, buffers)
  }

  /// The kind: `execute_request`.
  package var kind: String { header["msg_type"]?.asString ?? "" }

  /// The header of a message.
  ///
  /// - Parameters:
  ///   - kind: The message's kind.
  ///   - session: The name of the kernel's session.
  ///   - name: A name that no other message has.
  ///   - date: When it was made.
  /// - Returns: An object.
  package static func header(
    _ kind: String, session: String, name: String, date: Date = Date()
  ) -> JSONValue {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    return [
      "msg_id": .string(name), "session": .string(session), "username": "kernel",
      "date": .string(date.formatted(style)), "msg_type": .string(kind),
      "version": .string(KernelProtocol.version),
    ]
  }
}

/// The protocol that is spoken.
package enum KernelProtocol {
  /// Its version: 5.5, which greets who subscribes (JEP 65) and lists optional features.
  package static let version = "5.5"
}

/// What is wrong with frames that are no message.
package enum FrameError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No frame parts the names of clients from the message.
  case noDelimiter
  /// Fewer than the signature and four parts.
  case tooFewFrames(Int)
  /// It was not signed with the session's key.
  case wrongSignature
  /// A message with this signature came before.
  case repeated
  /// A part is no JSON object.
  case unreadable(part: String, JSONError?)

  /// One line.
  package var description: String {
    switch self {
    case .noDelimiter: "no frame is '<IDS|MSG>'"
    case .tooFewFrames(let count):
      "a message has at least 5 frames after '<IDS|MSG>', not \(count)"
    case .wrongSignature: "the signature is not that of the session's key"
    case .repeated: "a message with the same signature came before"
    case .unreadable(let part, let error):
      "the \(part) is no JSON object" + (error.map { ": \($0)" } ?? "")
    }
  }
}
