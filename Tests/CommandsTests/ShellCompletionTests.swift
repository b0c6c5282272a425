import Foundation
import Testing

/// The completion scripts, in the shells they are for.
@Suite("Completion in shells")
struct ShellCompletionTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write("", to: "mine.yolos")
    try folder.write("", to: "other.txt")
    for shell in ["zsh", "fish"] {
      let script = try Binary.run(["--generate-completion-script", shell], in: folder)
      try folder.write(script.output, to: "yolos.\(shell)")
    }
  }

  private static func shell(_ name: String) -> String? {
    ["/usr/bin/\(name)", "/bin/\(name)", "/usr/local/bin/\(name)"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Where the shells find the program: completion asks it for some words.
  private static var searchPath: String {
    (Binary.path as NSString).deletingLastPathComponent + ":/usr/bin:/bin"
  }

  @Test(.enabled(if: shell("fish") != nil, "needs fish: apt install fish"))
  func `fish completes subcommands, options, files and topics of help`() throws {
    for (line, found) in [
      ("yolos ru", "run"), ("yolos doc", "doctor"), ("yolos run --back", "--backend"),
      ("yolos run m", "mine.yolos"), ("yolos run --backend o", "openblas"),
      ("yolos help fre", "freeze"), ("yolos cache pr", "prune"), ("yolos new --da", "--data"),
    ] {
      let process = Process(), output = Pipe()
      process.executableURL = URL(fileURLWithPath: Self.shell("fish") ?? "")
      process.arguments = ["--no-config", "-c", "source yolos.fish; complete -C '\(line)'"]
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.environment = ["HOME": folder.path, "PATH": Self.searchPath, "LANG": "C.UTF-8"]
      process.standardOutput = output
      try process.run()
      let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      // A word, then a tab and what it means.
      let words = text.split(separator: "\n").map { $0.split(separator: "\t").first ?? "" }
      #expect(words == [found[...]], "\(line): \(text)")
    }
  }

  @Test(.enabled(if: shell("zsh") != nil, "needs zsh: apt install zsh"))
  func `zsh completes subcommands, options, files and topics of help`() throws {
    let terminal = try PseudoTerminal(
      Self.shell("zsh") ?? "", in: folder, arguments: ["-f", "-i"], columns: 120,
      environment: ["PATH": Self.searchPath, "TERM": "dumb"])
    // The words in two parts, so that they are not seen in the line that is typed.
    terminal.enter(
      "PROMPT='zs''h> '; autoload -Uz compinit; compinit -u -D; source ./yolos.zsh; echo loa''ded")
    try terminal.see("loaded")
    try terminal.see("zsh> ")
    for (line, found) in [
      ("yolos ru", "yolos run "), ("yolos doc", "yolos doctor "),
      ("yolos run --back", "yolos run --backend "), ("yolos run m", "yolos run mine.yolos "),
      ("yolos run --backend o", "yolos run --backend openblas "),
      ("yolos help fre", "yolos help freeze "), ("yolos cache pr", "yolos cache prune "),
      ("yolos new --da", "yolos new --data "),
    ] {
      terminal.type(line + PseudoTerminal.Key.tab)
      try terminal.see(found)
      // The end of the line is cut away, and the next one begins.
      terminal.type("\u{15}")
      terminal.enter("")
      try terminal.see("zsh> ")
    }
  }
}
