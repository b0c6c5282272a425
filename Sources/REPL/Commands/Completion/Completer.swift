package import Language

/// Completes lines of the language with commands, their options, variables, members, settings and
/// class names.
package struct Completer: Sendable {
  /// What is bound just now.
  let vocabulary: Vocabulary
  private var table: CommandTable { .yolos }

  /// Completes with what is bound.
  package init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Looks at the text before the cursor, which may have several lines.
  package func completion(of text: String) -> Completion {
    let scan = CursorScan(text)
    if let quoted = scan.openString { return insideString(quoted, scan.content) }
    if let path = scan.memberPath { return members(of: path.base, from: path.start) }
    let start = scan.word
    guard let call = Call(scan.content, in: self) else { return atStart(start) }
    if let option = call.option { return values(of: option, from: start) }
    return arguments(of: call, from: start)
  }

  /// The command whose arguments are being written at the end of a text; nil where none is.
  package func call(in text: String) -> Call? { Call(CursorScan(text).content, in: self) }

  // MARK: Places

  /// A statement, or a command's place on the right of `=` and in parentheses.
  private func atStart(_ start: String) -> Completion {
    let verbs = table.commands.map(\.name) + vocabulary.functions + Keyword.all.sorted()
    let values = vocabulary.variables.keys + Builtin.all.map { $0.name + "(" }
    let all = Completion(verbs + values, from: start, at: .statement)
    // Behind a verb comes a blank; behind a value perhaps a dot.
    return all.words.count == 1 && verbs.contains(all.words[0])
      ? Completion(all.words, from: start, at: .statement, append: " ") : all
  }

  private func arguments(of call: Call, from start: String) -> Completion {
    if call.command?.signature.positional.contains(where: \.takesWord) == true {
      let words = table.commands.map(\.name) + table.types.map(\.name)
      return Completion(words, from: start, at: .arguments(of: call.command?.name))
    }
    let options = (call.command?.signature.options ?? [])
      .filter { !call.given.contains($0.name) }.map { $0.name + "=" }
    // A command that takes options alone has no place for a value.
    guard call.command?.signature.positional.isEmpty != true else {
      return Completion(options, from: start, at: .arguments(of: call.command?.name))
    }
    let functions = start.isEmpty ? [] : Builtin.all.map { $0.name + "(" }
    return Completion(
      options + vocabulary.variables.keys + functions, from: start,
      at: .arguments(of: call.command?.name))
  }

  private func values(of option: Signature.Parameter, from start: String) -> Completion {
    let literals =
      switch option.type {
      case .bool: ["true", "false"]
      case .union(let types) where types.contains(.bool): ["true", "false"]
      default: [String]()
      }
    let choices = option.choices.map { "\"\($0)\"" }
    let names = literals + Array(vocabulary.variables.keys)
    // Readline takes a quote as the start of a word of its own.
    return Completion(start.isEmpty ? names + choices : names, from: start, at: .value)
  }

  private func insideString(_ start: String, _ content: String) -> Completion {
    let parameter = Call(content, in: self).flatMap { $0.option ?? $0.nextPositional }
    let offered = (parameter?.choices ?? []) + (parameter?.completions ?? [])
    if !offered.isEmpty {
      var completion = Completion(offered, from: start, at: .text)
      completion.closesQuote = true
      return completion
    }
    guard parameter?.isPath != true else { return .files(from: start) }
    var completion = Completion(vocabulary.classNames, from: start, at: .text)
    completion.closesQuote = true
    return completion.words.isEmpty ? .files(from: start) : completion
  }

  private func members(of path: String, from start: String) -> Completion {
    var parts = path.split(separator: ".").map(String.init)
    guard !parts.isEmpty else { return Completion([], from: start, at: .member(of: nil)) }
    let base = parts.removeFirst()
    var type = vocabulary.variables[base.replacing("[]", with: "")]
    if base.hasSuffix("]") { type = Self.element(type) }
    for part in parts {
      guard case .object(let name)? = type else {
        return Completion([], from: start, at: .member(of: nil))
      }
      type = table.type(name)?.member(part.replacing("[]", with: ""))?.type
      if part.hasSuffix("]") { type = Self.element(type) }
    }
    guard case .object(let name)? = type, let object = table.type(name) else {
      return Completion([], from: start, at: .member(of: nil))
    }
    return Completion(object.members.map(\.name), from: start, at: .member(of: name))
  }

  private static func element(_ type: ValueType?) -> ValueType? {
    if case .list(let element)? = type { element } else { nil }
  }
}

extension Completer {
  /// The command whose arguments are being written.
  package struct Call {
    /// The verb.
    package let verb: String
    /// The command; nil for one of the user's own.
    package let command: Command?
    /// Options that stand there already.
    package private(set) var given: [String] = []
    /// The option whose value is being written.
    package private(set) var option: Signature.Parameter?
    /// The key of that option, which may be unknown.
    package private(set) var key: String?
    /// How many positional arguments stand there already.
    package let position: Int
    /// The positional argument that comes next.
    package private(set) var nextPositional: Signature.Parameter?

    /// Reads a statement up to the cursor, nested brackets and strings cut to their quotes; nil where no
    /// command has been named yet.
    init?(_ content: String, in completer: Completer) {
      var words = content.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let last = words.popLast() ?? ""
      words.removeAll(where: \.isEmpty)
      if words.first == "param" { words.removeFirst() }
      if words.count >= 2, ["=", "+="].contains(words[1]) { words.removeFirst(2) }
      if words.first == "return" { words.removeFirst() }
      guard let verb = words.first, !words.dropFirst().contains(where: { $0 == "=" }),
        let command = completer.table[verb].map(Optional.some)
          ?? (completer.vocabulary.functions.contains(verb) ? .some(nil) : nil)
      else { return nil }
      (self.command, self.verb) = (command, verb)
      let arguments = words.dropFirst()
      given = arguments.compactMap { Self.key($0) }
      position = arguments.count { Self.key($0) == nil }
      let parameters = command?.signature.positional ?? []
      nextPositional =
        position < parameters.count
        ? parameters[position] : parameters.last.flatMap { $0.isVariadic ? $0 : nil }
      key = Self.key(last)
      if let key { option = command?.signature.parameter(key) }
    }

    private static func key(_ word: String) -> String? {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
      let key = word[..<sign]
      return key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? String(key) : nil
    }
  }
}
