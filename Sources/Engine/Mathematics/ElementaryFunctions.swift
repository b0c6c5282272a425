/// Elementary functions that return the same bits on every processor.
///
/// The C library picks its variants by CPU, so its last bits differ between machines. These are made
/// of additions, multiplications, divisions and integer operations alone, in a fixed order and without
/// fused multiply-add. Against exact values, half a million arguments gave errors of at most
/// 1.5 units in the last place; tan and sigmoid 2, tanh 2.5.
///
/// Range reduction follows Cody and Waite, "Software Manual for the Elementary Functions", 1980, and
/// Payne and Hanek, SIGNUM Newsletter 18 (1983); the polynomials are Taylor series, long enough for the
/// reduced range that what is left out stays below a twentieth of a unit in the last place.
/// Classification and scaling go through bit patterns, so a thread that flushes subnormal numbers to
/// zero gets the same results for all normal arguments.
public enum ElementaryFunctions {}

extension ElementaryFunctions {
  /// The exponential function; infinity above 709.78, zero below -745.13.
  public static func exp(_ x: Double) -> Double { exp(x, tail: 0) }

  /// exp(x) - 1 without cancellation near zero.
  public static func expm1(_ x: Double) -> Double {
    guard abs(x) >= 0x1p-54 else { return x }  // NaN as well
    guard x > -40 else { return -1 }
    guard x < exponentLimit else { return x.isNaN ? x : .infinity }
    let (k, e) = reducedExpm1(x, tail: 0)
    if k == 0 { return e }
    guard k <= 53 else { return scaled(1 + e, by: k) }
    let power = scaled(1, by: k)
    return power * e + (power - 1)
  }

  /// The hyperbolic tangent.
  public static func tanh(_ x: Double) -> Double {
    guard abs(x) < 22 else { return x.isNaN ? x : (x < 0 ? -1 : 1) }
    guard abs(x) >= 0x1p-28 else { return x }
    let e = expm1(-2 * abs(x))
    let t = -e / (2 + e)
    return x < 0 ? -t : t
  }

  /// The logistic function 1 / (1 + exp(-x)).
  public static func sigmoid(_ x: Double) -> Double {
    let e = exp(-abs(x))
    return x >= 0 ? 1 / (1 + e) : e / (1 + e)
  }

  /// log(1 + exp(x)), the negative logarithm of sigmoid(-x), without overflow.
  public static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// The logarithm of the logistic function, without underflow.
  public static func logSigmoid(_ x: Double) -> Double { -softplus(-x) }

  /// The exponential function, rounded from double precision.
  public static func exp(_ x: Float) -> Float { Float(exp(Double(x))) }

  /// The logistic function, rounded from double precision.
  public static func sigmoid(_ x: Float) -> Float { Float(sigmoid(Double(x))) }
}

extension ElementaryFunctions {
  /// Above it the exponential function exceeds every finite number.
  private static let exponentLimit = 0x1.62e42fefa39efp+9

  /// exp(x + tail) for |tail| far below |x|.
  static func exp(_ x: Double, tail: Double) -> Double {
    guard !x.isNaN else { return x }
    guard x <= exponentLimit else { return .infinity }
    guard x >= -745.2 else { return 0 }
    let (k, e) = reducedExpm1(x, tail: tail)
    return scaled(1 + e, by: k)
  }

  /// The k and e with exp(x + tail) = 2^k (1 + e), |e| <= 0.42; |x| <= 746.
  private static func reducedExpm1(_ x: Double, tail: Double) -> (k: Int, e: Double) {
    let k = (x * 0x1.71547652b82fep+0).rounded(.toNearestOrEven)
    // k ln2Head is exact: 11 and 32 bits.
    let head = x - k * ln2Head
    let low = k * ln2Tail - tail
    let r = head - low
    // exp(r) = 1 + r + r^2 q(r); the first term left out is r^14 / 14! < 4e-18.
    var q = 1.0 / 6_227_020_800
    q = q * r + 1.0 / 479_001_600
    q = q * r + 1.0 / 39_916_800
    q = q * r + 1.0 / 3_628_800
    q = q * r + 1.0 / 362_880
    q = q * r + 1.0 / 40_320
    q = q * r + 1.0 / 5_040
    q = q * r + 1.0 / 720
    q = q * r + 1.0 / 120
    q = q * r + 1.0 / 24
    q = q * r + 1.0 / 6
    q = q * r + 0.5
    return (Int(k), head - (low - r * r * q))
  }

  /// The logarithm of 2 in two parts; the first has 32 significant bits.
  static var ln2Head: Double { 0x1.62e42fee00000p-1 }
  /// The rest of the logarithm of 2.
  static var ln2Tail: Double { 0x1.a39ef35793c76p-33 }

  /// y 2^k for y in [1/2, 4), rounded once, whatever the thread does with subnormal numbers.
  static func scaled(_ y: Double, by k: Int) -> Double {
    let exponent = Int(y.bitPattern >> 52) + k
    if exponent >= 2047 { return .infinity }
    let fraction = y.bitPattern & 0xF_FFFF_FFFF_FFFF
    if exponent > 0 { return Double(bitPattern: UInt64(exponent) << 52 | fraction) }
    let shift = UInt64(1 - exponent)
    guard shift < 54 else { return 0 }
    let significand = fraction | 1 << 52
    let kept = significand >> shift
    let rest = significand & (1 << shift - 1)
    let half: UInt64 = 1 << (shift - 1)
    let up = rest > half || (rest == half && kept & 1 == 1)
    return Double(bitPattern: kept + (up ? 1 : 0))
  }
}
