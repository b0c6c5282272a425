internal import Commands
internal import JSONRPC
internal import Language

extension Query {
  /// Where the thing at the place comes from: a name's binding, a def, or the file that a string names.
  var definition: [Location] {
    if let file = fileAtPlace {
      let start = Position(line: 0, character: 0)
      return [
        Location(
          uri: workspace.document(at: file)?.uri ?? FileAddress.uri(of: file),
          range: TextRange(start: start, end: start))
      ]
    }
    guard let occurrence, let definition = names.definition(of: occurrence) else { return [] }
    return [location(of: definition)]
  }

  /// The path of the file whose name stands in the string at the place.
  private var fileAtPlace: String? {
    let source = inspection.source
    let line = source.span(ofLine: source.line(at: offset))
    let quotes = (line.lower..<line.upper).filter { source.utf8[$0] == UInt8(ascii: "\"") }
    guard let open = quotes.last(where: { $0 < offset }),
      let close = quotes.first(where: { $0 >= offset })
    else { return nil }
    let text = source[Span(open + 1, close)]
    guard !text.isEmpty, !text.contains("{") else { return nil }
    return inspection.existingFile(text)
  }

  /// All places that mean the same as the name at the place.
  private var same: [NameIndex.Occurrence] {
    guard let symbol = occurrence?.symbol else { return [] }
    return names.occurrences(of: symbol)
  }

  /// The places of the name in all files of the program.
  func references(withDefinition: Bool) -> [Location] {
    same.filter { withDefinition || !$0.isBinding }.map { location(of: $0) }
  }

  /// The places of the name in this document.
  var highlights: [Highlight] {
    same.filter { $0.source === inspection.source }.map {
      // 2: read, 3: written.
      Highlight(range: range($0.span), kind: $0.isBinding ? 3 : 2)
    }
  }

  /// A place of a name.
  struct Highlight: Codable, Sendable {
    var range: TextRange
    var kind: Int
  }

  // MARK: Renaming

  /// The name that would be changed; nil where no variable and no def stands.
  func renamePlace() throws(ResponseError) -> RenamePlace? {
    guard let occurrence, let symbol = occurrence.symbol,
      symbol.kind == .variable || symbol.kind == .function
    else { return nil }
    return RenamePlace(range: range(occurrence.span), placeholder: occurrence.text)
  }

  /// The edits that give a variable or a def another name.
  ///
  /// - Throws: ``ResponseError`` that says why it cannot have that name.
  func renaming(to name: String) throws(ResponseError) -> WorkspaceEdit {
    guard let symbol = occurrence?.symbol else {
      throw ResponseError(.requestFailed, "there is no name here")
    }
    if let problem = names.problem(renaming: symbol, to: name, table: .yolos) {
      throw ResponseError(.requestFailed, problem)
    }
    if let recorded = inspection.recorded, RecordedValues.prose(of: recorded, mentions: symbol.name)
    {
      throw ResponseError(
        .requestFailed,
        """
        a run filled '\(symbol.name)' into the prose of this report; rename it in the script and run that
        """)
    }
    var changes: [String: [TextEdit]] = [:]
    for location in Set(same.map { self.location(of: $0) }) {
      changes[location.uri, default: []].append(TextEdit(range: location.range, newText: name))
    }
    for uri in changes.keys {
      changes[uri]?.sort {
        ($0.range.start.line, $0.range.start.character)
          < ($1.range.start.line, $1.range.start.character)
      }
    }
    return WorkspaceEdit(changes: changes)
  }
}
