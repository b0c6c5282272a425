internal import CAugment

/// A change of hue, saturation and brightness over 8-bit HSV, as OpenCV defines it: hue in 0...179.
package struct ColorShift: Equatable, Sendable {
  /// Added to the hue, as a part of the circle.
  package var hue: Double
  /// The saturation is multiplied by one plus this.
  package var saturation: Double
  /// The brightness is multiplied by one plus this.
  package var value: Double

  package init(hue: Double, saturation: Double, value: Double) {
    (self.hue, self.saturation, self.value) = (hue, saturation, value)
  }

  /// Whether nothing changes.
  var isNone: Bool { hue == 0 && saturation == 0 && value == 0 }

  /// Everything about one pixel that depends on one byte alone.
  var tables: yolos_color_tables {
    var tables = yolos_color_tables()
    // SAFETY: each imported C array is seen as bytes for one call, and all of it is written.
    unsafe withUnsafeMutableBytes(of: &tables.per_value) { bytes in
      let table = unsafe bytes.bindMemory(to: Int32.self)
      for i in 1..<256 { unsafe table[i] = Int32(((255.0 * 4096) / Double(i)).rounded()) }
    }
    unsafe withUnsafeMutableBytes(of: &tables.per_chroma) { bytes in
      let table = unsafe bytes.bindMemory(to: Int32.self)
      for i in 1..<256 { unsafe table[i] = Int32(((30.0 * 4096) / Double(i)).rounded()) }
    }
    unsafe withUnsafeMutableBytes(of: &tables.saturation) { table in
      for i in 0..<256 { unsafe table[i] = Self.scaled(i, by: 1 + saturation) }
    }
    unsafe withUnsafeMutableBytes(of: &tables.value) { table in
      for i in 0..<256 { unsafe table[i] = Self.scaled(i, by: 1 + value) }
    }
    let falls = (0..<180).map { Self.falls(hue: newHue($0)) }
    unsafe withUnsafeMutableBytes(of: &tables.fall) { table in
      for (h, fall) in falls.enumerated() {
        for c in 0..<3 { unsafe table[180 * c + h] = fall[c] }
      }
    }
    return tables
  }

  /// Cut, not rounded: that is how the reference makes its tables.
  private static func scaled(_ level: Int, by factor: Double) -> UInt8 {
    UInt8(min(max(Double(level) * factor, 0), 255))
  }

  private func newHue(_ old: Int) -> Int {
    let moved = Double(old) + hue * 180
    let wrapped = moved - (moved / 180).rounded(.down) * 180
    return min(Int(wrapped), 179)
  }

  /// How far red, green and blue fall below the value at full saturation, in thirtieths.
  ///
  /// With the hue in sectors of sixty degrees, k = (n + hue) mod 6 and n = 5, 3, 1, it is
  /// max(0, min(k, 4 - k, 1)).
  private static func falls(hue: Int) -> [UInt8] {
    [150, 90, 30].map { shift in
      let k = (hue + shift) % 180
      return UInt8(min(max(min(k, 120 - k), 0), 30))
    }
  }
}
