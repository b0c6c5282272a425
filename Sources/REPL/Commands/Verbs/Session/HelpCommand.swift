package import Language
internal import Report
internal import Text

extension Command {
  /// As in `help train`.
  static let help = Command(
    name: "help", summary: "Lists the commands, or explains one of them.",
    signature: Signature([
      .init(
        "topic", .string,
        "a command, a type of value, a function, a keyword or a name",
        takesWord: true)
    ]),
    examples: [
      Example("help"), Example("help train"), Example("help Run"),
      Example("help len", prints: "len(…): the number of elements or characters"),
      Example("help trian", fails: "unknown command or type 'trian'"),
    ]
  ) { call, context throws(Diagnostic) in
    guard let topic = call.string("topic") else {
      context.emit(.event(Rendering.listing(.init(HelpText.overview()))))
      return .none
    }
    if let command = CommandTable.yolos[topic] {
      context.emit(.event(Rendering.listing(.init(HelpText.text(of: command)))))
    } else if let type = CommandTable.yolos.type(topic) {
      context.emit(.event(Rendering.listing(.init(HelpText.text(of: type)))))
    } else if let function = Builtin.named(topic) {
      context.emit(.text("\(function.name)(…): \(function.summary)"))
    } else if let form = HelpText.forms.first(where: { $0.word == topic }) {
      context.emit(.text(form.text))
    } else if let value = host(context).notebook?.value(of: topic) {
      context.emit(.text("'\(topic)' is \(value.type): \(value.text.prefix(200))"))
    } else {
      let names =
        CommandTable.yolos.commands.map(\.name) + CommandTable.yolos.types.map(\.name)
        + Builtin.all.map(\.name) + HelpText.forms.map(\.word)
      throw call.diagnostic(
        "unknown command or type '\(topic)'", at: "topic",
        hint: Suggestion.hint(for: topic, among: names))
    }
    return .none
  }
}

/// Help as text, made from the commands themselves.
package enum HelpText {
  /// All commands, a line each.
  package static func overview() -> String {
    let table = CommandTable.yolos
    let width = table.commands.map(\.name.count).max() ?? 0
    let lines = table.commands.map { pad($0.name, width) + "  " + $0.summary }
    return
      (["Commands (help NAME explains one):", ""] + lines
      + [
        "", "Values: " + table.types.map(\.name).joined(separator: ", "),
        "Functions: " + Builtin.all.map(\.name).joined(separator: ", "),
        "Words: " + forms.map(\.word).joined(separator: ", "),
      ])
      .joined(separator: "\n")
  }

  /// How the statements of the language are written.
  static let forms: [(word: String, text: String)] = [
    ("param", "param epochs = 20  ## override it on the command line: -p epochs=5"),
    ("if", "if score > 0.5 { … } else if score > 0.2 { … } else { … }"),
    ("else", "if score > 0.5 { … } else { … }"),
    ("for", "for size in [\"n\", \"s\"] { … }"),
    ("def", "def reach(run, target=0.5) { return run.best.map50 > target }"),
    ("return", "return ends a def with a value"),
    ("assert", "assert first.best.map50 > 0.9, \"what it means if not\""),
    ("include", "include \"file.yolos\" inserts the lines of another file"),
  ]

  /// How the statement is written that a word of the language begins; nil for other words.
  package static func form(of word: String) -> String? {
    forms.first { $0.word == word }?.text
  }

  /// One command: what it does, what it takes, examples.
  package static func text(of command: Command) -> String {
    var lines = [usage(of: command), "", command.summary]
    if command.result != .none { lines.append("Returns \(command.result).") }
    let width = command.signature.parameters.map { $0.name.count }.max() ?? 0
    for (title, parameters) in [
      ("Arguments", command.signature.positional), ("Options", command.signature.options),
    ] where !parameters.isEmpty {
      lines += ["", title + ":"]
      lines += parameters.map { "  " + pad($0.name, width) + "  " + words(of: $0) }
    }
    let examples = command.examples.filter {
      if case .fails = $0.expectation { false } else { true }
    }
    if !examples.isEmpty {
      lines += ["", examples.count == 1 ? "Example:" : "Examples:"]
      lines += examples.flatMap { $0.code.split(separator: "\n").map { "  " + $0 } }
    }
    return lines.joined(separator: "\n")
  }

  /// One type: what it is and its members.
  package static func text(of type: ObjectType) -> String {
    let width = type.members.map(\.name.count).max() ?? 0
    return
      (["\(type.name): \(type.summary)", ""]
      + type.members.map {
        "  ." + pad($0.name, width) + "  " + $0.summary
          + ($0.isVolatile ? " (differs from run to run)" : "")
      }).joined(separator: "\n")
  }

  /// As in `train model data=… [epochs=…] …`.
  package static func usage(of command: Command) -> String {
    let positional = command.signature.positional.map { parameter in
      let name = parameter.isVariadic ? parameter.name + " …" : parameter.name
      return parameter.isRequired ? name : "[\(name)]"
    }
    let required = command.signature.options.filter(\.isRequired).map { "\($0.name)=…" }
    let more = command.signature.options.contains { !$0.isRequired } ? ["[option=value …]"] : []
    return ([command.name] + positional + required + more).joined(separator: " ")
  }

  private static func words(of parameter: Signature.Parameter) -> String {
    var notes: [String] = []
    if let value = parameter.defaultValue, value != .none {
      notes.append("default \(value.value.quotedText)")
    }
    if let range = parameter.range { notes.append(range.description) }
    if !parameter.choices.isEmpty {
      let isAll = parameter.type.alternatives.allSatisfy { $0 == .string }
      notes.append((isAll ? "one of " : "or ") + parameter.choices.joined(separator: ", "))
    }
    if let unit = parameter.unit { notes.append(unit) }
    if parameter.isRequired { notes.append("required") }
    return parameter.summary + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
