public import Foundation
public import Images

/// A picture as it is filed beside a report.
public struct FigureFile: Equatable, Sendable {
  /// The bytes.
  public let content: Data
  /// How the file's name ends: `png`, `jpg` or `svg`.
  public let ending: String
}

extension Chart {
  /// The most bytes of a filed picture that shows images, where JPEG reaches them.
  static let mostBytes = 300_000

  /// The picture in the form that suits it: small enough to be committed, and as good as it looks
  /// on a page.
  ///
  /// Drawings become a PNG of at most 256 colors, images a JPEG of the best quality that
  /// stays below 300 kB. The same input gives the same bytes.
  ///
  /// - Parameters:
  ///   - provenance: As for ``png(provenance:)``.
  ///   - prefersVectors: Whether drawings become an SVG instead.
  /// - Returns: The file.
  /// - Throws: ``ChartError`` without the font, or for a picture too large to be drawn.
  public func file(
    provenance: String, prefersVectors: Bool = false
  ) throws(ChartError) -> FigureFile {
    if prefersVectors, !holdsImages {
      return FigureFile(content: try svg(provenance: provenance), ending: "svg")
    }
    let image = try image()
    guard holdsImages else {
      return FigureFile(content: image.png(text: texts(provenance), colors: 256), ending: "png")
    }
    let comment = texts(provenance).map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    var content = Data()
    for quality in [90, 84, 78, 70, 60] {
      content = image.jpeg(quality: quality, comment: comment)
      if content.count <= Self.mostBytes { break }
    }
    return FigureFile(content: content, ending: "jpg")
  }

  /// The picture as a PNG file with its title and what it was made of in text chunks.
  ///
  /// - Parameter provenance: What the picture was made of: engine version, digests of script,
  ///   data and weights. What differs from run to run, such as a time or a path, would make the
  ///   file differ, too, and does not belong here.
  /// - Returns: The bytes of the file.
  /// - Throws: ``ChartError`` without the font, or for a picture too large to be drawn.
  public func png(provenance: String) throws(ChartError) -> Data {
    try image().png(text: texts(provenance))
  }

  private func texts(_ provenance: String) -> [(String, String)] {
    [
      ("Title", Canvas.printable(title)), ("Software", "yolos"),
      ("Source", Canvas.printable(provenance)),
    ]
  }
}

extension BoxOverlay {
  /// The image with the boxes as a PNG file; see ``drawn(on:)`` and
  /// ``Chart/png(provenance:)``.
  ///
  /// - Throws: ``ChartError`` without the font, or for an image larger than Cairo takes.
  public func png(on image: Image, provenance: String) throws(ChartError) -> Data {
    try drawn(on: image).png(
      text: [("Software", "yolos"), ("Source", Canvas.printable(provenance))])
  }
}
