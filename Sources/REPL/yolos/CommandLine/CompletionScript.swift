/// The completion scripts that the argument parser writes for shells, with one `help` instead of two.
///
/// The parser adds a help command of its own behind ours. Shells take the last function of a name, and
/// that one knows none of our topics.
enum CompletionScript {
  /// Whether a command line asks for such a script.
  static func isAsked(by arguments: [String]) -> Bool {
    arguments.contains { $0.hasPrefix("--generate-completion-script") }
  }

  /// Leaves the parser's own help command out of a script.
  ///
  /// - Parameters:
  ///   - script: As the parser wrote it, for bash, zsh or fish.
  ///   - subcommands: The names of our subcommands in their order.
  /// - Returns: The script with our help command alone.
  static func withoutSecondHelp(_ script: String, subcommands: [String]) -> String {
    let names = subcommands.joined(separator: " ")
    var functions = 0, isLeftOut = false
    var kept: [Substring] = []
    for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "_yolos_help() {" {
        functions += 1
        isLeftOut = functions > 1
      }
      if !isLeftOut, !line.contains("Show subcommand help information.") { kept.append(line) }
      if line == "}" { isLeftOut = false }
    }
    return kept.joined(separator: "\n")
      .replacing("\(names) help", with: names)
      .replacing(
        "\(subcommands.joined(separator: "|"))|help", with: names.replacing(" ", with: "|"))
  }
}
