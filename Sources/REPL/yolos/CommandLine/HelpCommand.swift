internal import ArgumentParser
internal import Commands
internal import Language

/// Explains: `yolos help train` or `yolos help run`.
struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explains a command of the language, a type of value, or a subcommand.")

  @Argument(
    help: "A command such as train, a type such as Run, or a subcommand such as run.",
    completion: .list(
      CommandTable.yolos.commands.map(\.name) + CommandTable.yolos.types.map(\.name)))
  var topic: String?

  func run() throws {
    guard let topic else {
      Terminal.output.write(Yolos.helpMessage() + "\n\n" + HelpText.overview() + "\n")
      return
    }
    if let subcommand = Yolos.configuration.subcommands.first(where: {
      $0._commandName == topic
    }) {
      Terminal.output.write(Yolos.helpMessage(for: subcommand) + "\n")
    } else if let command = CommandTable.yolos[topic] {
      Terminal.output.write(HelpText.text(of: command) + "\n")
    } else if let type = CommandTable.yolos.type(topic) {
      Terminal.output.write(HelpText.text(of: type) + "\n")
    } else {
      let names =
        CommandTable.yolos.commands.map(\.name) + CommandTable.yolos.types.map(\.name)
        + Yolos.configuration.subcommands.map { $0._commandName }
      let hint = Suggestion.hint(for: topic, among: names).map { "; \($0)" } ?? ""
      throw ValidationError("there is no command or type '\(topic)'\(hint)")
    }
  }
}
