internal import ArgumentParser
internal import Commands
internal import Files
internal import Foundation
internal import Language

/// Writes scripts in one style: `yolos fmt toys.yolos`.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Formats scripts and the steps of reports.",
    discussion: """
      Prose, comments, strings and the meaning of a script do not change. A file with errors is \
      not changed. --check writes nothing; exit code 4 if a file would change.
      """)

  @Argument(
    help: "Scripts (.yolos) and reports (.md), or - for standard input.",
    completion: .file(extensions: ["yolos", "md"]))
  var files: [String]
  @Flag(help: "List the files that would change, without writing.")
  var check = false
  @Flag(help: "Also report errors to GitHub as annotations.")
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
