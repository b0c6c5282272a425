internal import ArgumentParser
internal import Commands
internal import Language
internal import Text

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
  @Argument(help: "A part of that subcommand, such as prune of cache.")
  var part: String?

  func run() throws {
    guard let topic else {
      Terminal.output.write(Yolos.helpMessage() + "\n\n" + HelpText.overview() + "\n")
      return
    }
    if let subcommand = Yolos.configuration.subcommands.first(where: {
      $0._commandName == topic
    }) {
      let part = try self.part.map { try Self.part($0, of: subcommand) }
      Terminal.output.write(Yolos.helpMessage(for: part ?? subcommand) + "\n")
    } else if let part {
      throw ValidationError("'\(topic)' has no part '\(part)'")
    } else if let command = CommandTable.yolos[topic] {
      Terminal.output.write(HelpText.text(of: command) + "\n")
    } else if let type = CommandTable.yolos.type(topic) {
      Terminal.output.write(HelpText.text(of: type) + "\n")
    } else {
      let names =
        CommandTable.yolos.commands.map(\.name) + CommandTable.yolos.types.map(\.name)
        + Yolos.configuration.subcommands.map { $0._commandName }
      let hint = Suggestion.hint(for: topic, among: names).map { "; \($0)" } ?? ""
      throw ValidationError("unknown command or type '\(topic)'\(hint)")
    }
  }

  private static func part(
    _ name: String, of subcommand: any ParsableCommand.Type
  ) throws -> any ParsableCommand.Type {
    let parts = subcommand.configuration.subcommands
    guard let part = parts.first(where: { $0._commandName == name }) else {
      throw ValidationError("'yolos \(subcommand._commandName)' has no part '\(name)'")
    }
    return part
  }
}
