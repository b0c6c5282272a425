public import Geometry

/// One row of a YOLO label file, in the precision in which it is written.
public struct LabelRow: Hashable, Sendable {
  /// The class, from 0.
  public var classIndex: Int
  /// The box's center and size as fractions of the image's width and height.
  public var centerX, centerY, width, height: Double

  /// A row from its five columns.
  public init(classIndex: Int, centerX: Double, centerY: Double, width: Double, height: Double) {
    (self.classIndex, self.centerX, self.centerY) = (classIndex, centerX, centerY)
    (self.width, self.height) = (width, height)
  }

  /// The box as everything that computes uses it.
  public var labeledBox: LabeledBox<Normalized> {
    // The edges are formed in double precision: one rounding instead of two.
    LabeledBox(
      box: Box(
        minX: Float(centerX - width / 2), minY: Float(centerY - height / 2),
        maxX: Float(centerX + width / 2), maxY: Float(centerY + height / 2)),
      classIndex: classIndex)
  }

  /// The row as text: five columns, each the shortest that reads back as the same number.
  public var text: String { "\(classIndex) \(centerX) \(centerY) \(width) \(height)" }

  /// What decides whether two rows say the same: single precision, as label files are read everywhere.
  var key: [Float] {
    [Float(classIndex), Float(centerX), Float(centerY), Float(width), Float(height)]
  }
}
