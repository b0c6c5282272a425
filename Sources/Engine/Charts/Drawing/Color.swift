/// An opaque color.
public struct Color: Hashable, Sendable {
  /// Components in sRGB, 0...1.
  public let red, green, blue: Double

  /// A color from its components, 0...1.
  public init(red: Double, green: Double, blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// A color as in style sheets: `Color(0x0072B2)`.
  public init(_ hex: Int) {
    self.init(
      red: Double(hex >> 16 & 255) / 255, green: Double(hex >> 8 & 255) / 255,
      blue: Double(hex & 255) / 255)
  }

  /// The color between this and another one; `fraction` 0 is this, 1 the other.
  public func mixed(with other: Color, _ fraction: Double) -> Color {
    Color(
      red: red + (other.red - red) * fraction, green: green + (other.green - green) * fraction,
      blue: blue + (other.blue - blue) * fraction)
  }

  /// How light people see it, 0...1.
  ///
  /// The weights are those of Rec. 709, on squared components: near enough to a gamma of 2.2.
  var lightness: Double { 0.2126 * red * red + 0.7152 * green * green + 0.0722 * blue * blue }

  /// Black or white, whichever reads better on it.
  var ink: Color { lightness > 0.27 ? .black : .white }

  static let black = Color(0x000000)
  static let white = Color(0xFFFFFF)
}
