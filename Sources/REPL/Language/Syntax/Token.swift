/// The smallest piece of a program that means something.
struct Token: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case name, keyword, number, string, prose, newline, end
    case symbol
  }

  let kind: Kind
  /// The text of names, keywords and symbols; empty for the others.
  let text: String
  let span: Span
  /// Whether blanks or a newline stand before it.
  let followsBlank: Bool
  /// The operator that it is by itself; `not in` is two tokens.
  let operation: BinaryOperator?

  func `is`(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
  func isKeyword(_ word: String) -> Bool { kind == .keyword && text == word }

  /// How messages name it.
  var description: String {
    switch kind {
    case .newline: "the end of the line"
    case .end: "the end of the text"
    case .string: "a string"
    case .number: "a number"
    case .prose: "prose"
    default: "'\(text)'"
    }
  }
}

/// The words of the language itself; no variable and no command may bear one.
package enum Keyword {
  /// All of them.
  package static let all: Set<String> = [
    "param", "for", "in", "if", "else", "def", "return", "assert", "include", "and", "or", "not",
    "true", "false", "none",
  ]
}
