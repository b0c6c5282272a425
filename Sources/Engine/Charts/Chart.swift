public import Foundation
public import Images

/// A drawn figure: numbers in, picture and numbers out.
///
/// Every kind of chart makes one. The same input gives the same bytes.
public struct Chart: Sendable {
  /// What stands above the picture.
  public let title: String
  /// What the picture shows, in a sentence, for those who cannot see it.
  public let alternativeText: String
  /// Every number that was drawn.
  public let numbers: NumberTable
  /// Whether its numbers differ from run to run, such as times and what they cost.
  public let isVolatile: Bool
  /// Whether it shows images, so that it is filed as a JPEG.
  public let holdsImages: Bool
  private let drawing: any Drawing

  /// Pixels to a unit.
  ///
  /// Text is 12 units high, so that it reads well at half the size, too.
  public static let pixelsPerUnit = 2.0
  /// The most pixels of a picture with images, more than a screen shows.
  private static let mostPixels = 2.6e6

  init(
    title: String, alternativeText: String, numbers: NumberTable, isVolatile: Bool = false,
    holdsImages: Bool = false, drawing: any Drawing
  ) {
    (self.title, self.alternativeText, self.numbers) = (title, alternativeText, numbers)
    (self.isVolatile, self.holdsImages) = (isVolatile, holdsImages)
    self.drawing = drawing
  }

  /// The picture in pixels.
  ///
  /// - Throws: ``ChartError`` without the font, or for a picture too large to be drawn.
  public func image() throws(ChartError) -> Image {
    let height = try height()
    let canvas = try Canvas.pixels(
      width: drawing.width, height: height, scale: scale(height), place: title)
    drawing.draw(on: canvas)
    return try canvas.image(place: title)
  }

  /// Pixels to a unit: fewer where images fill many of them, but one at least.
  private func scale(_ height: Double) -> Double {
    let steps = [Self.pixelsPerUnit, 1.75, 1.5, 1.25, 1]
    guard holdsImages else { return steps[0] }
    return steps.first { drawing.width * height * $0 * $0 <= Self.mostPixels } ?? 1
  }

  /// The picture as a Scalable Vector Graphic, with all text drawn as outlines.
  ///
  /// - Parameter provenance: What the picture was made of; kept in its `desc` element.
  /// - Returns: The bytes of the file.
  /// - Throws: ``ChartError`` without the font.
  public func svg(provenance: String) throws(ChartError) -> Data {
    let sink = ByteSink()
    let canvas = try Canvas.vectors(
      width: drawing.width, height: try height(), into: sink, place: title)
    drawing.draw(on: canvas)
    try canvas.finish(place: title)
    return SVGText.settled(sink.bytes, title: title, provenance: provenance)
  }

  /// The letters of its names and titles that the font lacks, each once.
  package var lettersLacking: [Character] {
    let cells = numbers.rows.flatMap { $0 }.compactMap { cell -> String? in
      if case .text(let text) = cell { text } else { nil }
    }
    let texts = [title, alternativeText] + numbers.columns + Set(cells).sorted()
    return Typeface.lettersLacking(in: texts.joined(separator: " "))
  }

  /// Legends and titles decide the height, so it takes a canvas to measure text on.
  private func height() throws(ChartError) -> Double {
    let ruler = try Canvas.pixels(width: 1, height: 1, scale: 1, place: title)
    return drawing.height(on: ruler).rounded(.up)
  }
}

/// What a chart is made of: something that knows its size once text can be measured.
protocol Drawing: Sendable {
  /// Width in units.
  var width: Double { get }
  /// Height in units.
  func height(on canvas: Canvas) -> Double
  /// Draws all of it; the origin is the top left of the picture.
  func draw(on canvas: Canvas)
}
