internal import Commands
internal import Language

/// What could stand where the cursor is.
struct Completion: Sendable, Equatable {
  /// Words that begin with what is there.
  var words: [String] = []
  /// What goes behind a single match; 0 for nothing.
  var append: CChar = 0
  /// Whether file names are tried where no word fits.
  var tryFiles = false
  /// Whether a quote is closed behind a single match.
  var closesQuote = false

  /// Words that begin with `start`, in order.
  init(_ words: [String], from start: String, append: Character? = nil) {
    self.words = Set(words.filter { $0.hasPrefix(start) }).sorted()
    self.append = append?.asciiValue.map { CChar($0) } ?? 0
  }

  /// File names.
  static let files: Completion = {
    var completion = Completion([], from: "")
    completion.tryFiles = true
    completion.closesQuote = true
    return completion
  }()
}

/// Completes lines of the language with commands, their options, variables, members, settings and
/// class names.
struct Completer: Sendable {
  /// What is bound just now.
  let vocabulary: Vocabulary
  private var table: CommandTable { .yolos }

  /// Looks at the text before the cursor, which may have several lines.
  func completion(of text: String) -> Completion {
    let scan = CursorScan(text)
    if let quoted = scan.openString { return insideString(quoted, scan.content) }
    if let path = scan.memberPath { return members(of: path.base, from: path.start) }
    let start = scan.word
    guard let call = Call(scan.content, in: self) else { return atStart(start) }
    if let option = call.option { return values(of: option, from: start) }
    return arguments(of: call, from: start)
  }

  // MARK: Places

  /// A statement, or a command's place on the right of `=` and in parentheses.
  private func atStart(_ start: String) -> Completion {
    let verbs = table.commands.map(\.name) + vocabulary.functions + Keyword.all.sorted()
    let values = vocabulary.variables.keys + Builtin.all.map { $0.name + "(" }
    let all = Completion(verbs + values, from: start)
    // Behind a verb comes a blank; behind a value perhaps a dot.
    return all.words.count == 1 && verbs.contains(all.words[0])
      ? Completion(all.words, from: start, append: " ") : all
  }

  private func arguments(of call: Call, from start: String) -> Completion {
    if call.command?.signature.positional.contains(where: \.takesWord) == true {
      let words = table.commands.map(\.name) + table.types.map(\.name)
      return Completion(words, from: start)
    }
    let options = (call.command?.signature.options ?? [])
      .filter { !call.given.contains($0.name) }.map { $0.name + "=" }
    // A command that takes options alone has no place for a value.
    guard call.command?.signature.positional.isEmpty != true else {
      return Completion(options, from: start)
    }
    let functions = start.isEmpty ? [] : Builtin.all.map { $0.name + "(" }
    return Completion(options + vocabulary.variables.keys + functions, from: start)
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
    return Completion(start.isEmpty ? names + choices : names, from: start)
  }

  private func insideString(_ start: String, _ content: String) -> Completion {
    let parameter = Call(content, in: self).flatMap { $0.option ?? $0.nextPositional }
    let offered = (parameter?.choices ?? []) + (parameter?.completions ?? [])
    if !offered.isEmpty {
      var completion = Completion(offered, from: start)
      completion.closesQuote = true
      return completion
    }
    guard parameter?.isPath != true else { return .files }
    var completion = Completion(vocabulary.classNames, from: start)
    completion.closesQuote = true
    return completion.words.isEmpty ? .files : completion
  }

  private func members(of path: String, from start: String) -> Completion {
    var parts = path.split(separator: ".").map(String.init)
    guard !parts.isEmpty else { return Completion([], from: start) }
    let base = parts.removeFirst()
    var type = vocabulary.variables[base.replacing("[]", with: "")]
    if base.hasSuffix("]") { type = Self.element(type) }
    for part in parts {
      guard case .object(let name)? = type else { return Completion([], from: start) }
      type = table.type(name)?.member(part.replacing("[]", with: ""))?.type
      if part.hasSuffix("]") { type = Self.element(type) }
    }
    guard case .object(let name)? = type, let object = table.type(name) else {
      return Completion([], from: start)
    }
    return Completion(object.members.map(\.name), from: start)
  }

