/// One thing that the audit of a dataset found wrong, with its place.
public struct DatasetProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule that was broken.
  public enum Rule: Hashable, Sendable {
    /// A row has neither five columns nor those of a polygon.
    case columnCount(Int)
    /// The file holds polygons and this row is a box.
    case mixedKinds
    /// A polygon has an x without a y.
    case oddPolygon
    /// A column is no number.
    case notANumber
    /// A column is infinite or "nan".
    case notFinite
    /// A class has a fraction.
    case fractionalClass
    /// A class is negative.
    case negativeClass
    /// A class is not below the number of classes.
    case classTooLarge(classCount: Int)
    /// A coordinate or a side is below -0.01.
    case below
    /// A coordinate or a side is above 1.01.
    case above
    /// The row says what another row says.
    case duplicate(ofLine: Int)
    /// The label file is unreasonably large.
    case labelFileTooLarge
    /// The label file cannot be read; the system's reason.
    case unreadable(String)
    /// The image cannot be read; the decoder's reason.
    case badImage(String)
    /// The image has a side below ten pixels.
    case tinyImage(width: Int, height: Int)
    /// The JPEG ends before its end marker.
    case truncatedImage
    /// Bytes follow the JPEG's end marker.
    case trailingBytes(Int)
    /// An image in a format that we cannot decode.
    case unsupportedFormat
  }

  /// What the lenient reading does about it.
  public enum Effect: Hashable, Sendable {
    /// The image goes, and its labels with it: a row alone is never dropped.
    case rejects
    /// The row goes; what it said is said by another.
    case corrects
    /// Nothing: the content is whole.
    case harmless
  }

  /// The file as the dataset names it.
  public let file: String
  /// The line, from 1; nil where the file as a whole is meant.
  public let line: Int?
  /// The column in bytes, from 1; nil where the line as a whole is meant.
  public let column: Int?
  /// What is wrong.
  public let rule: Rule
  /// The offending text, cut to forty characters; empty where there is none.
  public let value: String

  /// A problem with its place.
  public init(file: String, line: Int? = nil, column: Int? = nil, rule: Rule, value: String = "") {
    (self.file, self.line, self.column, self.rule) = (file, line, column, rule)
    self.value = value.count > 40 ? value.prefix(40) + "…" : value
  }

  /// What the lenient reading does about it.
  public var effect: Effect {
    switch rule {
    case .duplicate: .corrects
    case .trailingBytes: .harmless
    default: .rejects
    }
  }

  /// `file:line:column: ` and what is wrong with which value.
  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let column { place += ":\(column)" }
    return "\(place): \(prose)"
  }

  /// The rule without its numbers: what one remedy helps against.
  var kind: String {
    switch rule {
    case .columnCount(let count): "columns \(count)"
    case .classTooLarge: "class"
    case .duplicate: "duplicate"
    case .unreadable: "unreadable"
    case .badImage: "image"
    case .tinyImage: "tiny"
    case .trailingBytes: "trailing"
    default: "\(rule)"
    }
  }

  /// What mends many problems of this kind at once; nil where each needs a look of its own.
  var remedy: String? {
    switch rule {
    case .above:
      """
      the labels seem to be in pixels: divide x and width by the width of the image, y and height by its \
      height
      """
    case .classTooLarge(let count):
      """
      either 'names' lacks classes, or the labels count classes from 1: then subtract 1 from each, so \
      that they are 0 to \(count - 1)
      """
    case .columnCount(6):
      "a sixth column is mostly a confidence, as predictions have it: labels end after the height"
    case .columnCount(1) where value.contains(","), .notANumber where value.contains(","):
      "columns are separated by spaces, and decimals have a point: replace the commas"
    case .notANumber where value.first?.isLetter == true && column == 1:
      "a class is its number in 'names', from 0, not its name"
    default: nil
    }
  }

  private var prose: String {
    switch rule {
    case .columnCount(let count):
      "expected 5 columns (class, center x, center y, width, height), found \(count)"
    case .mixedKinds: "a box in a file of polygons; use one kind per file"
    case .oddPolygon: "a polygon needs pairs of x and y, found an odd number of coordinates"
    case .notANumber: "expected a number, found '\(value)'"
    case .notFinite: "expected a finite number, found '\(value)'"
    case .fractionalClass: "expected a whole number as class, found \(value)"
    case .negativeClass: "expected a class from 0, found \(value)"
    case .classTooLarge(1): "class \(value) does not exist: the only class is 0"
    case .classTooLarge(let count):
      "class \(value) does not exist: the \(count) classes are 0 to \(count - 1)"
    case .below: "\(value) is below 0; coordinates are fractions of the image"
    case .above: "\(value) is above 1; coordinates are fractions of the image, not pixels"
    case .duplicate(let line): "is a duplicate of line \(line)"
    case .labelFileTooLarge: "is too large to be a label file (\(value) bytes)"
    case .unreadable(let reason): "cannot read: \(reason)"
    case .badImage(let reason): "cannot be decoded: \(reason)"
    case .tinyImage(let width, let height):
      "is \(width) x \(height) pixels; both sides must have at least 10"
    case .truncatedImage: "the image is truncated"
    case .trailingBytes(let count):
      "\(counted(count, "byte")) after the end of the image, ignored"
    case .unsupportedFormat: "this format cannot be read; save the image as JPEG or PNG"
    }
  }
}
