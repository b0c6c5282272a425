/// The decimal digits of a binary floating-point number, all of them, and roundings of them.
///
/// A finite double is m · 2ᵉ, so its decimal expansion ends; this writes it out with whole-number
/// arithmetic and rounds the exact value (a tie to the even digit), the same on every machine.
struct ExactDecimal {
  /// The digits, the first one not zero; empty for zero.
  private let digits: [UInt8]
  /// How many digits stand before the decimal point; may be negative.
  private let point: Int

  /// Expands a number that is finite and not negative.
  init(_ number: Double) {
    precondition(number.isFinite && number >= 0, "only finite numbers have decimal digits")
    guard number > 0 else {
      (digits, point) = ([], 0)
      return
    }
    // number = significand · 2^exponent with a whole significand.
    let isNormal = number.exponentBitPattern > 0
    let significand = number.significandBitPattern | (isNormal ? 1 << 52 : 0)
    let exponent = Int(isNormal ? number.exponentBitPattern : 1) - 1075
    // For a negative exponent: m / 2^k = m · 5^k / 10^k.
    var limbs = [UInt32(truncatingIfNeeded: significand % 1_000_000_000)]
    limbs.append(UInt32(truncatingIfNeeded: significand / 1_000_000_000 % 1_000_000_000))
    for _ in 0..<abs(exponent) { Self.multiply(&limbs, by: exponent < 0 ? 5 : 2) }
    var all = Self.decimal(limbs)
    let places = max(0, -exponent)
    point = all.count - places
    while all.last == 0 { all.removeLast() }
    digits = all
  }

  /// Multiplies a number in base 10⁹, least significant limb first.
  private static func multiply(_ limbs: inout [UInt32], by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = UInt64(limbs[index]) * factor + carry
      limbs[index] = UInt32(product % 1_000_000_000)
      carry = product / 1_000_000_000
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  private static func decimal(_ limbs: [UInt32]) -> [UInt8] {
    var reversed: [UInt8] = []
    for limb in limbs {
      var rest = limb
      for _ in 0..<9 {
        reversed.append(UInt8(rest % 10))
        rest /= 10
      }
    }
    while reversed.last == 0 { reversed.removeLast() }
    return reversed.reversed()
  }

  /// The first `count` digits, rounded; may give one digit more ("999" to "1000").
  private func rounded(to count: Int) -> (digits: [UInt8], carried: Bool) {
    guard count >= 0 else { return ([], false) }
    guard count < digits.count else {
      return (digits + [UInt8](repeating: 0, count: count - digits.count), false)
    }
    var kept = Array(digits[..<count])
    let isTie = digits[count] == 5 && digits.count == count + 1
    let isUp = isTie ? (kept.last ?? 0) % 2 == 1 : digits[count] >= 5
    guard isUp else { return (kept, false) }
    for index in kept.indices.reversed() {
      if kept[index] < 9 {
        kept[index] += 1
        return (kept, false)
      }
      kept[index] = 0
    }
    return ([1] + kept, true)
  }

  /// With `places` digits behind the point, after moving the point `shift` to the right.
  func fixed(_ places: Int, shift: Int = 0) -> String {
    guard !digits.isEmpty else { return Self.join([], places: places) }
    let kept = rounded(to: point + shift + places).digits
    return Self.join(kept, places: places)
  }

  private static func join(_ digits: [UInt8], places: Int) -> String {
    let missing = max(0, places + 1 - digits.count)
    let all = [UInt8](repeating: 0, count: missing) + digits
    let text = String(decoding: all.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    guard places > 0 else { return text }
    return "\(text.dropLast(places)).\(text.suffix(places))"
  }

  /// As `1.50e-04`, with `places` digits behind the point.
  func scientific(_ places: Int) -> String {
    let (kept, carried) =
      digits.isEmpty
      ? ([UInt8](repeating: 0, count: places + 1), false) : rounded(to: places + 1)
    let exponent = digits.isEmpty ? 0 : point - 1 + (carried ? 1 : 0)
    let mantissa = Self.join(Array(kept.prefix(places + 1)), places: places)
    return "\(mantissa)e\(Self.exponent(exponent))"
  }

  private static func exponent(_ value: Int) -> String {
    let magnitude = String(abs(value))
    return (value < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
  }

  /// With `count` significant digits, without trailing zeros; scientific for exponents below -4 or
  /// from `count` on.
  func general(_ count: Int) -> String {
    guard !digits.isEmpty else { return "0" }
    let (_, carried) = rounded(to: count)
    let exponent = point - 1 + (carried ? 1 : 0)
    guard exponent < -4 || exponent >= count else {
      return Self.withoutTrailingZeros(fixed(max(0, count - 1 - exponent)))
    }
    let text = scientific(count - 1)
    let mantissa = text.prefix { $0 != "e" }
    return Self.withoutTrailingZeros(String(mantissa)) + text.dropFirst(mantissa.count)
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var result = text
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return result
  }
}
