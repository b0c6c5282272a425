extension ElementaryFunctions {
  /// The sine of an angle in radians, of any size; NaN for infinities.
  public static func sin(_ x: Double) -> Double {
    guard abs(x) >= 0x1p-27 else { return x }
    let (quadrant, r, tail) = reduced(x)
    switch quadrant & 3 {
    case 0: return sineKernel(r, tail)
    case 1: return cosineKernel(r, tail)
    case 2: return -sineKernel(r, tail)
    default: return -cosineKernel(r, tail)
    }
  }

  /// The cosine of an angle in radians, of any size; NaN for infinities.
  public static func cos(_ x: Double) -> Double {
    let (quadrant, r, tail) = reduced(x)
    switch quadrant & 3 {
    case 0: return cosineKernel(r, tail)
    case 1: return -sineKernel(r, tail)
    case 2: return -cosineKernel(r, tail)
    default: return sineKernel(r, tail)
    }
  }

  /// The tangent of an angle in radians, within two units in the last place; NaN for infinities.
  public static func tan(_ x: Double) -> Double {
    guard abs(x) >= 0x1p-27 else { return x }
    let (quadrant, r, tail) = reduced(x)
    let sine = sineKernel(r, tail), cosine = cosineKernel(r, tail)
    return quadrant & 1 == 0 ? sine / cosine : -cosine / sine
  }

  /// The angle whose tangent is x, in radians between -pi/2 and pi/2.
  public static func atan(_ x: Double) -> Double {
    guard abs(x) >= 0x1p-27 else { return x }
    let size = abs(x), isSteep = size > 1
    // With c = j / 8, atan(y) = atan(c) + atan((y - c) / (1 + c y)); y is |x| or 1 / |x|.
    let j = ((isSteep ? 1 / size : size) * 8).rounded(.toNearestOrEven), c = j / 8
    let t: Double
    if size.isInfinite {
      t = 0
    } else {
      t = isSteep ? (1 - c * size) / (size + c) : (size - c) / (1 + c * size)
    }
    let (head, low) = arcTangentOfEighths(Int(j))
    // |t| <= 1/16: the first term left out is t^17 / 17 < 4e-22.
    let z = t * t
    var p = -1.0 / 15
    p = p * z + 1.0 / 13
    p = p * z - 1.0 / 11
    p = p * z + 1.0 / 9
    p = p * z - 1.0 / 7
    p = p * z + 1.0 / 5
    p = p * z - 1.0 / 3
    let angle = low + t * z * p
    let result =
      isSteep ? halfPi.head - (head + (t + (angle - halfPi.tail))) : head + (t + angle)
    return x < 0 ? -result : result
  }

  /// The angle whose tangent is x, rounded from double precision.
  public static func atan(_ x: Float) -> Float { Float(atan(Double(x))) }
}

extension ElementaryFunctions {
  /// pi / 2 in two parts.
  private static var halfPi: (head: Double, tail: Double) {
    (0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54)
  }

  /// The sine of r + tail, |r| <= 0.79.
  private static func sineKernel(_ r: Double, _ tail: Double) -> Double {
    // Left out: r^19 / 19! < 1e-19 of r.
    let z = r * r
    var p = 1.0 / 355_687_428_096_000
    p = p * z - 1.0 / 1_307_674_368_000
    p = p * z + 1.0 / 6_227_020_800
    p = p * z - 1.0 / 39_916_800
    p = p * z + 1.0 / 362_880
    p = p * z - 1.0 / 5_040
    p = p * z + 1.0 / 120
    p = p * z - 1.0 / 6
    return r + (r * z * p + tail * (1 - 0.5 * z))
  }

  /// The cosine of r + tail, |r| <= 0.79.
  private static func cosineKernel(_ r: Double, _ tail: Double) -> Double {
    // Left out: r^18 / 18! < 3e-18.
    let z = r * r
    var p = 1.0 / 20_922_789_888_000
    p = p * z - 1.0 / 87_178_291_200
    p = p * z + 1.0 / 479_001_600
    p = p * z - 1.0 / 3_628_800
    p = p * z + 1.0 / 40_320
    p = p * z - 1.0 / 720
    p = p * z + 1.0 / 24
    let half = 0.5 * z, w = 1 - half
    return w + (((1 - w) - half) + (z * z * p - r * tail))
  }

