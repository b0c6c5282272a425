/// The written form of numbers; the same on every machine, whatever its locale.
package enum NumberFormat {
  /// The shortest text that reads back as the same number; whole numbers below 2⁵³ in full.
  package static func shortest(_ number: Double) -> String {
    if number.rounded() == number, abs(number) <= 0x1p53 { return String(Int(number)) }
    return number.description
  }
}
