internal import ArgumentParser
internal import Commands

/// Compares a report with a fresh run: `yolos check report.md`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Runs a report afresh and says, step by step, what came out the same.",
    discussion: "Exit code 4 if something differs. Times, memory and paths are not compared.")

  @Argument(help: "The report (.md).", completion: .file(extensions: ["md"]))
  var report: String
  @Flag(help: "Print the comparison as JSON.")
  var json = false
  @OptionGroup var work: WorkOptions

  func run() throws {
    let console = ProgressPresenter()
    let headless = Headless(
      Errand(work: work).options, console: console,
      complain: Errand.complaints(annotations: work.annotations))
    let result = headless.check(
      path: report, content: try Errand.content(of: report), cancellation: Interrupts.current)
    console.finish()
    let text = json ? result.json : result.text
    if !text.isEmpty { Terminal.output.write(text + "\n") }
    try Ending.with(result.code)
  }
}

/// Checks a script: `yolos lint toys.yolos`.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Checks a script or a report without running it.")

  @Argument(
    help: "The script (.yolos), a report (.md), or - for standard input.",
    completion: .file(extensions: ["yolos", "md"]))
  var file: String
  @Flag(help: "Report errors to GitHub as annotations, too.")
  var annotations = false

  func run() throws {
    let headless = Headless(
      Headless.Options(), console: ProgressPresenter(),
      complain: Errand.complaints(annotations: annotations))
    try Ending.with(headless.lint(path: file, content: try Errand.content(of: file)))
  }
}
