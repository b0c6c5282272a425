/// A color by its red, green and blue, each 0...1.
struct Color: Hashable, Sendable {
  var red, green, blue: Double

  init(_ red: Double, _ green: Double, _ blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// A color by its hue in turns, saturation and value.
  init(hue: Double, saturation: Double, value: Double) {
    let turns = (hue - hue.rounded(.down)) * 6
    func channel(_ shift: Double) -> Double {
      var place = turns + shift
      if place >= 6 { place -= 6 }
      return value * (1 - saturation * min(max(min(place, 4 - place), 0), 1))
    }
    self.init(channel(5), channel(3), channel(1))
  }

  /// The color on the way to another, 0 here and 1 there.
  func mixed(_ other: Color, _ share: Double) -> Color {
    Color(
      red + (other.red - red) * share, green + (other.green - green) * share,
      blue + (other.blue - blue) * share)
  }

  func lighter(_ share: Double) -> Color { mixed(.white, share) }
  func darker(_ share: Double) -> Color { mixed(Color(0.05, 0.04, 0.08), share) }

  static let white = Color(1, 1, 1)
  static let black = Color(0.07, 0.06, 0.07)
}
