/// A coordinate space that a box can live in.
public protocol CoordinateSpace: Sendable {}

/// Pixels of the image as people see it (EXIF orientation applied); the origin is its top-left
/// corner.
public enum ImagePixels: CoordinateSpace {}

/// Pixels of the letterboxed network input.
public enum InputPixels: CoordinateSpace {}

/// Fractions of an image's width and height, 0...1: what label files hold.
public enum Normalized: CoordinateSpace {}

/// An axis-aligned rectangle given by two corners.
public struct Box<Space: CoordinateSpace>: Hashable, Sendable {
  /// Left, top, right and bottom edge in the units of the space.
  public var minX, minY, maxX, maxY: Float

  /// A box from its edges.
  public init(minX: Float, minY: Float, maxX: Float, maxY: Float) {
    (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
  }

  /// A box from its center and size, the form of label files and of the network's output.
  public init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.init(
      minX: centerX - width / 2, minY: centerY - height / 2,
      maxX: centerX + width / 2, maxY: centerY + height / 2)
  }

  /// Right edge minus left edge; negative where the corners cross.
  public var width: Float { maxX - minX }
  /// Bottom edge minus top edge; negative where the corners cross.
  public var height: Float { maxY - minY }
  /// Half way between left and right edge.
  public var centerX: Float { (minX + maxX) / 2 }
  /// Half way between top and bottom edge.
  public var centerY: Float { (minY + maxY) / 2 }
  /// Units squared; zero where the corners cross.
  public var area: Float { max(0, width) * max(0, height) }

  /// Intersection over union, in 0...1; zero where both boxes are empty.
  public func iou(_ other: Box) -> Float {
    let overlap = Box(
      minX: max(minX, other.minX), minY: max(minY, other.minY),
      maxX: min(maxX, other.maxX), maxY: min(maxY, other.maxY)
    ).area
    let union = area + other.area - overlap
    return union > 0 ? overlap / union : 0
  }

  /// The part of the box inside 0...width, 0...height.
  public func clipped(width: Float, height: Float) -> Box {
    Box(
      minX: min(max(minX, 0), width), minY: min(max(minY, 0), height),
      maxX: min(max(maxX, 0), width), maxY: min(max(maxY, 0), height))
  }
}

/// One object found: where, how surely, and of which class.
public struct Detection<Space: CoordinateSpace>: Hashable, Sendable {
  /// Where it lies.
  public var box: Box<Space>
  /// The class score, 0...1.
  public var confidence: Float
  /// The class, from 0.
  public var classIndex: Int

  /// One object found.
  public init(box: Box<Space>, confidence: Float, classIndex: Int) {
    (self.box, self.confidence, self.classIndex) = (box, confidence, classIndex)
  }
}

/// One object that is there according to its label.
public struct LabeledBox<Space: CoordinateSpace>: Hashable, Sendable {
  /// Where it lies.
  public var box: Box<Space>
  /// The class, from 0.
  public var classIndex: Int

  /// One labeled object.
  public init(box: Box<Space>, classIndex: Int) {
    (self.box, self.classIndex) = (box, classIndex)
  }
}
