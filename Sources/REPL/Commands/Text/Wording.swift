internal import Foundation

/// Numbers that people read: durations, sizes, counts.
enum Wording {
  /// "12.3 s", "3 m 12 s", "2 h 05 m".
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    if seconds < 59.95 { return fixed(seconds, seconds < 9.995 ? 2 : 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) m \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) m"
  }

  /// "512 KiB", "1.20 GiB".
  static func size(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(bytes), unit = 0
    while value >= 1024 && unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    let digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
    return "\(fixed(value, digits)) \(units[unit])"
  }

  /// "3,006,038".
  static func count(_ number: Int) -> String {
    let digits = String(abs(number))
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    groups.insert(rest, at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// "sheep, donkey", or of many the first and how many there are in all.
  static func names(_ names: [String]) -> String {
    let shown = 8
    guard names.count > shown else { return names.joined(separator: ", ") }
    return names.prefix(shown).joined(separator: ", ") + ", … (\(names.count) in all)"
  }

  /// A noun with its number: "1 image", "3 images".
  static func number(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(self.count(count)) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// A number with so many digits behind the point.
  static func fixed(_ number: Double, _ digits: Int) -> String {
    guard number.isFinite else { return number.isNaN ? "-" : "∞" }
    return String(format: "%.\(digits)f", locale: nil, number)
  }

  /// A small number with its power of ten: "3.2e-07".
  static func scientific(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "-" : "∞" }
    return String(format: "%.1e", locale: nil, number)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
