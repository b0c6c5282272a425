extension ElementaryFunctions {
  /// The natural logarithm; negative infinity at zero, NaN below.
  public static func log(_ x: Double) -> Double {
    if let special = specialLogarithm(x) { return special }
    let (k, f) = split(x)
    return logarithm(of: f, exponent: k, correction: 0)
  }

  /// log(1 + x) without cancellation near zero; negative infinity at -1, NaN below.
  public static func log1p(_ x: Double) -> Double {
    guard abs(x) >= 0x1p-54 else { return x }
    if x > -0.29, x < 0.41 { return logarithm(of: x, exponent: 0, correction: 0) }
    let u = 1 + x
    if let special = specialLogarithm(u) { return special }
    let (k, f) = split(u)
    let lost = x >= 1 ? 1 - (u - x) : x - (u - 1)
    return logarithm(of: f, exponent: k, correction: lost / u)
  }

  /// The natural logarithm, rounded from double precision.
  public static func log(_ x: Float) -> Float { Float(log(Double(x))) }

  /// x to the power y by the rules of IEEE 754: 1 for y = 0 and for x = 1 whatever the other is, NaN
  /// for a negative x unless y is an integer.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    let isInteger = y.rounded(.towardZero) == y
    let isOdd = isInteger && abs(y) < 0x1p53 && Int64(y) & 1 == 1
    let isNegative = x.sign == .minus && isOdd
    let size = abs(x)
    if size == 0 || size.isInfinite {
      let grows = (size == 0) == (y < 0)
      return (isNegative ? -1 : 1) * (grows ? .infinity : 0)
    }
    if x < 0 && !isInteger && y.isFinite { return .nan }
    if size == 1 { return isNegative ? -1 : 1 }
    // From here |log x| is at least 2^-53, so an exponent of 2^64 overflows or underflows.
    if abs(y) >= 0x1p64 { return (size > 1) == (y > 0) ? .infinity : 0 }
    let (head, tail) = accurateLogarithm(size)
    let (product, error) = exactProduct(y, head)
    let result = exp(product, tail: error + y * tail)
    return isNegative ? -result : result
  }
}

extension ElementaryFunctions {
  /// What the logarithm is where there is nothing to compute.
  private static func specialLogarithm(_ x: Double) -> Double? {
    if x.bitPattern << 1 == 0 { return -.infinity }
    if x.isNaN || x.sign == .minus { return .nan }
    return x == .infinity ? x : nil
  }

  /// The k and f with x = 2^k (1 + f), 1 + f in [0.7, 1.42); x positive and finite.
  private static func split(_ x: Double) -> (k: Int, f: Double) {
    var bits = x.bitPattern, k = -1023
    if bits >> 52 == 0 {
      let shift = bits.leadingZeroBitCount - 11
      bits = (bits << UInt64(shift)) & 0xF_FFFF_FFFF_FFFF
      k -= shift - 1
    }
    k += Int(bits >> 52)
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    // The fraction of the square root of 2 divides the two halves.
    let isUpper = fraction >= 0x6_A09E_667F_3BCD
    let m = Double(bitPattern: fraction | (isUpper ? 1022 : 1023) << 52)
    return (isUpper ? k + 1 : k, m - 1)
  }

  /// k log 2 + log(1 + f) + correction for |f| <= 0.42.
  private static func logarithm(of f: Double, exponent k: Int, correction: Double) -> Double {
    // With s = f / (2 + f), log(1 + f) = 2 artanh s = 2s + 2s^3 / 3 + 2s^5 / 5 + ...; rewritten so
    // that f itself, which is exact, carries the result. Left out: z^12 / 12 < 3e-20, z <= 0.0295.
    let s = f / (2 + f), z = s * s
    var p = 2.0 / 23
    p = p * z + 2.0 / 21
    p = p * z + 2.0 / 19
    p = p * z + 2.0 / 17
    p = p * z + 2.0 / 15
    p = p * z + 2.0 / 13
    p = p * z + 2.0 / 11
    p = p * z + 2.0 / 9
    p = p * z + 2.0 / 7
    p = p * z + 2.0 / 5
    p = p * z + 2.0 / 3
    let half = 0.5 * f * f, rest = s * (half + p * z)
    if k == 0 { return f - (half - (rest + correction)) }
    let exponent = Double(k)
    return exponent * ln2Head - ((half - (rest + (exponent * ln2Tail + correction))) - f)
  }

  /// The logarithm as a sum of two numbers, to about 64 bits; x positive and finite.
  private static func accurateLogarithm(_ x: Double) -> (head: Double, tail: Double) {
    let (k, f) = split(x)
    // s = f / (2 + f) in two parts.
    let (d, dLow) = exactSum(2, f)
    let s = f / d
    let (back, backLow) = exactProduct(s, d)
    let sLow = (((f - back) - backLow) - s * dLow) / d
    // z = s^2 and z / 3 in two parts, then 2s (z / 3).
    let (z, zError) = exactProduct(s, s)
    let zLow = zError + 2 * s * sLow
    let third = z / 3
    let (thrice, thriceLow) = exactProduct(third, 3)
    let thirdLow = (((z - thrice) - thriceLow) + zLow) / 3
    let (cubic, cubicError) = exactProduct(2 * s, third)
    let cubicLow = cubicError + 2 * (s * thirdLow + sLow * third)
    // The rest of the series is below 2^-12 of the result: one part is enough.
    var p = 1.0 / 23
    p = p * z + 1.0 / 21
    p = p * z + 1.0 / 19
    p = p * z + 1.0 / 17
    p = p * z + 1.0 / 15
    p = p * z + 1.0 / 13
    p = p * z + 1.0 / 11
    p = p * z + 1.0 / 9
    p = p * z + 1.0 / 7
    p = p * z + 1.0 / 5
    let rest = 2 * s * (z * z * p)
    let (a, aLow) = exactSum(Double(k) * ln2Head, 2 * s)
    let (b, bLow) = exactSum(a, cubic)
    let low = ((rest + cubicLow) + 2 * sLow) + (aLow + bLow) + Double(k) * ln2Tail
    let head = b + low
    return (head, (b - head) + low)
  }

  /// a + b as the rounded sum and its error (Knuth).
  static func exactSum(_ a: Double, _ b: Double) -> (Double, Double) {
    let sum = a + b, partner = sum - a
    return (sum, (a - (sum - partner)) + (b - partner))
  }

  /// a b as the rounded product and its error (Veltkamp and Dekker); no overflow below 2^995.
  static func exactProduct(_ a: Double, _ b: Double) -> (Double, Double) {
    let product = a * b
    let aSplit = a * 134_217_729, bSplit = b * 134_217_729
    let aHead = aSplit - (aSplit - a), bHead = bSplit - (bSplit - b)
    let aTail = a - aHead, bTail = b - bHead
    let error = ((aHead * bHead - product) + aHead * bTail + aTail * bHead) + aTail * bTail
    return (product, error)
  }
}
