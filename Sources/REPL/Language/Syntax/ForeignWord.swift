/// Words of other languages, for hints to those who come from there.
enum ForeignWord {
  /// What stands here in the place of a word, or nil.
  static func hint(for word: String) -> String? {
    switch word {
    case "while", "until", "loop", "repeat", "foreach":
      "a loop is written 'for name in list { … }'"
    case "elif", "elseif", "elsif": "write '} else if condition { … }'"
    case "switch", "case", "match", "when": "write 'if … { … } else if … { … }'"
    case "let", "var", "const", "local": "assign with 'name = value'"
    case "function", "func", "fn", "fun", "proc", "class":
      "define a command with 'def'"
    case "import", "from", "use", "require", "using", "source":
      "use 'include \"file.yolos\"' to insert another file"
    case "break", "continue": "a loop always runs to the end of its list; select elements with 'if'"
    case "try", "catch", "except", "raise", "throw":
      "an error ends the run; use 'assert' to state what must be true"
    case "echo", "puts", "printf", "println": "write 'print'"
    case "clear", "cls": "Ctrl-L clears the screen"
    case "exit", "quit": "a script ends with its last line; the prompt with Ctrl-D"
    case "null", "nil", "None", "undefined": "write 'none'"
    case "ls", "cd", "pwd", "cat", "python", "pip", "git", "sudo", "yolo":
      "yolos is not a shell; 'help' lists the commands"
    default: nil
    }
  }
}