  private static func element(_ type: ValueType?) -> ValueType? {
    if case .list(let element)? = type { element } else { nil }
  }
}

extension Completer {
  /// The command whose arguments are being written.
  struct Call {
    /// The command; nil for one of the user's own.
    let command: Command?
    /// Options that stand there already.
    var given: [String] = []
    /// The option whose value is being written.
    var option: Signature.Parameter?
    /// The positional argument that comes next.
    var nextPositional: Signature.Parameter?

    /// Reads a statement up to the cursor, nested brackets and strings cut to their quotes; nil where no
    /// command has been named yet.
    init?(_ content: String, in completer: Completer) {
      var words = content.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let last = words.popLast() ?? ""
      words.removeAll(where: \.isEmpty)
      if words.count >= 2, ["=", "+="].contains(words[1]) { words.removeFirst(2) }
      if words.first == "return" { words.removeFirst() }
      guard let verb = words.first, !words.dropFirst().contains(where: { $0 == "=" }),
        let command = completer.table[verb].map(Optional.some)
          ?? (completer.vocabulary.functions.contains(verb) ? .some(nil) : nil)
      else { return nil }
      self.command = command
      let arguments = words.dropFirst()
      given = arguments.compactMap { Self.key($0) }
      let positional = arguments.count { Self.key($0) == nil }
      let parameters = command?.signature.positional ?? []
      nextPositional =
        positional < parameters.count
        ? parameters[positional] : parameters.last.flatMap { $0.isVariadic ? $0 : nil }
      if let key = Self.key(last) { option = command?.signature.parameter(key) }
    }

    private static func key(_ word: String) -> String? {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
      let key = word[..<sign]
      return key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? String(key) : nil
    }
  }
}

/// The statement that the cursor stands in, with nested brackets and strings cut short.
struct CursorScan {
  /// The innermost open bracket's content, or the line, up to the cursor.
  private(set) var content = ""
  /// What stands between an open quote and the cursor.
  private(set) var openString: String?

  /// Reads a text up to the cursor.
  init(_ text: String) {
    var frames: [(opener: Character, content: String)] = [("\n", "")]
    var string: String?
    var isEscaped = false, isComment = false
    func add(_ text: String) { frames[frames.count - 1].content += text }
    for character in text {
      if let open = string {
        if isEscaped || character != "\"" {
          string = open + String(character)
          isEscaped = character == "\\" && !isEscaped
        } else {
          string = nil
          add("\"\"")
        }
        continue
      }
      if isComment && character != "\n" { continue }
      isComment = false
      switch character {
      case "\"": string = ""
      case "(", "[", "{": frames.append((character, ""))
      case ")", "]", "}":
        guard frames.count > 1 else { continue }
        let closed = frames.removeLast()
        add(closed.opener == "[" ? "[]" : closed.opener == "(" ? "()" : "")
      case "\n" where ["\n", "{"].contains(frames[frames.count - 1].opener):
        frames[frames.count - 1].content = ""
      case "\n", "\t": add(" ")
      case "#": isComment = true
      default: add(String(character))
      }
    }
    content = frames[frames.count - 1].content
    openString = string
  }

  /// The name at the cursor.
  var word: String { String(content.reversed().prefix { Self.isNameSign($0) }.reversed()) }

  /// What stands before the last dot of a member, and what follows the dot.
  var memberPath: (base: String, start: String)? {
    let start = word
    let before = content.dropLast(start.count)
    guard before.last == "." else { return nil }
    let path = before.dropLast().reversed().prefix {
      Self.isNameSign($0) || ".[]()".contains($0)
    }
    guard !path.isEmpty else { return nil }
    return (String(path.reversed()), start)
  }

  private static func isNameSign(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
