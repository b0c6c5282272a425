package import Language
internal import Training

/// The reference of all commands as a page of Markdown, made from the commands themselves.
///
/// It is kept as `docs/commands.md`; a test fails where the two differ.
package enum CommandReference {
  /// The whole page.
  package static func markdown(of table: CommandTable = .yolos) -> String {
    let sections =
      [heading(of: table)] + table.commands.map { section(of: $0, in: table) } + [settings, rules]
      + ["# Values\n\nWhat commands return. Access members with a dot: `run.best.map50`."]
      + table.types.map { section(of: $0) }
    return sections.joined(separator: "\n\n") + "\n"
  }

  private static func heading(of table: CommandTable) -> String {
    let rows = table.commands.map { ["[`\($0.name)`](#\($0.name))", $0.summary] }
    return """
      # Commands

      Generated from the commands themselves: everything `help` shows, on one page. For the syntax see
      [the language](language.md). The examples assume a dataset `plush`, a model `nano` and runs `first`
      and `second`.

      \(grid(["command", ""], rows))
      """
  }

  // MARK: Commands

  private static func section(of command: Command, in table: CommandTable) -> String {
    var parts = ["## \(command.name)", command.summary + result(of: command, in: table)]
    parts.append("```text\n\(HelpText.usage(of: command))\n```")
    for (title, parameters) in [
      ("argument", command.signature.positional), ("option", command.signature.options),
    ] where !parameters.isEmpty {
      parts.append(grid([title, "accepts", "default", ""], parameters.map(row)))
    }
    parts += command.examples.map(example)
    return parts.joined(separator: "\n\n")
  }

  private static func result(of command: Command, in table: CommandTable) -> String {
    guard case .object(let name) = command.result, table.type(name) != nil else { return "" }
    // Where a command bears the name too, its section is the first of that name.
    let anchor = name.lowercased() + (table[name.lowercased()] == nil ? "" : "-1")
    return " Returns \(article(name)) [\(name)](#\(anchor))."
  }

  private static func article(_ name: String) -> String {
    "AEIOU".contains(name.prefix(1)) ? "an" : "a"
  }

  private static func row(_ parameter: Signature.Parameter) -> [String] {
    var takes = parameter.type.description
    if !parameter.choices.isEmpty {
      takes = words(parameter.choices)
      let others = parameter.type.alternatives.filter { $0 != .string }
      if !others.isEmpty { takes += " or \(ValueType.union(of: others))" }
    }
    if let range = parameter.range { takes += ", \(range)" }
    if let unit = parameter.unit { takes += "; \(unit)" }
    let standard =
      parameter.isRequired
      ? "required" : parameter.defaultValue.map { "`\($0.value.quotedText)`" } ?? ""
    let others = parameter.aliases.map { "`\($0)`" }.joined(separator: ", ")
    let name = "`\(parameter.name)`" + (parameter.isVariadic ? " …" : "")
    return [name, takes, standard, parameter.summary + (others.isEmpty ? "" : "; also \(others)")]
  }

  private static func example(_ example: Example) -> String {
    switch example.expectation {
    case .runs: "```yolos\n\(example.code)\n```"
    case .prints(let output): "```yolos\n\(example.code)\n```\n\nprints `\(output)`."
    case .fails(let message): "```yolos\n\(example.code)\n```\n\nis an error: \(message)."
    }
  }

  // MARK: Settings

  private static var settings: String {
    let rows = Setting.all.map {
      ["`\($0.name)`", $0.choices.isEmpty ? $0.type.description : words($0.choices)]
        + ["`\($0.standard.value.quotedText)`", $0.decidesResults ? "yes" : "no", $0.summary]
    }
    return """
      # Settings

      Change them with [`set`](#set). Settings that affect results are part of the cache key and are listed
      in the report.

      \(grid(["setting", "accepts", "default", "affects results", ""], rows))
      """
  }

  private static func words(_ choices: [String]) -> String {
    choices.map { "`\"\($0)\"`" }.joined(separator: ", ")
  }

  private static var rules: String {
    let rows = TrainingOption.all.filter { $0.classicDefault != $0.defaultValue }.map {
      ["`\($0.name)`", "`\($0.defaultValue)`", "`\($0.classicDefault)`"]
    }
    return """
      ## compat

      Options of [`train`](#train) whose defaults differ between the two rule sets:

      \(grid(["option", "8.4", "8.0.120"], rows))
      """
  }

  // MARK: Types

  private static func section(of type: ObjectType) -> String {
    let rows = type.members.map {
      [
        "`.\($0.name)`", $0.type.description,
        $0.summary + ($0.isVolatile ? " (differs from run to run)" : ""),
      ]
    }
    let head = "## \(type.name)\n\n\(sentence(type.summary))"
    return rows.isEmpty ? head : head + "\n\n" + grid(["member", "is", ""], rows)
  }

  private static func sentence(_ text: String) -> String {
    let upper = text.prefix(1).uppercased() + text.dropFirst()
    return upper.hasSuffix(".") ? upper : upper + "."
  }

  // MARK: Markdown

  private static func grid(_ head: [String], _ rows: [[String]]) -> String {
    let lines = [head, head.map { _ in "---" }] + rows
    return lines.map { cells in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n")
  }
}
