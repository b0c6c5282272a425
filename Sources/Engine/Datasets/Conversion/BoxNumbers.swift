/// The numbers of one box, for the decision about what they count.
struct BoxNumbers {
  /// What it is called in messages.
  let item: String
  /// Left, top, right and bottom.
  let edges: [Double]
  /// The numbers as they are written.
  let numbers: [Double]

  init(item: String, edges: [Double], numbers: [Double]? = nil) {
    (self.item, self.edges, self.numbers) = (item, edges, numbers ?? edges)
  }

  /// Whether a file's boxes are fractions of the image; from all of them, never from one.
  ///
  /// - Parameters:
  ///   - boxes: All boxes of the file.
  ///   - coordinates: What the user says.
  ///   - file: The file, for messages.
  /// - Returns: Whether they are fractions; false without boxes.
  /// - Throws: ``DatasetError`` where some boxes are fractions and others pixels.
  static func areFractions(
    _ boxes: [BoxNumbers], _ coordinates: COCOOptions.Coordinates, file: String
  ) throws(DatasetError) -> Bool {
    switch coordinates {
    case .normalized: return true
    case .absolute: return false
    case .automatic: break
    }
    var fraction: String?, pixels: String?
    for box in boxes where box.edges[2] > box.edges[0] && box.edges[3] > box.edges[1] {
      // Half an image beyond the border is more than any tool allows for fractions.
      if max(box.edges[2], box.edges[3]) > 1.5 {
        pixels = pixels ?? box.item
      } else if box.numbers.contains(where: { $0 != $0.rounded() }) {
        // Whole numbers may be a single pixel in the corner just as well.
        fraction = fraction ?? box.item
      }
    }
    if let fraction, let pixels {
      throw DatasetError(
        file: file,
        problem: .conversion(.mixedCoordinates(normalized: fraction, absolute: pixels)))
    }
    return pixels == nil && !boxes.isEmpty
  }
}
