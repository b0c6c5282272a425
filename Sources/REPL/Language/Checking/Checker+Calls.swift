internal import Text

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
    guard let arguments = checkArguments(call, command.signature) else {
      return StaticValue(type: command.result)
    }
    let known = StaticCall(
      command, arguments: arguments, span: call.span, source: source,
      certainty: function != nil ? .inDefinition : blocks > 0 ? .perhaps : .certain)
    for finding in command.check(known, host) { report(finding, at: call.span) }
    return StaticValue(type: command.result, origin: known)
  }

  private mutating func reportUnknownCommand(_ call: Call) {
    if value(of: call.name) != nil {
      return report(
        "'\(call.name)' is a variable, not a command", at: call.nameSpan,
        hint: "an operator needs spaces on both sides: 'a - b'")
    }
    if Builtin.named(call.name) != nil {
      return report(
        "'\(call.name)' is a function, not a command", at: call.nameSpan,
        hint: "write \(call.name)(…)")
    }
    let names = table.commands.map(\.name) + allFunctions.keys.sorted()
    report(
      "unknown command '\(call.name)'", at: call.nameSpan,
      hint: ForeignWord.hint(for: call.name) ?? Suggestion.hint(for: call.name, among: names))
  }

  /// What is known of each argument; nil if something about them cannot work.
  private mutating func checkArguments(_ call: Call, _ signature: Signature)
    -> [StaticCall.Argument]?
  {
    let binding = ArgumentBinding(call, to: signature)
    let before = diagnostics.count
    for finding in binding.diagnostics { report(finding, at: call.nameSpan) }
    let arguments = binding.entries.map { entry in
      StaticCall.Argument(
        name: entry.parameter.name, value: value(of: entry, in: call), span: entry.span)
    }
    // Arguments that belong to no parameter have names that may be wrong, too.
    return diagnostics[before...].allSatisfy { $0.severity != .error } ? arguments : nil
  }

  private mutating func value(of entry: ArgumentBinding.Entry, in call: Call) -> StaticValue {
    let parameter = entry.parameter
    if parameter.takesWord, let word = entry.values[0].bareWord {
      return StaticValue(type: .string, constants: [.string(word)])
    }
    if let written = unquotedPath(entry.values[0]), let hint = hint(forPath: written, entry) {
      report("a file name needs quotes", at: entry.values[0].span, hint: hint)
      return StaticValue(type: .string)
    }
    if entry.values.count == 1, let word = entry.values[0].bareWord,
      let hint = hint(forText: word, entry)
    {
      report("unknown name '\(word)'", at: entry.values[0].span, hint: hint)
      return StaticValue()
    }
    let all = entry.values.map { infer($0) }
    var value = all[0]
    if parameter.isVariadic {
      let isList = if case .list = value.type { true } else { false }
      let mayBeList =
        isList || ValueType.list(.any).mayAccept(value.type, serves: { _, _ in false })
      if all.count > 1 || !parameter.spreadsList || !mayBeList {
        value = StaticValue(type: .list(.union(of: all.map(\.type))))
      }
    }
    check(value, entry, of: call.name)
    return value
  }

  /// The text of an argument that can only be a file's name without its quotes: `data/toys.yaml`.
  private func unquotedPath(_ expression: Expression) -> String? {
    var first = expression
    while true {
      switch first.kind {
      case .member(let base, _, _), .binary(.divided, let base, _, _): first = base
      case .name(let name), .word(let name):
        let isKnown = value(of: name) != nil || firstBindings[name] != nil
        return isKnown || first.span == expression.span ? nil : source[expression.span]
      default: return nil
      }
    }
  }

  /// What to write for a file's name without its quotes; nil where the parameter takes no file.
  private func hint(forPath written: String, _ entry: ArgumentBinding.Entry) -> String? {
    let quoted = StringLiteral.quoted(written)
    if entry.parameter.isPath { return "write \(quoted)" }
    // What has a name and no slash is more likely a member of a misspelt variable.
    let isFile = written.contains("/") || [".yaml", ".yml"].contains(where: written.hasSuffix)
    return isFile ? hintForFile(in: entry, written: quoted) : nil
  }

  /// What to write for a text without its quotes, as in `optimizer=sgd`; nil where a variable is meant.
  private mutating func hint(forText word: String, _ entry: ArgumentBinding.Entry) -> String? {
    let isKnown = value(of: word) != nil || firstBindings[word] != nil || table[word] != nil
    guard !isKnown, allFunctions[word] == nil, word != "_" else { return nil }
    let parameter = entry.parameter
    let choice = parameter.choices.first { $0.lowercased() == word.lowercased() }
    if choice == nil {
      let takesText = parameter.type.alternatives.contains(.string) && parameter.choices.isEmpty
      guard takesText, hint(forUnknown: word) == nil else { return nil }
    }
    let key = entry.keySpan != entry.values[0].span ? "\(parameter.name)=" : ""
    return "text needs quotes: \(key)\(StringLiteral.quoted(choice ?? word))"
  }

  private mutating func check(
    _ value: StaticValue, _ entry: ArgumentBinding.Entry, of command: String
  ) {
    let span = entry.values[0].span
    for constant in value.constants {
      guard var problem = entry.parameter.problem(with: constant.value, of: command) else {
        continue
      }
      if problem.hint == nil, constant.value.asString != nil {
        problem.hint = hintForFile(in: entry)
      }
      return report(problem, at: span)
    }
    guard value.constants.isEmpty,
      !entry.parameter.type.mayAccept(value.type, serves: table.serves)
    else { return }
    report(
      "'\(entry.parameter.name)' of '\(command)' must be \(entry.parameter.type), found \(value.type)",
      at: span,
      hint: value.type == .string ? hintForFile(in: entry) : hintForMember(of: value, in: entry))
  }

  /// Which members of an object would fit where it does not fit itself: "write first.best".
  private func hintForMember(of value: StaticValue, in entry: ArgumentBinding.Entry) -> String? {
    guard case .object(let name) = value.type, let type = table.type(name) else { return nil }
    let fitting = type.members.filter {
      entry.parameter.type.mayAccept($0.type, serves: table.serves) && $0.type != .any
    }
    let text = source[entry.values[0].span]
    guard !fitting.isEmpty, fitting.count <= 3, text.utf8.count <= 40 else { return nil }
    return "write " + fitting.map { "\(text).\($0.name)" }.joined(separator: " or ")
  }

  /// How a file is opened, where a command takes what is made of one: `data=(dataset "…")`.
  private func hintForFile(
    in entry: ArgumentBinding.Entry, written path: String? = nil
  ) -> String? {
    let opener = table.commands.first { command in
      guard let file = command.signature.positional.first else { return false }
      return file.isPath && file.type == .string && command.result == entry.parameter.type
    }
    guard let opener else { return nil }
    let isOption = entry.keySpan != entry.values[0].span
    let text = source[entry.values[0].span]
    let written = path ?? (text.utf8.count <= 40 && text.hasPrefix("\"") ? text : "\"…\"")
    return "write \(isOption ? "\(entry.parameter.name)=" : "")(\(opener.name) \(written))"
  }
}
