public import Files
public import Geometry

/// One image of a dataset with what is labeled in it.
public struct Sample: Hashable, Sendable {
  /// The image's file.
  public let imagePath: String
  /// The file that says what is in the image; nil where there is none.
  public let labelPath: String?
  /// The image's sides in pixels as people see it, EXIF orientation applied.
  public let width, height: Int
  /// The rows of the label file, or what other annotations say as such rows, in the precision in which they are written.
  public let rows: [LabelRow]

  /// The identity of the image's file.
  public let imageDigest: Digest

  /// One image and its labels; an image without a label file has no rows.
  public init(
    imagePath: String, labelPath: String?, width: Int, height: Int, rows: [LabelRow],
    imageDigest: Digest = Digest(of: "")
  ) {
    (self.imagePath, self.labelPath, self.imageDigest) = (imagePath, labelPath, imageDigest)
    (self.width, self.height, self.rows) = (width, height, rows)
  }

  /// The same image with other rows.
  func with(rows: [LabelRow]) -> Sample {
    Sample(
      imagePath: imagePath, labelPath: labelPath, width: width, height: height, rows: rows,
      imageDigest: imageDigest)
  }

  /// The labeled objects, as fractions of the image.
  public var labels: [LabeledBox<Normalized>] { rows.map(\.labeledBox) }

  /// Whether a label file says what is, or is not, in the image.
  public var isLabeled: Bool { labelPath != nil }

  /// The file's name without its folders.
  public var fileName: String {
    let slash = imagePath.utf8.lastIndex(of: UInt8(ascii: "/"))
    return slash.map { String(imagePath[imagePath.utf8.index(after: $0)...]) } ?? imagePath
  }
}
