internal import ArgumentParser
internal import Foundation

/// What `yolos` does without a subcommand: the prompt, `-c`, or steps from standard input.
///
/// A command of its own, because options of the root would take those of the subcommands away.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Opens the prompt; the default.")

  @OptionGroup var work: WorkOptions
  @Option(name: .customShort("c"), help: ArgumentHelp("Run these steps.", valueName: "steps"))
  var steps: String?
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The report file of -c.", valueName: "report.md"), completion: .file())
  var output: String?

  func run() throws {
    if let steps {
      try Errand(work: work, output: output).run(path: "command", content: Data(steps.utf8))
    } else if Terminal.isInput {
      try Prompt.open(work, interrupts: Interrupts.current)
    } else {
      try Errand(work: work, output: output).run(path: "-", content: Errand.standardInput())
    }
  }
}
