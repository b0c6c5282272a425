/// Which names a program may bind.
enum NameRules {
  /// Why a name cannot be bound, or nil.
  static func problem(with name: String, table: CommandTable) -> String? {
    if name == "_" { return "'_' is the last value at the prompt and cannot be bound" }
    if Keyword.all.contains(name) { return "'\(name)' is a word of the language" }
    if table[name] != nil { return "'\(name)' is a command; no variable may bear its name" }
    return nil
  }
}
