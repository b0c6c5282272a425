/// Lines as people write them in Python, in a shell or in a notebook, and what to type instead.
///
/// Only lines that are wrong are looked at, so nothing that means something here is ever changed.
struct ForeignLine {
  /// Whether a word is a command here.
  let isCommand: (String) -> Bool

  /// The longest line that is looked at, in bytes.
  private static let limit = 400

  /// The findings with the line to type where the line is a foreign one; all others of it go.
  func translated(_ findings: [Diagnostic], in source: SourceText) -> [Diagnostic] {
    var seen: Set<Int> = []
    return findings.compactMap { finding in
      guard finding.severity == .error, let span = finding.span,
        finding.source == nil || finding.source == source
      else { return finding }
      let line = (finding.source ?? source).line(at: span.lower)
      let place = (finding.source ?? source).span(ofLine: line)
      guard place.upper - place.lower <= Self.limit,
        let hint = hint(for: (finding.source ?? source)[place])
      else { return finding }
      guard seen.insert(line).inserted else { return nil }
      var finding = finding
      finding.hint = hint
      return finding
    }
  }

  /// What to say of a line; nil where it is none of a kind that is known.
  func hint(for line: String) -> String? {
    let text = line.trimmed
    if let hint = Self.magic(text) { return hint }
    if ["exit", "quit"].contains(text.prefix { $0.isLetter || $0 == "_" }), text.count <= 8 {
      return "Ctrl-D ends the prompt, and a script ends with its last line"
    }
    // `import "file"` means to bring in a file; of that the word itself knows.
    if text.hasPrefix("from ultralytics") || text.hasPrefix("import ") && !text.contains("\"") {
      return "no import needed; load a model with: load \"yolov8n.pt\""
    }
    return replacement(for: text).map { "write: \($0)" }
  }

  /// Lines that are not for the language but for a notebook's shell.
  private static func magic(_ text: String) -> String? {
    if text.hasPrefix("%") { return "there are no magics; the time of a step is printed after it" }
    guard text.hasPrefix("!") else { return nil }
    return "yolos is not a shell; type \(text.dropFirst().prefix(40)) in another terminal"
  }

  private func replacement(for text: String) -> String? {
    if text.hasPrefix("yolo ") { return Self.shell(text) }
    var rest = text[...]
    var binding = ""
    if let equals = rest.firstIndex(of: "="), let name = Self.name(String(rest[..<equals]).trimmed)
    {
      binding = name + " = "
      rest = rest[rest.index(after: equals)...]
    }
    guard let call = Call(String(rest).trimmed) else { return nil }
    let isAlone = binding.isEmpty
    guard let command = command(of: call, isAlone: isAlone) else { return nil }
    return binding + command
  }

  /// The command that a call stands for.
  private func command(of call: Call, isAlone: Bool) -> String? {
    guard let receiver = call.receiver else {
      if call.name == "YOLO" {
        return call.arguments.first.map { "load \(Self.value(of: $0.value))" }
      }
      guard isCommand(call.name) || call.name == "print" else { return nil }
      let arguments = call.arguments.map { argument in
        argument.name.map { "\($0)=\(Self.value(of: argument.value))" }
          ?? Self.value(of: argument.value)
      }
      return ([call.name] + arguments).joined(separator: " ")
    }
    guard let first = Self.methods[call.name] else { return nil }
    let model: String
    if let loaded = Call(receiver), loaded.name == "YOLO", loaded.receiver == nil,
      let file = loaded.arguments.first
    {
      model = "(load \(Self.value(of: file.value)))"
    } else if let name = Self.name(receiver) {
      model = name
    } else {
      return nil
    }
    let options = call.arguments.enumerated().compactMap { number, argument -> String? in
      guard let name = argument.name ?? (number == 0 ? first : nil) else { return nil }
      return Self.option(name, argument.value)
    }
    return ([call.name, model] + options).joined(separator: " ")
  }

  /// The methods of a model in Python that are commands here, and the option that their first argument
  /// without a name is.
  private static let methods = [
    "train": "data", "val": "data", "predict": "source", "export": "format",
  ]

  /// `yolo detect train model=… data=…`, as the reference is called in a shell.
  private static func shell(_ text: String) -> String? {
    let words = split(text, at: " ").dropFirst()
    guard let mode = words.first(where: { methods[$0] != nil }) else { return nil }
    var model = "model"
    var options: [String] = []
    for word in words {
      guard let equals = word.firstIndex(of: "=") else { continue }
      let name = String(word[..<equals]), value = String(word[word.index(after: equals)...])
      let isPlain = Double(value) != nil || ["True", "False", "None"].contains(value)
      let text = isPlain || value.hasPrefix("\"") || value.hasPrefix("'") ? value : "\"\(value)\""
      if name == "model" {
        model = "(load \(self.value(of: text)))"
      } else {
        options.append(option(name, text))
      }
    }
    return ([mode, model] + options).joined(separator: " ")
  }

  /// An option as it is written here: a dataset is opened, not named.
  private static func option(_ name: String, _ written: String) -> String {
    let value = value(of: written)
    return name == "data" && value.hasPrefix("\"") ? "data=(dataset \(value))" : "\(name)=\(value)"
  }

  /// A value of Python's as it is written here.
  private static func value(of written: String) -> String {
    var text = written
    if text.hasPrefix("f\"") || text.hasPrefix("f'") { text.removeFirst() }
    if text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") {
      text = "\"" + text.dropFirst().dropLast() + "\""
    }
    return ["True": "true", "False": "false", "None": "none"][text] ?? text
  }

  /// The text where it is a name.
  private static func name(_ text: String) -> String? {
    guard let first = text.first, first.isLetter || first == "_",
      text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
    else { return nil }
    return text
  }

  /// `receiver.name(arguments)`, or without a receiver.
  private struct Call {
    var receiver: String?
    let name: String
    let arguments: [(name: String?, value: String)]

    init?(_ text: String) {
      guard text.hasSuffix(")"), let open = Self.opening(of: text) else { return nil }
      let head = String(text[..<open])
      let dot = head.lastIndex(of: ".")
      let last = dot.map { String(head[head.index(after: $0)...]) } ?? head
      guard let name = ForeignLine.name(last) else { return nil }
      receiver = dot.map { String(head[..<$0]) }
      self.name = name
      let inner = text[text.index(after: open)...].dropLast()
      arguments = ForeignLine.split(String(inner), at: ",").map { part in
        guard let equals = part.firstIndex(of: "="),
          let name = ForeignLine.name(String(part[..<equals]).trimmed)
        else { return (nil, part) }
        return (name, String(part[part.index(after: equals)...]).trimmed)
      }
    }

    /// The bracket that the last one closes.
    private static func opening(of text: String) -> String.Index? {
      var depth = 0
      for index in text.indices.reversed() {
        if text[index] == ")" { depth += 1 }
        if text[index] == "(" { depth -= 1 }
        if depth == 0 { return index }
      }
      return nil
    }
  }

  /// The parts between separators that stand in no brackets and no quotes.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts: [String] = [], part = ""
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "([{".contains(character) {
        depth += 1
      } else if ")]}".contains(character) {
        depth -= 1
      } else if character == separator, depth == 0 {
        parts.append(part.trimmed)
        part = ""
        continue
      }
      part.append(character)
    }
    return (parts + [part.trimmed]).filter { !$0.isEmpty }
  }
}

extension String {
  /// Without blanks at both ends.
  fileprivate var trimmed: String {
    let head = drop { $0.isWhitespace }
    guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(head[...last])
  }
}
