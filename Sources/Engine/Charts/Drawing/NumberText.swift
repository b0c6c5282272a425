/// Numbers as people read them, without the machine's locale.
package enum NumberText {
  /// `mantissa * 10^exponent`, exactly: `(25, -1)` is "2.5", `(-3, 2)` is "−300".
  package static func exact(mantissa: Int, exponent: Int) -> String {
    let sign = mantissa < 0 ? "−" : ""
    var digits = String(mantissa.magnitude)
    if mantissa == 0 { return "0" + (exponent < 0 ? "." + zeros(-exponent) : "") }
    guard exponent < 0 else { return sign + digits + zeros(exponent) }
    if digits.count <= -exponent { digits = zeros(-exponent - digits.count + 1) + digits }
    return sign + digits.dropLast(-exponent) + "." + digits.suffix(-exponent)
  }

  /// A number with so many decimals, half away from zero; "–" for what is not finite.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scaled = value * (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    guard scaled.isFinite, scaled.magnitude < 9e15 else { return value.isFinite ? "\(value)" : "–" }
    return exact(mantissa: Int(scaled.rounded()), exponent: -decimals)
  }

  /// A number with at most three significant digits: "0.0123", "4.5", "78.9", "1234".
  package static func short(_ value: Double) -> String {
    let size = value.magnitude
    guard size > 0, size.isFinite else { return size == 0 ? "0" : "–" }
    var decimals = 2, limit = 10.0
    while size >= limit, decimals > 0 { (decimals, limit) = (decimals - 1, limit * 10) }
    var least = 1.0
    while size < least, decimals < 12 { (decimals, least) = (decimals + 1, least / 10) }
    var text = Substring(fixed(value, decimals))
    guard text.contains(".") else { return String(text) }
    while text.last == "0" { text = text.dropLast() }
    return String(text.last == "." ? text.dropLast() : text)
  }

  /// A whole number in superscript, as in 10⁻³.
  package static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let text = String(number.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (number < 0 ? "⁻" : "") + String(text)
  }

  private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
}
