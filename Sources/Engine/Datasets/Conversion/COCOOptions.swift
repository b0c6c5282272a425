/// How a COCO file is understood where tools differ.
public struct COCOOptions: Hashable, Sendable {
  /// What the numbers of a box count.
  public enum Coordinates: String, CaseIterable, Sendable {
    /// Decided from all boxes of the file and said; files that mix both are an error.
    case automatic
    /// Fractions of the image's width and height.
    case normalized
    /// Pixels.
    case absolute
  }

  /// What becomes of boxes that reach beyond the image.
  public enum Borders: String, CaseIterable, Sendable {
    /// Cut at the border; what has no area left is left out.
    case clip
    /// Kept as they are.
    case keep
  }

  /// How categories become classes.
  public enum Classes: String, CaseIterable, Sendable {
    /// The rank of the category's identifier, from 0.
    case contiguous
    /// The identifier minus one, with its gaps.
    case identifierMinusOne
  }

  /// What the numbers of a box count.
  public var coordinates = Coordinates.automatic
  /// What becomes of boxes that reach beyond the image.
  public var borders = Borders.clip
  /// How categories become classes.
  public var classes = Classes.contiguous
  /// Leaves out images that are not in the folder, and counts them, instead of refusing the file.
  public var skipsMissingImages = false

  /// Decides on coordinates by itself, clips, closes gaps and misses no image.
  public init() {}
}
