internal import Foundation

/// The upright box around a shape: what a detector learns of outlines and masks.
struct Outline: Equatable {
  var left, top, right, bottom: Double

  /// The hull of points; nil without any, or where one is no number.
  init?(of points: [(x: Double, y: Double)]) {
    guard let first = points.first, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      return nil
    }
    (left, right) = (first.x, first.x)
    (top, bottom) = (first.y, first.y)
    for point in points {
      (left, right) = (min(left, point.x), max(right, point.x))
      (top, bottom) = (min(top, point.y), max(bottom, point.y))
    }
  }

  /// The box around an ellipse whose first half-axis is turned by an angle.
  ///
  /// - Parameters:
  ///   - x: The center.
  ///   - y: The center.
  ///   - halfAxes: Half the length of both axes.
  ///   - angle: In radians.
  init?(ellipseAt x: Double, _ y: Double, halfAxes: (Double, Double), angle: Double = 0) {
    let (a, b) = halfAxes
    let width = hypot(a * cos(angle), b * sin(angle))
    let height = hypot(a * sin(angle), b * cos(angle))
    self.init(of: [(x - width, y - height), (x + width, y + height)])
  }

  /// The box around a mask in COCO's run lengths, of pixels column by column, background first.
  ///
  /// nil where no pixel is set, or the runs go beyond the mask. Nothing is decoded into pixels, so a mask
  /// of any size costs what its runs cost.
  /// Source: <https://cocodataset.org/#format-data>.
  ///
  /// - Parameters:
  ///   - runs: The lengths.
  ///   - height: The mask's height in pixels.
  ///   - width: The mask's width in pixels.
  init?(runs: [Int], height: Int, width: Int) {
    guard height > 0, width > 0 else { return nil }
    let (count, isTooLarge) = height.multipliedReportingOverflow(by: width)
    guard !isTooLarge else { return nil }
    var box: (left: Int, top: Int, right: Int, bottom: Int)?
    var position = 0
    for (number, length) in runs.enumerated() {
      guard length >= 0, length <= count - position else { return nil }
      defer { position += length }
      guard number % 2 == 1, length > 0 else { continue }
      let last = position + length - 1
      let (first, final) = (position / height, last / height)
      // A run over the end of a column touches the top of the next and the bottom of this one.
      let rows = first == final ? (position % height, last % height) : (0, height - 1)
      let before = box ?? (first, rows.0, final, rows.1)
      box = (
        min(before.left, first), min(before.top, rows.0), max(before.right, final),
        max(before.bottom, rows.1)
      )
    }
    guard let box else { return nil }
    (left, top) = (Double(box.left), Double(box.top))
    (right, bottom) = (Double(box.right + 1), Double(box.bottom + 1))
  }

  /// COCO's compressed run lengths as numbers: groups of five bits, low ones first, each a character
  /// from `0`; from the third on as differences to the length two before.
  ///
  /// - Returns: nil where the text is no such thing.
  static func runs(compressed text: String) -> [Int]? {
    var runs: [Int] = []
    var value = 0, shift = 0
    for byte in text.utf8 {
      guard (48..<112).contains(byte), shift < 60 else { return nil }
      let bits = Int(byte) - 48
      value |= (bits & 0x1F) << shift
      shift += 5
      guard bits & 0x20 == 0 else { continue }
      if bits & 0x10 != 0 { value |= -1 << shift }
      if runs.count > 2 {
        let (sum, isTooLarge) = value.addingReportingOverflow(runs[runs.count - 2])
        guard !isTooLarge else { return nil }
        value = sum
      }
      runs.append(value)
      (value, shift) = (0, 0)
    }
    return shift == 0 ? runs : nil
  }
}