  /// x as a multiple of pi / 2 and a remainder in two parts, at most pi / 4.
  private static func reduced(_ x: Double) -> (quadrant: Int, r: Double, tail: Double) {
    guard x.isFinite else { return (0, .nan, .nan) }
    if abs(x) <= 0.785 { return (0, x, 0) }
    if abs(x) >= 0x1p20 {
      let (quadrant, r, tail) = reducedByBits(abs(x))
      return x < 0 ? (-quadrant, -r, -tail) : (quadrant, r, tail)
    }
    // pi / 2 in three parts of 33 bits and a rest: their products with k < 2^20 are exact.
    let k = (x * 0x1.45f306dc9c883p-1).rounded(.toNearestOrEven)
    let first = x - k * 0x1.921fb54400000p+0
    let (second, secondLow) = exactSum(first, -k * 0x1.0b4611a600000p-34)
    let (third, thirdLow) = exactSum(second, -k * 0x1.3198a2e000000p-69)
    let low = (secondLow + thirdLow) - k * 0x1.b839a252049c1p-104
    let r = third + low
    return (Int(k), r, (third - r) + low)
  }

  /// The same for x >= 2^20, from as many bits of 2 / pi as the exponent asks for.
  private static func reducedByBits(_ x: Double) -> (quadrant: Int, r: Double, tail: Double) {
    // x = m 2^e with an integer m; bits of 2 / pi that only add multiples of 4 to the product are
    // passed over, and 192 bits are taken from there: 190 of the product's lie behind the point.
    let m = x.significandBitPattern | 1 << 52
    let position = Int(x.exponent) - 52 - 2 + 64
    var words = (0..<3).map { bitsOfTwoOverPi(at: position + 64 * $0) }
    var carry: UInt64 = 0
    for i in [2, 1, 0] {
      let (high, low) = words[i].multipliedFullWidth(by: m)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      (words[i], carry) = (sum, high &+ (overflow ? 1 : 0))
    }
    var quadrant = Int(words[0] >> 62)
    var fraction = (words[0] << 2 | words[1] >> 62, words[1] << 2 | words[2] >> 62)
    let isUpper = fraction.0 >> 63 == 1
    if isUpper {
      quadrant += 1
      fraction = (~fraction.0, ~fraction.1)
    }
    let shift = UInt64(min(fraction.0.leadingZeroBitCount, 63))
    let top = fraction.0 << shift | (shift == 0 ? 0 : fraction.1 >> (64 - shift))
    let scale = Double(sign: .plus, exponent: -64 - Int(shift), significand: 1)
    let head = Double(top & ~0x7FF) * scale
    let tail = (Double(top & 0x7FF) + Double(fraction.1 << shift) * 0x1p-64) * scale
    let (r, error) = exactProduct(head, halfPi.head)
    let low = error + head * halfPi.tail + tail * halfPi.head
    let sum = r + low, rest = (r - sum) + low
    return isUpper ? (quadrant, -sum, -rest) : (quadrant, sum, rest)
  }

  /// 64 bits of 2 / pi from a position on; position 64 is the first bit behind the point.
  private static func bitsOfTwoOverPi(at position: Int) -> UInt64 {
    let word = position / 64, shift = UInt64(position % 64)
    let high = twoOverPi[word] << shift
    return shift == 0 ? high : high | twoOverPi[word + 1] >> (64 - shift)
  }

  /// Zero, then the first 1280 bits of 2 / pi.
  private static let twoOverPi: [UInt64] = [
    0, 0xA2F9_836E_4E44_1529, 0xFC27_57D1_F534_DDC0, 0xDB62_9599_3C43_9041,
    0xFE51_63AB_DEBB_C561, 0xB724_6E3A_424D_D2E0, 0x0649_2EEA_09D1_921C, 0xFE1D_EB1C_B129_A73E,
    0xE882_35F5_2EBB_4484, 0xE99C_7026_B45F_7E41, 0x3991_D639_8353_39F4, 0x9C84_5F8B_BDF9_283B,
    0x1FF8_97FF_DE05_980F, 0xEF2F_118B_5A0A_6D1F, 0x6D36_7ECF_27CB_09B7, 0x4F46_3F66_9E5F_EA2D,
    0x7527_BAC7_EBE5_F17B, 0x3D07_39F7_8A52_92EA, 0x6BFB_5FB1_1F8D_5D08, 0x5603_3046_FC7B_6BAB,
    0xF0CF_BC20_9AF4_361D,
  ]

  /// atan(j / 8) in two parts, for j in 0...8.
  private static func arcTangentOfEighths(_ j: Int) -> (head: Double, tail: Double) {
    switch j {
    case 0: (0, 0)
    case 1: (0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59)
    case 2: (0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57)
    case 3: (0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56)
    case 4: (0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56)
    case 5: (0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58)
    case 6: (0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56)
    case 7: (0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56)
    default: (0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55)
    }
  }
}
