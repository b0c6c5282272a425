/// An image in memory: 8-bit RGB, rows from top to bottom, three bytes a pixel, no padding.
public struct Image: Equatable, Sendable {
  /// Pixels from left to right.
  public let width: Int
  /// Pixels from top to bottom.
  public let height: Int
  /// Red, green, blue of every pixel, row by row: `width * height * 3` bytes.
  public var pixels: [UInt8]

  /// An image from its pixels.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width >= 0 && height >= 0, "an image of \(width) x \(height) cannot be")
    precondition(
      pixels.count == width * height * 3,
      "\(pixels.count) bytes cannot fill \(width) x \(height) RGB pixels")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// An image of one gray level, 0...255.
  public init(width: Int, height: Int, gray: UInt8) {
    self.init(
      width: width, height: height,
      pixels: [UInt8](repeating: gray, count: width * height * 3))
  }
}
