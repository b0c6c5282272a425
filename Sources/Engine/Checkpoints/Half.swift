/// IEEE 754 binary16 numbers by their bits: one of sign, five of exponent, ten of fraction.
///
/// Written out so that a file has the same bytes on every machine.
package enum Half {
  /// The largest finite number.
  package static let greatest: Float = 65504

  /// The single with exactly the value of a half.
  package static func single(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10) & 31
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0:
      // Zero or subnormal: fraction · 2⁻²⁴, exact in single precision.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The half nearest to a single; of two equally near the one with an even fraction.
  ///
  /// Numbers of 65520 and above become infinite; not-a-number stays so.
  package static func nearest(_ single: Float) -> UInt16 {
    let bits = single.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let exponent = Int(bits >> 23 & 0xFF) - 127
    let fraction = bits & 0x7F_FFFF
    if exponent == 128 {
      // A quiet bit keeps not-a-number from turning into infinity when its fraction is cut.
      return sign | 0x7C00 | (fraction == 0 ? 0 : 0x200 | UInt16(fraction >> 13))
    }
    if exponent > 15 { return sign | 0x7C00 }
    if exponent >= -14 {
      // A carry out of the fraction runs into the exponent, as it must.
      let kept = UInt32(exponent + 15) << 10 | fraction >> 13
      return sign | UInt16(rounded(kept, dropped: fraction & 0x1FFF, half: 0x1000))
    }
    guard exponent >= -25 else { return sign }
    // Subnormal: the value in units of 2⁻²⁴.
    let shift = UInt32(-exponent - 1)
    let whole = fraction | 0x80_0000
    let dropped = whole & (1 << shift - 1)
    return sign | UInt16(rounded(whole >> shift, dropped: dropped, half: 1 << (shift - 1)))
  }

  /// The value that `single` has after it was stored as a half.
  package static func rounded(_ single: Float) -> Float { Half.single(nearest(single)) }

  private static func rounded(_ kept: UInt32, dropped: UInt32, half: UInt32) -> UInt32 {
    dropped > half || (dropped == half && kept & 1 == 1) ? kept + 1 : kept
  }
}
