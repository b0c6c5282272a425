internal import ArgumentParser
internal import Commands
internal import Foundation
internal import JSONRPC
internal import LanguageServer

/// Serves an editor: `yolos lsp`.
struct LanguageServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp", abstract: "Starts a language server (LSP) for editors.",
    discussion: """
      Editors start it and talk to it over standard input and output; docs/editors.md has settings for \
      several of them.
      """)

  // What editors say that know several ways; here it is the only one.
  @Flag(help: ArgumentHelp("Serve on standard input and output.", visibility: .hidden))
  var stdio = false

  func run() throws {
    // A client that is gone is an error of writing, not the end of the program.
    _ = signal(SIGPIPE, SIG_IGN)
    let server = StreamServer(
      Server(version: Release.version), reader: MessageReader(read: Self.read)
    ) { Self.write($0) }
    let code = server.run()
    if code != 0 { throw Ending(code: .stepFailed) }
  }

  /// What has come, up to so many bytes; nothing at the end.
  private static func read(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while true {
        // SAFETY: the buffer holds `count` bytes and lives for the call.
        let result = unsafe Foundation.read(STDIN_FILENO, buffer.baseAddress, count)
        if result < 0, errno == EINTR { continue }
        filled = max(0, result)
        return
      }
    }
  }

  private static func write(_ content: Data) -> Bool {
    do {
      try FileHandle.standardOutput.write(contentsOf: content)
      return true
    } catch { return false }
  }
}
