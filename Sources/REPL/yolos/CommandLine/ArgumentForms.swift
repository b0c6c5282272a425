/// Short forms of the command line, written out.
enum ArgumentForms {
  /// `yolos toys.yolos …` means `yolos run toys.yolos …`, as a `#!` line needs it.
  static func standard(_ arguments: [String]) -> [String] {
    guard let first = arguments.first, isScript(first) else { return arguments }
    return ["run"] + arguments
  }

  private static func isScript(_ argument: String) -> Bool {
    guard !argument.hasPrefix("-") else { return argument == "-" }
    return argument.contains("/") || argument.hasSuffix(".yolos") || argument.hasSuffix(".md")
  }
}
