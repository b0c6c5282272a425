/// Which names a program may bind.
enum NameRules {
  /// Why a name cannot be bound, or nil.
  static func problem(with name: String, table: CommandTable) -> String? {
    if name == "_" { return "'_' is the last value at the prompt; you cannot assign to it" }
    if Keyword.all.contains(name) { return "'\(name)' is a keyword" }
    if table[name] != nil { return "'\(name)' is a command and cannot be the name of a variable" }
    return nil
  }
}
