/// The written form of texts.
public enum StringLiteral {
  /// The text in quotes, with escapes and doubled braces, so that reading it gives the text again.
  public static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// The text with escapes and doubled braces, without quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "{": result += "{{"
      case "}": result += "}}"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}
