/// How a notation writes the scalars that may not stand in it as they are.
///
/// One function and a table for each notation; what a notation adds beyond that (quotes around a text, the
/// rules of a line) is its writer's business.
public struct Escaping: Sendable {
  private let marks: [Unicode.Scalar: String]
  private let control: (@Sendable (Unicode.Scalar) -> String)?

  /// A notation.
  ///
  /// - Parameters:
  ///   - marks: What stands for single scalars.
  ///   - control: What stands for control characters (U+0000 to U+001F, and U+007F) that have no mark; nil
  ///     where they stand for themselves.
  public init(
    _ marks: [Unicode.Scalar: String], control: (@Sendable (Unicode.Scalar) -> String)? = nil
  ) {
    (self.marks, self.control) = (marks, control)
  }

  /// The text as the notation writes it.
  public func callAsFunction(_ text: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let mark = marks[scalar] {
        result.append(contentsOf: mark.unicodeScalars)
      } else if let control, scalar.value < 0x20 || scalar.value == 0x7F {
        result.append(contentsOf: control(scalar).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// A scalar's number in hexadecimal digits, at least so many of them.
  static func hexadecimal(_ scalar: Unicode.Scalar, digits: Int = 1) -> String {
    let text = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension Escaping {
  private static let backslashes: [Unicode.Scalar: String] = [
    "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r",
  ]

  private static func joined(
    _ more: [Unicode.Scalar: String], to marks: [Unicode.Scalar: String]
  ) -> [Unicode.Scalar: String] { marks.merging(more) { $1 } }

  /// The inside of a JSON string (RFC 8259, section 7); YAML reads it alike in double quotes.
  ///
  /// JSON would take U+007F as it is, YAML would not.
  public static let json = Escaping(
    joined(["\"": "\\\""], to: backslashes), control: { "\\u" + hexadecimal($0, digits: 4) })

  /// The inside of a text of our own language, in which braces open an interpolation.
  public static let script = Escaping(
    joined(["\"": "\\\"", "{": "{{", "}": "}}"], to: backslashes),
    control: { "\\u{\(hexadecimal($0))}" })

  /// The inside of a Python literal in single quotes.
  public static let python = Escaping(
    joined(["'": "\\'"], to: backslashes), control: { "\\x" + hexadecimal($0, digits: 2) })

  /// Text between the tags of XML.
  public static let xml = Escaping(["&": "&amp;", "<": "&lt;", ">": "&gt;"])

  /// Text of HTML, between tags or in an attribute.
  public static let html = Escaping(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
}
