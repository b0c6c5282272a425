internal import ArgumentParser
internal import Commands
internal import Files
internal import Foundation
internal import Language

/// Writes scripts in one style: `yolos fmt toys.yolos`.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Writes scripts, and the steps of reports, in one style.",
    discussion: """
      Prose, comments and strings stay as they are, and so does what a script means. A file with errors is \
      left alone. With --check nothing is written; exit code 4 if a file would change.
      """)

  @Argument(
    help: "Scripts (.yolos) and reports (.md), or - for standard input.",
    completion: .file(extensions: ["yolos", "md"]))
  var files: [String]
  @Flag(help: "Say which files would change, and write none.")
  var check = false
  @Flag(help: "Report errors to GitHub as annotations, too.")
  var annotations = false

  func run() throws {
    let complain = Errand.complaints(annotations: annotations)
    var code = Commands.ExitCode.success
    for file in files {
      let outcome = try format(file, complain)
      // A file that cannot be read is worse than one that is not formatted.
      if code != .usage, outcome != .success { code = outcome }
    }
    try Ending.with(code)
  }

  private func format(
    _ file: String, _ complain: (Diagnostic) -> Void
  ) throws -> Commands.ExitCode {
    let content = try Errand.content(of: file)
    let name = file == "-" ? "standard input" : file
    let source: SourceText
    do { source = try SourceText.decode(name: name, bytes: Array(content)) } catch {
      complain(error)
      return .usage
    }
    let result = ScriptFormatter.format(source, notation: Notation(path: file))
    result.diagnostics.forEach(complain)
    guard result.diagnostics.isEmpty else { return .usage }
    let formatted = Data(result.text.utf8)
    if check {
      guard formatted != content else { return .success }
      Terminal.output.write("\(name) is not formatted\n")
      return .difference
    }
    if file == "-" {
      Terminal.output.write(result.text)
    } else if formatted != content {
      try replace(file, by: formatted)
    }
    return .success
  }

  /// Replaces a file in one step; a link stays a link, and the file keeps its mode.
  private func replace(_ file: String, by content: Data) throws {
    let files = FileManager.default
    let path = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    let mode = (try? files.attributesOfItem(atPath: path))?[.posixPermissions]
    do {
      try AtomicFile.write(content, to: path)
      if let mode { try files.setAttributes([.posixPermissions: mode], ofItemAtPath: path) }
    } catch {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
  }
}
