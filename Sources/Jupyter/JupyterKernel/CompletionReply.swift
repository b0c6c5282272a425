internal import Commands
internal import JSON
internal import Language

/// What could be typed at the cursor: the words of the prompt's completion.
struct CompletionReply {
  /// What is bound just now.
  let vocabulary: Vocabulary
  /// What lies in a folder that the cell writes: names in order, folders with a slash behind.
  let names: (String) -> [String]

  /// The answer to a `complete_request`.
  func answer(_ request: JSONValue) -> JSONValue {
    let cell = CellText(request["code"]?.asString ?? "", cursor: request["cursor_pos"]?.asInt)
    let completion = Completer(vocabulary: vocabulary).completion(of: cell.before)
    var matches = completion.words, start = completion.start
    if matches.isEmpty, completion.triesFiles { (matches, start) = files(from: completion.start) }
    let from = cell.cursor - start.unicodeScalars.count
    let types = matches.map { word -> JSONValue in
      [
        "text": .string(word), "type": .string(type(of: word, completion.place)),
        "start": .number(from), "end": .number(cell.cursor),
      ]
    }
    return [
      "status": "ok", "matches": .strings(matches), "cursor_start": .number(from),
      "cursor_end": .number(cell.cursor),
      "metadata": ["_jupyter_types_experimental": .array(types)],
    ]
  }

  /// The files that a path may go on with.
  private func files(from start: String) -> ([String], String) {
    let slash = start.lastIndex(of: "/")
    let folder = slash.map { String(start[...$0]) } ?? ""
    let name = slash.map { String(start[start.index(after: $0)...]) } ?? start
    let found = names(folder).filter {
      $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix("."))
    }
    return (found, name)
  }

  /// The kind of a word, as front ends know them.
  private func type(of word: String, _ place: Completion.Place) -> String {
    switch place {
    case .text: return "text"
    case .member: return "property"
    case .statement, .arguments, .value:
      if word.hasSuffix("=") { return "param" }
      if word.hasSuffix("(") || CommandTable.yolos[word] != nil { return "function" }
      if vocabulary.functions.contains(word) { return "function" }
      return Keyword.all.contains(word) ? "keyword" : "instance"
    }
  }
}
