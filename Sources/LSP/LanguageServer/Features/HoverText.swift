internal import Commands
internal import Language

/// What is shown where somebody points at a word.
struct HoverText {
  private let query: Query
  private var inspection: Inspection { query.inspection }

  init(_ query: Query) { self.query = query }

  /// The answer; nil where nothing is known.
  func hover(as format: Markup) -> Hover? {
    guard let occurrence = query.occurrence else { return keyword(as: format) }
    guard let explanation = explanation(of: occurrence) else { return nil }
    return Hover(contents: format.content(explanation), range: query.range(occurrence.span))
  }

  private func explanation(of occurrence: NameIndex.Occurrence) -> Explanation? {
    switch occurrence.role {
    case .option(let verb):
      guard let command = CommandTable.yolos[verb],
        let parameter = command.signature.parameter(occurrence.text)
      else { return nil }
      return Explanations.of(parameter, of: command)
    case .member: return member(occurrence)
    case .name(let symbol):
      switch symbol.kind {
      case .command: return CommandTable.yolos[symbol.name].map(Explanations.of)
      case .builtin: return Builtin.named(symbol.name).map(Explanations.of)
      case .function:
        return inspection.program.definitions.first { $0.name == symbol.name }
          .map(Explanations.of)
      case .variable: return variable(occurrence, symbol)
      }
    }
  }

  // MARK: Values

  private func variable(
    _ occurrence: NameIndex.Occurrence, _ symbol: NameIndex.Symbol
  ) -> Explanation? {
    let fact = inspection.knowledge.fact(at: occurrence.span)
    let definition = query.names.definition(of: occurrence)
    guard fact != nil || definition != nil else { return nil }
    var words: [String] = []
    let type = fact?.type ?? .any
    var known = type == .any ? "not known before it runs" : "\(type)"
    if let constant = fact?.constant { known += ": `\(constant.value.quotedText.prefix(200))`" }
    if let definition, definition.isParameter {
      words.append("Parameter of the script.")
      let parameter = inspection.program.parameters.first { $0.name == symbol.name }
      if let summary = parameter?.summary { words.append(summary) }
    }
    words.append(known.prefix(1).uppercased() + known.dropFirst() + ".")
    if case .object(let name) = type, let object = CommandTable.yolos.type(name) {
      words.append("\(name): \(object.summary).")
    }
    if symbol.scope == nil { words += recorded(symbol.name) }
    if let definition, definition.span != occurrence.span {
      let place = definition.source.line(at: definition.span.lower)
      let file = definition.source === inspection.source ? "" : " of `\(definition.source.name)`"
      words.append("Bound in line \(place)\(file).")
    }
    return Explanation(code: symbol.name, paragraphs: words)
  }

  /// What the latest report shows for an expression.
  private func recorded(_ expression: String) -> [String] {
    let values = query.workspace.recordedValues(of: query.document, inspection)
    guard let value = values?[expression] else { return [] }
    let line = value.split(separator: "\n").first.map(String.init) ?? value
    return ["In the report: `\(line.prefix(200))`"]
  }

  private func member(_ occurrence: NameIndex.Occurrence) -> Explanation? {
    guard let owner = inspection.knowledge.owner(ofMemberAt: occurrence.span) else { return nil }
    for part in owner.alternatives {
      guard case .object(let name) = part, let type = CommandTable.yolos.type(name),
        let member = type.member(occurrence.text)
      else { continue }
      var explanation = Explanations.of(member, of: type)
      explanation.paragraphs += recorded(path(upTo: occurrence.span))
      return explanation
    }
    return nil
  }

  /// The expression that ends with a member: `first.best.map50`.
  private func path(upTo member: Span) -> String {
    let bytes = inspection.source.utf8
    var start = member.lower
    while start > 0, isPathByte(bytes[start - 1]) { start -= 1 }
    return inspection.source[Span(start, member.upper)]
  }

  private func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "["), UInt8(ascii: "]"), 0x80...0xFF:
      true
    default: false
    }
  }

  // MARK: Words of the language

  private func keyword(as format: Markup) -> Hover? {
    guard isInSteps else { return nil }
    let bytes = inspection.source.utf8
    var (lower, upper) = (query.offset, query.offset)
    func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    while lower > 0, isLetter(bytes[lower - 1]) { lower -= 1 }
    while upper < bytes.count, isLetter(bytes[upper]) { upper += 1 }
    let word = inspection.source[Span(lower, upper)]
    guard Keyword.all.contains(word), let form = HelpText.form(of: word) else { return nil }
    return Hover(
      contents: format.content(Explanation(code: form)), range: query.range(Span(lower, upper)))
  }

  /// Whether the place lies in a statement, outside of prose, comments and strings.
  private var isInSteps: Bool {
    let place = CursorPlace(query)
    if case .statement(let text) = place { return CursorScan(text).openString == nil }
    return false
  }
}
