/// How a value in braces is to be written: the part behind `:` in `{map:.3f}`.
///
/// `[[fill]align][sign][0][width][,][.precision][type]`, as Python users know it. Align is `<`,
/// `>` or `^`; sign `+` or blank; type one of `d f e g % s`.
package struct FormatSpecification: Equatable, Sendable {
  enum Alignment: Character { case left = "<", right = ">", center = "^" }
  enum Style: Character {
    case whole = "d", fixed = "f", exponent = "e", general = "g",
      percent = "%", string = "s"
  }

  /// As it is written.
  let text: String
  private(set) var fill: Character = " "
  private(set) var alignment: Alignment?
  private(set) var sign: Character?
  private(set) var width = 0
  private(set) var groups = false
  private(set) var precision: Int?
  private(set) var style: Style?

  /// What is wrong with a specification.
  struct Problem: Error { let message: String }

  /// Reads the text behind the colon.
  init(_ text: String) throws(Problem) {
    self.text = text
    var rest = Array(text)[...]
    if rest.count >= 2, let align = Alignment(rawValue: rest[rest.startIndex + 1]) {
      fill = rest.removeFirst()
      alignment = align
      rest.removeFirst()
    } else if let first = rest.first, let align = Alignment(rawValue: first) {
      alignment = align
      rest.removeFirst()
    }
    if let first = rest.first, first == "+" || first == " " || first == "-" {
      sign = first == "-" ? nil : first
      rest.removeFirst()
    }
    if rest.first == "0", alignment == nil {
      (fill, alignment) = ("0", .right)
      rest.removeFirst()
    }
    width = try Self.number(&rest, limit: 1000, name: "width") ?? 0
    if rest.first == "," {
      groups = true
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = try Self.number(&rest, limit: 100, name: "precision") else {
        throw Problem(message: "a format needs digits after '.', as in '.3f'")
      }
      precision = digits
    }
    if let first = rest.first, let style = Style(rawValue: first) {
      self.style = style
      rest.removeFirst()
    }
    guard rest.isEmpty else {
      throw Problem(
        message: "a format looks like '.3f', 'd', '>10', '.1%', not '\(text)'")
    }
  }

  private static func number(_ rest: inout ArraySlice<Character>, limit: Int, name: String)
    throws(Problem) -> Int?
  {
    var result: Int?
    while let first = rest.first, first.isASCII, let digit = first.wholeNumberValue {
      result = (result ?? 0) * 10 + digit
      rest.removeFirst()
      guard let value = result, value <= limit else {
        throw Problem(message: "the \(name) in a format is at most \(limit)")
      }
    }
    return result
  }

  /// Writes a value in this form.
  func format(_ value: Value) throws(Problem) -> String {
    if let number = value.asNumber, style != .string { return try format(number) }
    if value.isNone { return pad("–", right: false) }
    guard style == nil || style == .string else {
      throw Problem(message: "this format is for numbers, and the value is \(value.type)")
    }
    let text = value.text
    return pad(precision.map { String(text.prefix($0)) } ?? text, right: false)
  }

  private func format(_ number: Double) throws(Problem) -> String {
    guard number.isFinite else {
      return pad(number.isNaN ? "nan" : number < 0 ? "-inf" : "inf", right: true)
    }
    var digits = try magnitude(of: abs(number))
    if groups { digits = Self.grouped(digits) }
    let isZero = !digits.contains { ("1"..."9").contains($0) }
    let mark = number < 0 && !isZero ? "-" : sign.map(String.init) ?? ""
    if fill == "0", alignment == .right {
      let zeros = max(0, width - digits.count - mark.count)
      return mark + String(repeating: "0", count: zeros) + digits
    }
    return pad(mark + digits, right: true)
  }

  private func magnitude(of number: Double) throws(Problem) -> String {
    let exact = ExactDecimal(number)
    switch style {
    case .whole:
      guard number.rounded() == number else {
        throw Problem(message: "format 'd' is for whole numbers; '.0f' rounds")
      }
      return exact.fixed(0)
    case .fixed: return exact.fixed(precision ?? 6)
    case .percent: return exact.fixed(precision ?? 6, shift: 2) + "%"
    case .exponent: return exact.scientific(precision ?? 6)
    case .general: return exact.general(max(1, precision ?? 6))
    case .string, nil:
      if let precision { return exact.general(max(1, precision)) }
      return NumberFormat.shortest(number)
    }
  }

  private static func grouped(_ text: String) -> String {
    let whole = text.prefix { $0.isNumber }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result + text.dropFirst(whole.count)
  }

  private func pad(_ text: String, right: Bool) -> String {
    let missing = max(0, width - DisplayWidth.of(text))
    let before =
      switch alignment ?? (right ? .right : .left) {
      case .left: 0
      case .right: missing
      case .center: missing / 2
      }
    return String(repeating: fill, count: before) + text
      + String(repeating: fill, count: missing - before)
  }
}
