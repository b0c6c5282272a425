internal import Commands
internal import Language

/// What can be typed at a place: the words of the prompt's completion, each with its explanation.
struct CompletionAnswer {
  private let query: Query
  private let format: Markup

  init(_ query: Query, format: Markup) { (self.query, self.format) = (query, format) }

  /// The answer.
  var list: CompletionList {
    let vocabulary = query.inspection.vocabulary(at: query.offset)
    let completer = Completer(vocabulary: vocabulary)
    switch CursorPlace(query) {
    case .other: return CompletionList(isIncomplete: false, items: [])
    case .statement(let text): return answer(completer.completion(of: text), vocabulary)
    case .expression(let text):
      // No command stands in braces.
      var completion = completer.completion(of: text)
      if case .statement = completion.place {
        completion.words.removeAll {
          vocabulary.variables[$0] == nil && Builtin.named(String($0.dropLast())) == nil
        }
      }
      return answer(completion, vocabulary)
    }
  }

  private func answer(_ completion: Completion, _ vocabulary: Vocabulary) -> CompletionList {
    var items = completion.words.map { item($0, completion, vocabulary) }
    if items.isEmpty, completion.triesFiles { items = files(from: completion.start) }
    return CompletionList(isIncomplete: completion.start.isEmpty, items: items)
  }

  private func edit(_ text: String, replacing start: String) -> TextEdit {
    TextEdit(
      range: query.range(Span(query.offset - start.utf8.count, query.offset)), newText: text)
  }

  private func item(
    _ word: String, _ completion: Completion, _ vocabulary: Vocabulary
  ) -> CompletionItem {
    let (kind, detail, explanation) = facts(on: word, completion.place, vocabulary)
    return CompletionItem(
      label: word, kind: kind, detail: detail, documentation: explanation.map(format.content),
      textEdit: edit(word, replacing: completion.start))
  }

  private typealias Facts = (kind: Int, detail: String?, explanation: Explanation?)

  private func facts(
    on word: String, _ place: Completion.Place, _ vocabulary: Vocabulary
  ) -> Facts {
    switch place {
    case .text: return (ItemKind.enumeration, nil, nil)
    case .member(let name):
      guard let type = name.flatMap({ CommandTable.yolos.type($0) }),
        let member = type.member(word)
      else { return (ItemKind.field, nil, nil) }
      return (ItemKind.field, "\(member.type)", Explanations.of(member, of: type))
    case .arguments(let verb):
      if word.hasSuffix("="), let command = verb.flatMap({ CommandTable.yolos[$0] }),
        let parameter = command.signature.parameter(String(word.dropLast()))
      {
        return (ItemKind.property, parameter.summary, Explanations.of(parameter, of: command))
      }
    case .value where word.hasPrefix("\""): return (ItemKind.enumeration, nil, nil)
    case .value, .statement: break
    }
    return facts(on: word, vocabulary)
  }

  private func facts(on word: String, _ vocabulary: Vocabulary) -> Facts {
    if word.hasSuffix("("), let function = Builtin.named(String(word.dropLast())) {
      return (ItemKind.function, function.summary, Explanations.of(function))
    }
    if let type = vocabulary.variables[word] {
      return (ItemKind.variable, type == .any ? nil : "\(type)", nil)
    }
    if let command = CommandTable.yolos[word] {
      return (ItemKind.command, command.summary, Explanations.of(command))
    }
    if let definition = query.inspection.program.definitions.first(where: { $0.name == word }) {
      return (ItemKind.function, "def \(definition.usage)", Explanations.of(definition))
    }
    if Keyword.all.contains(word) {
      return (ItemKind.keyword, HelpText.form(of: word), nil)
    }
    return (ItemKind.text, nil, nil)
  }

  /// The files that a path may go on with.
  private func files(from start: String) -> [CompletionItem] {
    let slash = start.lastIndex(of: "/")
    let folder = slash.map { String(start[...$0]) } ?? ""
    let name = slash.map { String(start[start.index(after: $0)...]) } ?? start
    return query.inspection.names(inFolder: folder)
      .filter { $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix(".")) }
      .map { file in
        CompletionItem(
          label: file, kind: file.hasSuffix("/") ? ItemKind.folder : ItemKind.file,
          textEdit: edit(file, replacing: name))
      }
  }
}
