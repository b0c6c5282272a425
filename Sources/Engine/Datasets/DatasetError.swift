/// Why a dataset cannot be read, converted or written: where, and what was expected and found.
public struct DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts of a failure; ``DatasetError/description`` makes prose of them.
  public enum Problem: Equatable, Sendable {
    /// The operating system refused a file; its own reason.
    case refused(action: String, reason: String)
    /// The file is larger than any file of its kind has reason to be.
    case tooLarge(bytes: Int, limit: Int)
    /// The text is not YAML, JSON or XML; the parser's reason.
    case syntax(format: String, reason: String)
    /// A key that must be there is not.
    case missingKey(String, hint: String)
    /// A value has the wrong form.
    case wrongValue(key: String, expected: String, found: String)
    /// `nc` says another number than `names`.
    case classCount(declared: Int, names: Int)
    /// The keys of a map of names are not 0, 1, 2, …
    case classKeys(missing: Int, count: Int)
    /// Two classes bear one name.
    case duplicateName(String)
    /// A folder or list that a split names is not there.
    case missingFolder(key: String, tried: [String])
    /// A split's folder holds no image we can read.
    case noImages(key: String, place: String)
    /// Not one of the images that a list names is there.
    case unlisted(Int, example: String)
    /// Not one image of a split has a label file.
    case noLabels(key: String, images: Int, example: String)
    /// Labels or images that the audit found wrong.
    case audit([DatasetProblem])
    /// An image could not be decoded; the decoder's reason.
    case image(reason: String)
    /// Somebody asked for the end.
    case cancelled
    /// A converter met something it must not guess.
    case conversion(ConversionProblem)
  }

  /// The file as the user named it.
  public let file: String
  /// The line of that file, from 1, where there is one.
  public let line: Int?
  /// What is wrong.
  public let problem: Problem

  /// A failure with its place.
  public init(file: String, line: Int? = nil, problem: Problem) {
    (self.file, self.line, self.problem) = (file, line, problem)
  }
}

/// What a converter or a merge refuses to guess.
public enum ConversionProblem: Equatable, Sendable {
  /// Some boxes are fractions, others are pixels.
  case mixedCoordinates(normalized: String, absolute: String)
  /// An annotation names an image or a category that the file does not list.
  case unknownReference(item: String, what: String, identifier: String)
  /// A value of one item is not what the format says.
  case badItem(item: String, expected: String, found: String)
  /// An identifier occurs twice.
  case duplicateIdentifier(what: String, identifier: String)
  /// Images that the file lists are not in the folder.
  case missingImages(folder: String, names: [String])
  /// Several images of the folder bear the name.
  case ambiguousImage(name: String, candidates: [String])
  /// The annotated frame is the image before its EXIF rotation.
  case rotatedFrame(image: String, annotated: [Int], found: [Int])
  /// Two images would be written to the same place.
  case sameName(String, first: String, second: String)
  /// A class that a selection names does not exist.
  case unknownClass(String, known: [String])
  /// A rule that splits or selects cannot be followed.
  case rule(String)
}
