internal import Commands
internal import JSON
internal import Language

/// What is known of the word at the cursor: a command, an option, a member, a variable and its value.
struct InspectionReply {
  /// Where names are bound.
  let session: Session

  /// The answer to an `inspect_request`.
  func answer(_ request: JSONValue) -> JSONValue {
    let cell = CellText(request["code"]?.asString ?? "", cursor: request["cursor_pos"]?.asInt)
    guard let explanation = explanation(at: cell) else {
      return ["status": "ok", "found": false, "data": [:], "metadata": [:]]
    }
    return [
      "status": "ok", "found": true, "metadata": [:],
      "data": [
        "text/plain": .string(explanation.plain), "text/markdown": .string(explanation.markdown),
      ],
    ]
  }

  private func explanation(at cell: CellText) -> Explanation? {
    let name = cell.name
    guard !name.isEmpty else { return nil }
    if let owner = cell.owner { return member(name, of: owner) }
    if cell.isKey, let option = option(name, behind: cell.head) { return option }
    if let command = CommandTable.yolos[name] { return Explanations.of(command) }
    if let value = session.value(of: name) { return explanation(of: value, name) }
    if let function = Builtin.named(name) { return Explanations.of(function) }
    if let type = CommandTable.yolos.type(name) {
      return Explanation(code: type.name, paragraphs: [HelpText.text(of: type)])
    }
    if session.vocabulary.functions.contains(name) {
      return Explanation(code: name, paragraphs: ["A command defined in this notebook."])
    }
    if let form = HelpText.form(of: name) { return Explanation(code: form) }
    // Of half a word in a call the call is explained.
    let call = Completer(vocabulary: session.vocabulary).call(in: cell.before)
    return call?.command.map { Explanations.of($0) }
  }

  private func option(_ key: String, behind head: String) -> Explanation? {
    let call = Completer(vocabulary: session.vocabulary).call(in: head)
    guard let command = call?.command, let parameter = command.signature.parameter(key) else {
      return nil
    }
    return Explanations.of(parameter, of: command)
  }

  private func explanation(of value: Value, _ code: String) -> Explanation {
    var words = ["\(value.type): `\(value.text.prefix(500))`"]
    if case .object(let name) = value.type, let type = CommandTable.yolos.type(name) {
      words.append(
        "\(type.summary). Members: "
          + type.members.map { "`\($0.name)`" }.joined(separator: ", ") + ".")
    }
    return Explanation(code: code, paragraphs: words)
  }

  private func member(_ name: String, of owner: String) -> Explanation? {
    guard let value = session.look(at: owner), case .object(let typeName) = value.type,
      let type = CommandTable.yolos.type(typeName), let member = type.member(name)
    else { return nil }
    var explanation = Explanations.of(member, of: type)
    if let value = session.look(at: "\(owner).\(name)") {
      explanation.paragraphs.append("Now: `\(value.text.prefix(500))`")
    }
    return explanation
  }
}
