/// The `_` of the prompt in a text.
enum LastValue {
  /// The text with every `_` that stands alone, outside of strings, replaced.
  static func replaced(in text: String, by value: String) -> String {
    var result = "", word = "", isString = false, isEscaped = false
    func flush() {
      result += word == "_" ? value : word
      word = ""
    }
    for character in text {
      if isString {
        result.append(character)
        if character == "\"", !isEscaped { isString = false }
        isEscaped = character == "\\" && !isEscaped
      } else if character == "_" || character.isLetter || character.isNumber {
        word.append(character)
      } else {
        flush()
        result.append(character)
        isString = character == "\""
      }
    }
    flush()
    return result
  }
}
