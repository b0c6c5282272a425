import Foundation
import JSONRPC
import LanguageServer

/// A server at the end of a stream that is known beforehand.
enum ConversationRunner {
  static func run(_ stream: [UInt8]) -> (code: Int32, answers: [String]) {
    var rest = stream[...]
    let reader = MessageReader { count in
      let step = min(count, rest.count)
      defer { rest = rest.dropFirst(step) }
      return Array(rest.prefix(step))
    }
    var answers: [String] = []
    let code = StreamServer(Server(version: "1"), reader: reader) { content in
      let text = String(decoding: content, as: UTF8.self)
      answers.append(String(text[(text.range(of: "\r\n\r\n")?.upperBound ?? text.startIndex)...]))
      return true
    }.run()
    return (code, answers)
  }
}
