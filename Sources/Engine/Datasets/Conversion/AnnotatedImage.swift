internal import Foundation

/// One image with its boxes, as a labeling tool describes them.
struct AnnotatedImage {
  /// One box, in pixels or in fractions of the image.
  struct Box {
    /// The class's name.
    var name: String
    var left, top, right, bottom: Double
    /// Where it is written: the line, from 1, where the format has lines.
    var line: Int?
  }

  /// The file that describes it.
  var file: String
  /// The image's path or name, as it is written; the name without its suffix finds it, too.
  var written: String
  /// The other name to look for, without a suffix.
  var stem: String?
  /// The size of the frame that the boxes count in; nil where only the image knows.
  var width: Double?, height: Double?
  var boxes: [Box]
  var split: DatasetSplit
}

/// Makes a dataset of annotated images: finds them, numbers the classes, and cuts boxes at the border.
struct AnnotationImport {
  /// The images by their names.
  let index: ImageIndex
  /// The classes by index; nil for all names that occur, in alphabetical order.
  var classNames: [String]?
  /// Leaves out images that are not there, and counts them, instead of refusing the annotations.
  var skipsMissingImages = false
  /// Whether boxes are fractions.
  var isNormalized = false
  /// What becomes of boxes that reach beyond the image.
  var borders = COCOOptions.Borders.clip
  var tally = ConversionTally()

  init(index: ImageIndex, classNames: [String]? = nil, options: COCOOptions = COCOOptions()) {
    (self.index, self.classNames) = (index, classNames)
    (skipsMissingImages, borders) = (options.skipsMissingImages, options.borders)
  }

  /// The samples of each split, sorted by the bytes of their paths, and the classes.
  ///
  /// - Throws: ``DatasetError`` with the file, and its line where there is one.
  mutating func samples(
    of images: [AnnotatedImage], _ work: DatasetWork
  ) throws(DatasetError) -> (splits: [DatasetSplit: [Sample]], classNames: [String]) {
    let names = classNames ?? Set(images.flatMap { $0.boxes.map(\.name) }).sorted()
    let classes = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var splits: [DatasetSplit: [Sample]] = [:]
    var missing: [String] = []
    var there: [(image: AnnotatedImage, path: String)] = []
    for image in images {
      if let path = try find(image) {
        there.append((image, path))
      } else {
        missing.append(image.written)
      }
    }
    let audits = try work.audits(of: there.map(\.path), for: index.folder)
    for ((image, path), audit) in zip(there, audits) {
      let sample = try sample(of: image, at: path, audit, classes: classes)
      splits[image.split, default: []].append(sample)
    }
    if !missing.isEmpty {
      guard skipsMissingImages, !splits.isEmpty else {
        throw DatasetError(
          file: images.first { $0.written == missing[0] }?.file ?? index.folder,
          problem: .conversion(.missingImages(folder: index.folder, names: missing)))
      }
      tally.missing += missing.count
    }
    return (splits.mapValues(ImageFolder.sorted), names)
  }

  private func find(_ image: AnnotatedImage) throws(DatasetError) -> String? {
    if let path = try index.find(image.written, listedIn: image.file) { return path }
    guard let stem = image.stem else { return nil }
    return try index.find(stem: stem, listedIn: image.file)
  }

  private mutating func sample(
    of image: AnnotatedImage, at path: String, _ audit: ImageAudit, classes: [String: Int]
  ) throws(DatasetError) -> Sample {
    guard let size = audit.size else {
      throw DatasetError(file: image.file, problem: .audit(audit.problems))
    }
    // Some tools write a size of 0; then the image knows better.
    let width = image.width.flatMap { $0 > 0 ? $0 : nil } ?? Double(size.width)
    let height = image.height.flatMap { $0 > 0 ? $0 : nil } ?? Double(size.height)
    if size.width != size.height && (width, height) == (Double(size.height), Double(size.width)) {
      throw DatasetError(
        file: image.file,
        problem: .conversion(
          .rotatedFrame(
            image: path, annotated: [size.height, size.width], found: [size.width, size.height])))
    }
    let frame = isNormalized ? (1, 1) : (width, height)
    var rows: [LabelRow] = []
    var known: Set<LabelRow> = []
    for box in image.boxes {
      guard let classIndex = classes[box.name] else {
        throw DatasetError(
          file: image.file, line: box.line,
          problem: .conversion(
            .unknownClass(box.name, known: classes.sorted { $0.value < $1.value }.map(\.key))))
      }
      let (x, y) = (box.left / frame.0, box.top / frame.1)
      let row = tally.row(
        classIndex, x: x, y: y, width: box.right / frame.0 - x, height: box.bottom / frame.1 - y,
        borders: borders)
      guard let row else { continue }
      if known.insert(row).inserted { rows.append(row) } else { tally.duplicates += 1 }
    }
    return Sample(
      imagePath: path, labelPath: image.file, width: size.width, height: size.height, rows: rows,
      imageDigest: audit.digest)
  }
}
