/// Something about a dataset that its user should hear, though nothing is wrong.
public enum DatasetNote: Hashable, Sendable, CustomStringConvertible {
  /// A path does not exist as written, relative to the YAML file, and was understood another way.
  case pathReread(key: String, written: String, readAs: String)
  /// `valid:` stands for `val:`.
  case validReadAsVal
  /// What a folder was taken for.
  case takenFor(String)
  /// A split that the description names is not there, or empty; using it is an error, everything else is
  /// not.
  case absentSplit(DatasetSplit, place: String, isEmpty: Bool)
  /// There is nothing to validate on.
  case noValidation
  /// A subset whose name is none of a split's.
  case unknownSubset(String)
  /// Nothing says what the classes are called.
  case numberedClasses(Int)
  /// Images of a list that were found by the tails of their paths.
  case listReread(list: String, images: Int, written: String, readAs: String)
  /// Classes that no object bears.
  case unusedClasses([String])
  /// Images have no label file; they count as backgrounds, or as unlabeled in the test split.
  case withoutLabels(split: DatasetSplit, images: Int)
  /// Label files belong to no image.
  case strayLabels(files: Int, example: String)
  /// Bytes behind the end of an image, which decoders ignore.
  case trailingBytes(images: Int, example: String)
  /// What the lenient reading left out.
  case leftOut(images: Int, rows: Int)
  /// How the numbers of a COCO file's boxes were understood, and whether the user said so.
  case coordinates(isNormalized: Bool, chosen: Bool)
  /// Things of one kind that a conversion left out.
  case notConverted(Int, String)
  /// Regions have no attributes that could be a class.
  case namelessRegions(String)
  /// A category that only groups the others is no class.
  case groupLeftOut(String)
  /// Boxes that a conversion cut at the border.
  case clippedBoxes(Int)
  /// Images that annotations list and the folder does not hold.
  case missingImages(Int)
  /// Two classes whose names differ in their case alone.
  case similarClasses(String, String)
  /// Images of a split whose files are in an earlier split, too.
  case sharedImages(Int, split: DatasetSplit, from: DatasetSplit, example: String)
  /// Images with objects that are in a split more than once, each time with labels of their own.
  case repeatedImages(Int, split: DatasetSplit, example: String)

  /// One sentence.
  public var description: String {
    switch self {
    case .pathReread(let key, let written, let readAs):
      return """
        \(key): '\(written)' does not exist relative to the YAML file; read as '\(readAs)'
        """
    case .takenFor(let kind): return "read as \(kind)"
    case .absentSplit(let split, let place, let isEmpty):
      let state = isEmpty ? "holds no image" : "does not exist"
      return "\(split): '\(place)' \(state), so the dataset has no \(split) split"
    case .noValidation:
      return
        "no val split: make one with convert … to=… val=0.2, or train without validation with val=false"
    case .unknownSubset(let name):
      return
        "the subset '\(name)' is not called train, val or test; its images are used for training"
    case .numberedClasses(let count):
      let names =
        count == 1 ? "the class is class_0" : "the classes are class_0 to class_\(count - 1)"
      return "no class names found: \(names); list them in classes.txt, one name per line"
    case .listReread(let list, let images, let written, let readAs):
      let verb = images == 1 ? "was" : "were"
      return """
        \(list): \(counted(images, "image")) \(verb) found by the end of the path: \
        '\(written)' is read as '\(readAs)'
        """
    case .unusedClasses(let names):
      let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      let more = names.count > 8 ? " and \(names.count - 8) more" : ""
      return "no labels for \(counted(names.count, "class", plural: "classes")): \(shown)\(more)"
    case .validReadAsVal: return "'valid' is read as 'val'"
    case .withoutLabels(.test, let images):
      return "test: \(counted(images, "image")) without labels, for prediction only"
    case .withoutLabels(let split, let images):
      return "\(split): \(counted(images, "image")) without a label file, used as background"
    case .strayLabels(let files, let example):
      return "\(counted(files, "label file")) without an image, such as \(example)"
    case .trailingBytes(let images, let example):
      return """
        \(counted(images, "image")) with bytes after the end, such as \(example); \
        they are ignored
        """
    case .leftOut(let images, let rows):
      return """
        labels="lenient": \(counted(images, "image")) skipped with their labels, \
        \(counted(rows, "duplicate row")) removed
        """
    case .coordinates(let isNormalized, let chosen):
      let words = isNormalized ? "fractions of the image" : "pixels"
      return "boxes are \(words)" + (chosen ? ", as requested" : ", as all boxes of the file agree")
    case .notConverted(let count, let what): return "skipped: \(count) x \(what)"
    case .namelessRegions(let name):
      return "the regions have no class attribute; all are called '\(name)'"
    case .groupLeftOut(let name):
      return
        "the category '\(name)' only groups the others and has no objects, so it is not a class"
    case .clippedBoxes(let count):
      return "\(counted(count, "box", plural: "boxes")) cut at the border"
    case .missingImages(let count):
      return "skipped: \(counted(count, "image")) that are listed but missing"
    case .similarClasses(let first, let second):
      return "the classes '\(first)' and '\(second)' differ only in case and remain two classes"
    case .sharedImages(let images, let split, let from, let example):
      let verb = images == 1 ? "is" : "are", pronoun = images == 1 ? "it" : "them"
      return """
        \(split): \(counted(images, "image")) \(verb) in \(from) too, such as \(example); scores on \
        \(pronoun) say nothing about new images
        """
    case .repeatedImages(let images, let split, let example):
      let verb = images == 1 ? "is" : "are"
      return """
        \(split): \(counted(images, "image")) \(verb) there more than once, such as \(example), each \
        time with its own labels
        """
    }
  }
}

extension DatasetNote {
  /// The note that a split is not there; nil where the error says something else.
  init?(
    absence split: DatasetSplit, of places: DatasetDescription.Places, _ error: DatasetError
  ) {
    let place = places.paths.joined(separator: ", ")
    switch error.problem {
    case .missingFolder: self = .absentSplit(split, place: place, isEmpty: false)
    case .noImages: self = .absentSplit(split, place: place, isEmpty: true)
    default: return nil
    }
  }
}
