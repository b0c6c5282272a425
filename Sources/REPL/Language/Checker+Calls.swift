extension Checker {
  /// Checks a call against its signature and by the command's own rules.
  mutating func infer(_ call: Call) -> StaticValue {
    if let definition = functions[call.name] {
      _ = checkArguments(call, definition.signature)
      return StaticValue()
    }
    if let definition = allFunctions[call.name] {
      report(
        "'\(call.name)' is used before its def", at: call.nameSpan,
        labels: [.init("it is defined here", at: definition.name.span, in: definition.source)])
      return StaticValue()
    }
    guard let command = table[call.name] else {
      reportUnknownCommand(call)
      for argument in call.arguments where argument.value.bareWord == nil {
        _ = infer(argument.value)
      }
      return StaticValue()
    }
    guard let (arguments, spans) = checkArguments(call, command.signature) else {
      return StaticValue(type: command.result)
    }
    let known = StaticCall(
      command, arguments: arguments, spans: spans, span: call.span, source: source)
    for finding in command.check(known, host) { report(finding, at: call.span) }
    return StaticValue(type: command.result, origin: known)
  }

  private mutating func reportUnknownCommand(_ call: Call) {
    if variables[call.name] != nil || outerParameters[call.name] != nil {
      return report(
        "'\(call.name)' is a variable, not a command", at: call.nameSpan,
        hint: "an operator has blanks on both sides: 'a - b'")
    }
    if Builtin.named(call.name) != nil {
      return report(
        "'\(call.name)' is a function, not a command", at: call.nameSpan,
        hint: "write \(call.name)(…)")
    }
    let names = table.commands.map(\.name) + allFunctions.keys.sorted()
    report(
      "there is no command '\(call.name)'", at: call.nameSpan,
      hint: Suggestion.hint(for: call.name, among: names))
  }

  /// What is known of each argument; nil if something about them cannot work.
  private mutating func checkArguments(_ call: Call, _ signature: Signature)
    -> (values: [String: StaticValue], spans: [String: Span])?
  {
    let binding = ArgumentBinding(call, to: signature)
    let before = diagnostics.count
    for finding in binding.diagnostics { report(finding, at: call.nameSpan) }
    var values: [String: StaticValue] = [:]
    var spans: [String: Span] = [:]
    for entry in binding.entries {
      let name = entry.parameter.name
      spans[name] = entry.span
      if entry.parameter.takesWord, let word = entry.values[0].bareWord {
        values[name] = StaticValue(type: .string, constants: [.string(word)])
        continue
      }
      let all = entry.values.map { infer($0) }
      let isListed = if case .list = all[0].type { all.count == 1 } else { false }
      let isOpen =
        all.count == 1
        && ValueType.list(.any).mayAccept(
          all[0].type, serves: { _, _ in false })
      if entry.parameter.isVariadic, !(entry.parameter.spreadsList && (isListed || isOpen)) {
        values[name] = StaticValue(type: .list(.union(of: all.map(\.type))))
      } else {
        values[name] = all[0]
      }
      check(values[name] ?? StaticValue(), entry, of: call.name)
    }
    // Arguments that belong to no parameter have names that may be wrong, too.
    let isWhole = diagnostics[before...].allSatisfy { $0.severity != .error }
    return isWhole ? (values, spans) : nil
  }

  private mutating func check(
    _ value: StaticValue, _ entry: ArgumentBinding.Entry, of command: String
  ) {
    let span = entry.values[0].span
    for constant in value.constants {
      guard let problem = entry.parameter.problem(with: constant.value, of: command) else {
        continue
      }
      return report(problem, at: span)
    }
    guard value.constants.isEmpty,
      !entry.parameter.type.mayAccept(value.type, serves: table.serves)
    else { return }
    report(
      "'\(entry.parameter.name)' of '\(command)' takes \(entry.parameter.type), found \(value.type)",
      at: span)
  }
}
