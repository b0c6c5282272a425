internal import Text

/// Which argument of a call belongs to which parameter; the same for the checker and for running.
struct ArgumentBinding {
  struct Entry {
    let parameter: Signature.Parameter
    /// One expression; several for a parameter that takes all the rest.
    var values: [Expression]
    /// The key and the value, as far as they are written.
    var span: Span
    /// Where messages about the key point.
    var keySpan: Span
  }

  private(set) var entries: [Entry] = []
  private(set) var diagnostics: [Diagnostic] = []
  private let call: Call
  private let signature: Signature

  init(_ call: Call, to signature: Signature) {
    (self.call, self.signature) = (call, signature)
    var position = 0
    for argument in call.arguments {
      if argument.name == nil {
        addPositional(argument, &position)
      } else {
        addNamed(argument)
      }
    }
    for parameter in signature.required {
      guard !entries.contains(where: { $0.parameter.name == parameter.name }) else { continue }
      let isOption = signature.options.contains { $0.name == parameter.name }
      let what = isOption ? "the option '\(parameter.name)'" : "'\(parameter.name)'"
      report(
        "'\(call.name)' needs \(what): \(parameter.type)", at: call.nameSpan, hint: usage)
    }
  }

  /// How the call is written: "freeze model layers=…".
  private var usage: String {
    let positional = signature.positional.map { parameter in
      parameter.isRequired ? parameter.name.uppercased() : "[\(parameter.name.uppercased())]"
    }
    let options = signature.options.filter(\.isRequired).map { "\($0.name)=…" }
    return "usage: " + ([call.name] + positional + options).joined(separator: " ")
  }

  private mutating func report(_ message: String, at span: Span, hint: String?) {
    diagnostics.append(Diagnostic(message, at: span, kind: .lint, hint: hint))
  }

  private mutating func addPositional(_ argument: Call.Argument, _ position: inout Int) {
    guard position < signature.positional.count else {
      let count = signature.positional.count
      let takes =
        count == 0 ? "no positional arguments" : count == 1 ? "one argument" : "\(count) arguments"
      return report(
        "'\(call.name)' accepts \(takes), found one more", at: argument.value.span,
        hint: hintForStray(argument))
    }
    let parameter = signature.positional[position]
    if parameter.isVariadic {
      guard let index = entries.firstIndex(where: { $0.parameter.name == parameter.name }) else {
        return add(parameter, argument)
      }
      entries[index].values.append(argument.value)
      entries[index].span = entries[index].span.joined(with: argument.value.span)
    } else {
      position += 1
      add(parameter, argument)
    }
  }

  private func hintForStray(_ argument: Call.Argument) -> String? {
    if case .name(let name) = argument.value.kind, signature.parameter(name) != nil {
      return "write options as '\(name)=…'"
    }
    return signature.options.isEmpty ? usage : "write options as 'name=value'"
  }

  private mutating func addNamed(_ argument: Call.Argument) {
    let name = argument.name ?? ""
    guard let parameter = signature.parameter(name) else {
      let names = signature.parameters.flatMap { [$0.name] + $0.aliases }
      let hint =
        Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "it has none"
          : names.count <= 8
            ? "it has \(ValueType.enumeration(signature.parameters.map(\.name)))" : nil)
      return report(
        "'\(call.name)' has no option '\(name)'", at: argument.nameSpan, hint: hint)
    }
    add(parameter, argument)
  }

  private mutating func add(_ parameter: Signature.Parameter, _ argument: Call.Argument) {
    let key = argument.name == nil ? argument.value.span : argument.nameSpan
    if entries.contains(where: { $0.parameter.name == parameter.name }) {
      return report("'\(parameter.name)' is given twice", at: key, hint: nil)
    }
    entries.append(
      Entry(
        parameter: parameter, values: [argument.value],
        span: argument.nameSpan.joined(with: argument.value.span), keySpan: key))
  }
}

extension Signature.Parameter {
  /// What is wrong with a value for this parameter, or nil.
  func problem(with value: Value, of command: String) -> Diagnostic? {
    let title = "'\(name)' of '\(command)'"
    guard value.isOf(type) else {
      let found =
        value.asNumber == nil && value.asString == nil && value.asBool == nil
        ? value.type.description : value.quotedText
      let isSpelled = value.asString != nil && Double(value.asString ?? "") != nil && isNumeric
      let isLarge = (value.asNumber.map(abs) ?? 0) > 0x1p53 && isNumeric
      let hint =
        isSpelled
        ? "remove the quotes" : isLarge ? "whole numbers go up to 9007199254740992" : nil
      guard choices.isEmpty || type != .string else {
        return Diagnostic("\(title) is \(quotedChoices), found \(found)", hint: hint)
      }
      return Diagnostic("\(title) must be \(type), found \(found)", hint: hint)
    }
    if let range {
      for number in [value.asNumber].compactMap({ $0 })
        + (value.asList ?? []).compactMap(\.asNumber)
      where !range.contains(number) {
        return Diagnostic("\(title) is \(range), found \(NumberFormat.shortest(number))")
      }
    }
    if !choices.isEmpty, let text = value.asString, !choices.contains(text) {
      let isSpelled = Double(text) != nil && isNumeric
      let hint =
        isSpelled
        ? "remove the quotes"
        : Suggestion.nearest(to: text, among: choices).map { "did you mean \"\($0)\"?" }
      let found = StringLiteral.quoted(text)
      return Diagnostic("\(title) is \(quotedChoices), found \(found)", hint: hint)
    }
    return nil
  }

  /// As in "a number or "best"": what fits besides texts, and the texts that do.
  private var quotedChoices: String {
    let others = type.alternatives.filter { $0 != .string }.map(\.description)
    return ValueType.enumeration(others + choices.map { "\"\($0)\"" })
  }

  private var isNumeric: Bool {
    type.alternatives.contains(.number) || type.alternatives.contains(.integer)
  }
}
