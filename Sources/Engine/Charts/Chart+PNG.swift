public import Foundation
public import Images

extension Chart {
  /// The picture as a PNG file with its title and what it was made of in text chunks.
  ///
  /// - Parameter provenance: What the picture was made of: engine version, digests of script,
  ///   data and weights. What differs from run to run, such as a time or a path, would make the
  ///   file differ, too, and does not belong here.
  /// - Returns: The bytes of the file.
  /// - Throws: ``ChartError`` without the font, or for a picture too large to be drawn.
  public func png(provenance: String) throws(ChartError) -> Data {
    try photo().png(text: [("Title", title), ("Software", "yolos"), ("Source", provenance)])
  }
}

extension BoxOverlay {
  /// The photograph with the boxes as a PNG file; see ``drawn(on:)`` and
  /// ``Chart/png(provenance:)``.
  ///
  /// - Throws: ``ChartError`` without the font, or for a photograph larger than Cairo takes.
  public func png(on photo: Photo, provenance: String) throws(ChartError) -> Data {
    try drawn(on: photo).png(text: [("Software", "yolos"), ("Source", provenance)])
  }
}
