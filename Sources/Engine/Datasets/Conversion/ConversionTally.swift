/// Counts what a conversion changes and leaves out.
struct ConversionTally {
  var crowds = 0, empty = 0, outside = 0, duplicates = 0, clipped = 0
  /// Images that the annotations list and that are not there.
  var missing = 0
  var notes: [DatasetNote] = []

  /// What was counted, behind what was said already.
  var allNotes: [DatasetNote] {
    let counts = [
      (crowds, "crowd"), (empty, "box without area"), (outside, "box outside the image"),
      (duplicates, "repeated row"),
    ]
    var notes = notes
    for (count, what) in counts where count > 0 { notes.append(.notConverted(count, what)) }
    if missing > 0 { notes.append(.missingImages(missing)) }
    if clipped > 0 { notes.append(.clippedBoxes(clipped)) }
    return notes
  }

  /// A row from a box's left, top, width and height as fractions; nil, and counted, without area.
  mutating func row(
    _ classIndex: Int, x: Double, y: Double, width: Double, height: Double,
    borders: COCOOptions.Borders
  ) -> LabelRow? {
    guard width > 0 && height > 0 else {
      empty += 1
      return nil
    }
    let inside = x >= 0 && y >= 0 && x + width <= 1 && y + height <= 1
    // A box that ends within rounding of the border is left as it was written.
    let rounding = 1e-9
    let nearly =
      x >= -rounding && y >= -rounding && x + width <= 1 + rounding && y + height <= 1 + rounding
    if borders == .keep || inside || nearly {
      return LabelRow(
        classIndex: classIndex, centerX: x + width / 2, centerY: y + height / 2, width: width,
        height: height)
    }
    let (left, top) = (min(max(x, 0), 1), min(max(y, 0), 1))
    let (right, bottom) = (min(max(x + width, 0), 1), min(max(y + height, 0), 1))
    guard right > left && bottom > top else {
      outside += 1
      return nil
    }
    clipped += 1
    return LabelRow(
      classIndex: classIndex, centerX: (left + right) / 2, centerY: (top + bottom) / 2,
      width: right - left, height: bottom - top)
  }
}
