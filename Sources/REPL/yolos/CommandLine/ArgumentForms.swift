internal import Commands
internal import Language
internal import Text

/// Short forms of the command line, written out.
enum ArgumentForms {
  /// `yolos toys.yolos …` means `yolos run toys.yolos …`, as a `#!` line needs it.
  ///
  /// `--live=PORT` becomes `--live --live-port=PORT`.
  static func standard(_ arguments: [String]) -> [String] {
    let mark = "--live="
    let written = arguments.flatMap { argument in
      argument.hasPrefix(mark)
        ? ["--live", "--live-port=\(argument.dropFirst(mark.count))"] : [argument]
    }
    guard let first = written.first, isScript(first) else { return written }
    return ["run"] + written
  }

  /// What is wrong with a first word that is neither a subcommand nor a file, or nil.
  static func unknownWord(in arguments: [String], subcommands: [String]) -> String? {
    guard let word = arguments.first, !word.hasPrefix("-"), !word.isEmpty,
      !subcommands.contains(word)
    else { return nil }
    if CommandTable.yolos[word] != nil {
      return """
        '\(word)' is a command of the language, not a subcommand: use it in a script, at the prompt, \
        or with -c: yolos -c '\(word) …'
        """
    }
    let hint = Suggestion.hint(for: word, among: subcommands)
    return "unknown subcommand '\(word)'" + (hint.map { "; \($0)" } ?? "")
  }

  private static func isScript(_ argument: String) -> Bool {
    guard !argument.hasPrefix("-") else { return argument == "-" }
    return argument.contains("/") || argument.hasSuffix(".yolos") || argument.hasSuffix(".md")
      || argument.hasSuffix(".ipynb")
  }
}
