internal import Files
package import Foundation
internal import JSON

/// Turns messages into the frames that sockets carry, and frames into messages; signs and checks.
///
/// Total: any frames are a message or an error.
package struct FrameCodec: Sendable {
  /// A message that came in.
  package enum Reading: Sendable {
    /// A message.
    case message(KernelMessage)
    /// A message whose content is longer than ``contentLimit``; its content is left out.
    case tooLong(KernelMessage, count: Int)
  }

  /// Bytes of content that are read.
  package static let contentLimit = 32 << 20
  /// How many signatures are remembered, so that nobody can send a message again that he has overheard.
  static let memory = 1 << 16

  private static let delimiter = Data("<IDS|MSG>".utf8)
  private let key: Data
  private var signatures: Set<Data> = []
  private var order: [Data] = []

  /// A codec of one session.
  ///
  /// - Parameter key: The secret; empty where messages are not signed.
  package init(key: Data) { self.key = key }

  // MARK: Reading

  /// Reads frames.
  ///
  /// - Throws: ``FrameError`` where they are no message, or none of this session.
  package mutating func read(_ frames: [Data]) throws(FrameError) -> Reading {
    guard let mark = frames.firstIndex(of: Self.delimiter) else { throw .noDelimiter }
    let rest = Array(frames[(mark + 1)...])
    guard rest.count >= 5 else { throw .tooFewFrames(rest.count) }
    try check(rest[0], of: Array(rest[1..<5]))
    let isTooLong = rest[4].count > Self.contentLimit
    let message = KernelMessage(
      identities: Array(frames[..<mark]), header: try Self.object(rest[1], "header"),
      parent: try Self.object(rest[2], "parent header"),
      metadata: try Self.object(rest[3], "metadata"),
      content: isTooLong ? .emptyObject : try Self.object(rest[4], "content"),
      buffers: Array(rest[5...]))
    return isTooLong ? .tooLong(message, count: rest[4].count) : .message(message)
  }

  private mutating func check(_ signature: Data, of parts: [Data]) throws(FrameError) {
    guard !key.isEmpty else { return }
    guard Digest(authenticating: parts, key: key).isWritten(as: signature) else {
      throw .wrongSignature
    }
    guard signatures.insert(signature).inserted else { throw .repeated }
    order.append(signature)
    guard order.count > Self.memory else { return }
    for old in order.prefix(Self.memory / 2) { signatures.remove(old) }
    order.removeFirst(Self.memory / 2)
  }

  private static func object(_ frame: Data, _ part: String) throws(FrameError) -> JSONValue {
    // Everything but the content is small.
    guard frame.count <= contentLimit else { throw .unreadable(part: part, nil) }
    do throws(JSONError) {
      let value = try JSONReader.value([UInt8](frame))
      guard value.asObject != nil else {
        throw JSONError(offset: 0, problem: "it is another value")
      }
      return value
    } catch { throw .unreadable(part: part, error) }
  }

  // MARK: Writing

  /// The frames of a message, signed.
  package func frames(_ message: KernelMessage) -> [Data] {
    let parts = [message.header, message.parent, message.metadata, message.content].map {
      Data(JSONWriter.compact($0))
    }
    let signature =
      key.isEmpty ? Data() : Data(Digest(authenticating: parts, key: key).description.utf8)
    return message.identities + [Self.delimiter, signature] + parts + message.buffers
  }
}
