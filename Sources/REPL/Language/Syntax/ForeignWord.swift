/// Words of other languages, for hints to those who come from there.
enum ForeignWord {
  /// What stands here in the place of a word, or nil.
  static func hint(for word: String) -> String? {
    switch word {
    case "while", "until", "loop", "repeat", "foreach":
      "a loop is written 'for name in list { … }'"
    case "elif", "elseif", "elsif": "write '} else if condition { … }'"
    case "switch", "case", "match", "when": "write 'if … { … } else if … { … }'"
    case "let", "var", "const", "local": "a name is bound by 'name = value' alone"
    case "function", "func", "fn", "fun", "proc", "class":
      "a command of your own begins with 'def'"
    case "import", "from", "use", "require", "using", "source":
      "the lines of another file are brought in by 'include \"file.yolos\"'"
    case "break", "continue": "a loop goes through its whole list; choose with 'if'"
    case "try", "catch", "except", "raise", "throw":
      "an error ends the run; 'assert' says what must hold"
    case "echo", "puts", "printf", "println": "write 'print'"
    case "clear", "cls": "Ctrl-L clears the screen"
    case "exit", "quit": "a script ends with its last line; the prompt with Ctrl-D"
    case "null", "nil", "None", "undefined": "write 'none'"
    case "ls", "cd", "pwd", "cat", "python", "pip", "git", "sudo", "yolo":
      "there is no shell here; 'help' lists the commands"
    default: nil
    }
  }
}
