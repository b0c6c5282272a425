internal import Foundation
package import Language

/// What is said of commands, options, types and values: the words of `help`.
package enum Explanations {
  /// A command: how it is written, what it does, an example.
  package static func of(_ command: Command) -> Explanation {
    var words = [command.summary]
    if command.result != .none { words.append("Returns \(command.result).") }
    let options = command.signature.options.map { "`\($0.name)`" }
    if !options.isEmpty { words.append("Options: " + options.joined(separator: ", ")) }
    let example = command.examples.first {
      if case .fails = $0.expectation { false } else { true }
    }
    return Explanation(
      code: HelpText.usage(of: command), paragraphs: words, example: example?.code)
  }

  /// An argument or option: its meaning, type, range, unit and default.
  package static func of(_ parameter: Signature.Parameter, of command: Command) -> Explanation {
    let isOption = command.signature.options.contains { $0.name == parameter.name }
    let key = isOption ? "\(parameter.name)=…" : parameter.name
    var facts = ["Accepts \(parameter.type)"]
    if let unit = parameter.unit { facts.append("in \(unit)") }
    var words = [parameter.summary, facts.joined(separator: " ") + "."]
    if let range = parameter.range { words.append("Range: \(range).") }
    if !parameter.choices.isEmpty {
      words.append(
        (parameter.type == .string ? "One of " : "Or ")
          + parameter.choices.map { "`\"\($0)\"`" }.joined(separator: ", ") + ".")
    }
    if let value = parameter.defaultValue, value != .none {
      words.append("Default: `\(value.value.quotedText)`.")
    }
    if !parameter.aliases.isEmpty {
      words.append("Also: " + parameter.aliases.map { "`\($0)`" }.joined(separator: ", ") + ".")
    }
    if parameter.isRequired { words.append("Must be given.") }
    return Explanation(code: "\(command.name) \(key)", paragraphs: words)
  }

  /// A function of the language.
  package static func of(_ function: Builtin) -> Explanation {
    Explanation(
      code: usage(of: function).label,
      paragraphs: [function.summary, "Returns \(function.result)."])
  }

  /// How a function is called, and where its parameters stand in that, in UTF-16 units.
  package static func usage(of function: Builtin) -> (label: String, places: [[Int]]) {
    var label = function.name + "("
    var places: [[Int]] = []
    for (index, type) in function.parameters.enumerated() {
      if index > 0 { label += ", " }
      let isOptional = type.alternatives.contains(.none)
      let shown = ValueType.union(of: type.alternatives.filter { $0 != .none || !isOptional })
      let word = isOptional ? "[\(shown)]" : "\(shown)"
      places.append([label.utf16.count, label.utf16.count + word.utf16.count])
      label += word
    }
    return (label + ")", places)
  }

  /// A def of the script, with the comment above it.
  package static func of(_ definition: ProgramDefinition) -> Explanation {
    let source = definition.source
    var lines: [String] = []
    var line = source.line(at: definition.span.lower) - 1
    while line > 0 {
      let text = source[source.span(ofLine: line)]
      guard text.hasPrefix("##") else { break }
      lines.insert(String(text.drop { $0 == "#" || $0 == " " }), at: 0)
      line -= 1
    }
    return Explanation(
      code: "def \(definition.usage)",
      paragraphs: lines.isEmpty ? [] : [lines.joined(separator: "\n")])
  }

  /// A member of a type.
  package static func of(_ member: ObjectType.Member, of type: ObjectType) -> Explanation {
    var words = ["\(member.summary)", "Returns \(member.type)."]
    if member.isVolatile { words.append("It differs from run to run.") }
    return Explanation(code: "\(type.name).\(member.name)", paragraphs: words)
  }
}
