internal import Commands
internal import Language

/// How the call is written in which a cursor stands, and which of its parts is being written.
struct SignatureAnswer {
  private let query: Query

  init(_ query: Query) { self.query = query }

  /// The answer; nil outside of calls.
  var help: SignatureHelp? {
    let text: String
    switch CursorPlace(query) {
    case .other: return nil
    case .statement(let statement): text = statement
    case .expression(let expression): text = expression
    }
    let scan = CursorScan(text)
    if let (name, index) = scan.function, let function = Builtin.named(name) {
      return help(on: function, index)
    }
    let completer = Completer(vocabulary: query.inspection.vocabulary(at: query.offset))
    guard let call = completer.call(in: text) else { return nil }
    if let command = call.command { return help(on: command, call) }
    let definition = query.inspection.program.definitions.first { $0.name == call.verb }
    return definition.map { help(on: $0, call) }
  }

  private func help(on function: Builtin, _ index: Int) -> SignatureHelp {
    let (label, places) = Explanations.usage(of: function)
    return answer(
      label, places.map { ($0, nil) }, Explanation(paragraphs: [function.summary]),
      active: index < places.count ? index : nil)
  }

  private func help(on definition: ProgramDefinition, _ call: Completer.Call) -> SignatureHelp {
    var label = definition.name
    var places: [(place: [Int], explanation: Explanation?)] = []
    for parameter in definition.parameters {
      let word = parameter.defaultText.map { "[\(parameter.name)=\($0)]" } ?? parameter.name
      label += " "
      places.append(([label.utf16.count, label.utf16.count + word.utf16.count], nil))
      label += word
    }
    let named = definition.parameters.firstIndex { $0.name == call.key }
    let active = named ?? (call.key == nil ? call.position : nil)
    return answer(
      label, places, Explanation(), active: active.flatMap { $0 < places.count ? $0 : nil })
  }

  private func help(on command: Command, _ call: Completer.Call) -> SignatureHelp {
    let signature = command.signature
    let wanted = call.option ?? call.nextPositional
    var shown = signature.positional + signature.options.filter(\.isRequired)
    if let wanted, !shown.contains(where: { $0.name == wanted.name }) { shown.append(wanted) }
    var label = command.name
    var places: [(place: [Int], explanation: Explanation?)] = []
    for parameter in shown {
      let isOption = signature.options.contains { $0.name == parameter.name }
      let name = parameter.isVariadic ? "\(parameter.name) …" : parameter.name
      let word =
        isOption ? "\(name)=…" : parameter.isRequired ? name : "[\(name)]"
      label += " "
      places.append(
        (
          [label.utf16.count, label.utf16.count + word.utf16.count],
          Explanations.of(parameter, of: command)
        ))
      label += word
    }
    if signature.options.count > shown.count { label += " [option=value …]" }
    return answer(
      label, places, Explanation(paragraphs: [command.summary]),
      active: wanted.flatMap { wanted in shown.firstIndex { $0.name == wanted.name } })
  }

  private func answer(
    _ label: String, _ places: [(place: [Int], explanation: Explanation?)],
    _ explanation: Explanation, active: Int?
  ) -> SignatureHelp {
    let parameters = places.map { place, explanation in
      var words = explanation
      words?.code = nil
      return SignatureHelp.Signature.Parameter(
        label: place, documentation: words.map(Markup.markdown.content))
    }
    return SignatureHelp(
      signatures: [
        .init(
          label: label,
          documentation: explanation.paragraphs.isEmpty
            ? nil : Markup.markdown.content(explanation), parameters: parameters)
      ], activeSignature: 0, activeParameter: active)
  }
}
