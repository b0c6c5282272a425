/// The statement that the cursor stands in, with nested brackets and strings cut short.
package struct CursorScan {
  /// The innermost open bracket's content, or the line, up to the cursor.
  package private(set) var content = ""
  /// What stands between an open quote and the cursor.
  package private(set) var openString: String?
  /// Whether the cursor stands in a comment or in prose.
  package private(set) var isComment = false
  /// The function whose parentheses are open, and the place of the argument that is being written.
  package private(set) var function: (name: String, argument: Int)?

  /// How many brackets are open.
  package private(set) var depth = 0

  /// Reads a text up to the cursor.
  package init(_ text: String) {
    var frames: [(opener: Character, function: String?, content: String)] = [("\n", nil, "")]
    var string: String?
    var isEscaped = false
    func add(_ text: String) { frames[frames.count - 1].content += text }
    for character in text {
      // No string goes over the end of its line.
      if let open = string, !character.isNewline {
        if isEscaped || character != "\"" {
          string = open + String(character)
          isEscaped = character == "\\" && !isEscaped
        } else {
          string = nil
          add("\"\"")
        }
        continue
      }
      (string, isEscaped) = (nil, false)
      if isComment && !character.isNewline { continue }
      isComment = false
      let endsStatement = ["\n", "{"].contains(frames[frames.count - 1].opener)
      switch character {
      case "\"": string = ""
      case "(", "[", "{":
        let name = Self.word(at: frames[frames.count - 1].content)
        frames.append((character, character == "(" && !name.isEmpty ? name : nil, ""))
      case ")", "]", "}":
        guard frames.count > 1 else { continue }
        let closed = frames.removeLast()
        add(closed.opener == "[" ? "[]" : closed.opener == "(" ? "()" : "")
      case "\n", "\r\n":
        if endsStatement { frames[frames.count - 1].content = "" } else { add(" ") }
      case "\t": add(" ")
      case "#": isComment = true
      default: add(String(character))
      }
    }
    let frame = frames[frames.count - 1]
    content = frame.content
    depth = frames.count - 1
    openString = string
    function = frame.function.map { ($0, frame.content.count { $0 == "," }) }
  }

  /// The name at the cursor.
  var word: String { Self.word(at: content) }

  /// The name at the end of a text.
  private static func word(at text: String) -> String {
    String(text.reversed().prefix { isNameSign($0) }.reversed())
  }

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
