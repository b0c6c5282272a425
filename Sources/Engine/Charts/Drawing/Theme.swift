/// How every chart looks.
public enum Theme {
  /// The colors of runs and classes, safe for color-blind readers.
  ///
  /// The first eight are those of Okabe and Ito (Color Universal Design, 2008) without black and
  /// with the yellow darkened to be seen on white; the last two come from Paul Tol's muted scheme.
  static let colors = [
    Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7), Color(0xE69F00),
    Color(0x56B4E9), Color(0x555555), Color(0xA89A00), Color(0x882255), Color(0x332288),
  ]

  /// The color of a run or a class by its index from 0: ten hues, then darker, then lighter ones.
  public static func color(_ index: Int) -> Color {
    let base = colors[index % colors.count]
    return switch index / colors.count % 3 {
    case 0: base
    case 1: base.mixed(with: .black, 0.4)
    default: base.mixed(with: .white, 0.45)
    }
  }

  static let background = Color.white
  static let text = Color(0x1A1A1A)
  static let faintText = Color(0x555555)
  static let grid = Color(0xE3E3E3)
  static let frame = Color(0x8C8C8C)

  /// The width of one of several curves, in the order of drawing.
  ///
  /// Earlier curves are wider, so that they show on both sides of a later one that covers them.
  static func lineWidth(_ index: Int, of count: Int) -> Double {
    guard count > 1 else { return 2.2 }
    return 2 + min(0.8, 1.2 / Double(count - 1)) * Double(count - 1 - index)
  }

  /// Sizes in units; a picture has ``Chart/pixelsPerUnit`` pixels to each.
  static let textSize = 12.0
  static let titleSize = 15.0
  static let margin = 14.0
}

/// Gives every run of a report a color of its own and keeps it.
public struct Palette: Equatable, Sendable {
  private var names: [String] = []

  /// A palette that knows no name yet.
  public init() {}

  /// The color index of a name: the next free one where the name is new.
  public mutating func index(of name: String) -> Int {
    if let known = names.firstIndex(of: name) { return known }
    names.append(name)
    return names.count - 1
  }
}
