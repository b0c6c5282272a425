internal import Foundation
internal import FoundationXML

extension Dataset {
  /// Reads Pascal VOC annotations: one XML file an image.
  ///
  /// Images are found by the name in `filename` or, where that is not there, by the XML file's own.
  /// Lists `train.txt`, `val.txt` and `test.txt` in `ImageSets/Main` beside the annotations decide on
  /// the splits; images that they do not name go to `split`. Images that they name and that have no XML
  /// file are unlabeled. Boxes are cut at the border.
  /// Source: Everingham et al., "The PASCAL Visual Object Classes Challenge", 2010, development kit.
  ///
  /// - Parameters:
  ///   - folder: The folder of XML files, or the one that holds them in `Annotations`.
  ///   - images: The folder that holds the images, at any depth; nil for the one that holds
  ///     `Annotations`.
  ///   - split: Which split images belong to that no list names.
  ///   - classNames: The classes by index; nil for the lines of `classes.txt` beside `Annotations` or,
  ///     where that is not there, all names that occur, in alphabetical order.
  ///   - firstPixel: The coordinate of the first pixel: 0 as most tools write, 1 as the original sets.
  ///   - skipsMissingImages: Leaves out images that are not in the folder, and counts them, instead of
  ///     refusing the annotations.
  /// - Throws: ``DatasetError`` with the file, and its line where there is one.
  public init(
    voc folder: String, images: String? = nil, split: DatasetSplit = .train,
    classNames: [String]? = nil, firstPixel: Int = 0, skipsMissingImages: Bool = false
  ) throws(DatasetError) {
    let folder = VOCFolder(folder)
    let files = ImageFolder.files(under: folder.annotations, suffix: "xml")
    guard !files.isEmpty else {
      throw DatasetError(
        file: folder.annotations,
        problem: .conversion(
          .rule("no XML file in this folder, nor .json files in 'annotations' as COCO has them")))
    }
    var parsed: [VOCAnnotation] = []
    for file in files { parsed.append(try VOCAnnotation(contentsOf: file)) }
    let names =
      classNames ?? folder.classNames ?? Set(parsed.flatMap { $0.objects.map(\.name) }).sorted()
    let classes = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let index = ImageIndex(folder: images ?? folder.root)
    var splits: [DatasetSplit: [Sample]] = [:]
    var tally = ConversionTally()
    var annotated: Set<String> = []
    var missing = 0
    for (file, annotation) in zip(files, parsed) {
      let name = stem(String(file.dropFirst(folder.annotations.count).drop { $0 == "/" }))
      annotated.insert(name)
      guard let path = try annotation.picture(file: file, index: index) else {
        guard skipsMissingImages else { throw .missing(annotation.fileName, index, file: file) }
        missing += 1
        continue
      }
      let sample = try annotation.sample(
        of: path, file: file, classes: classes, firstPixel: Double(firstPixel), &tally)
      splits[folder.split(of: name) ?? split, default: []].append(sample)
    }
    for (name, split) in folder.listed where !annotated.contains(name) {
      guard let path = try index.find(stem: name, listedIn: folder.root) else {
        guard skipsMissingImages else { throw .missing(name, index, file: folder.root) }
        missing += 1
        continue
      }
      splits[split, default: []].append(try .unlabeled(path, listedIn: folder.root))
    }
    guard !splits.isEmpty else { throw .missing(parsed[0].fileName, index, file: files[0]) }
    if missing > 0 { tally.notes.append(.missingImages(missing)) }
    self.init(
      name: (joined("", folder.root) as NSString).lastPathComponent, file: folder.annotations,
      classNames: names,
      splits: splits.mapValues { samples in
        samples.sorted { $0.imagePath.utf8.lexicographicallyPrecedes($1.imagePath.utf8) }
      }, notes: tally.allNotes)
  }
}

extension Sample {
  /// An image that a list names and no XML file describes.
  fileprivate static func unlabeled(
    _ path: String, listedIn file: String
  ) throws(DatasetError) -> Sample {
    let audit = ImageAudit(of: path)
    guard let size = audit.size else {
      throw DatasetError(file: file, problem: .audit(audit.problems))
    }
    return Sample(
      imagePath: path, labelPath: nil, width: size.width, height: size.height, rows: [],
      imageDigest: audit.digest)
  }
}

extension DatasetError {
  fileprivate static func missing(
    _ name: String, _ index: ImageIndex, file: String
  ) -> DatasetError {
    DatasetError(
      file: file, problem: .conversion(.missingImages(folder: index.folder, names: [name])))
  }
}

/// What one XML file says.
private struct VOCAnnotation {
  struct Object {
    var name = ""
    var edges: [String: Double] = [:]
    var line = 0
  }

  var fileName = ""
  var width: Double?, height: Double?
  var objects: [Object] = []

  /// The largest XML file that is read, in bytes.
  private static let limit = 16 << 20

  init(contentsOf file: String) throws(DatasetError) {
    // The parser of FoundationXML traps at bytes that are no UTF-8.
    let data = Data(try text(of: file, limit: Self.limit).utf8)
    // Annotations need no document type; without one there are no entities, external or nested.
    guard data.range(of: Data("<!DOCTYPE".utf8)) == nil,
      data.range(of: Data("<!ENTITY".utf8)) == nil
    else {
      throw DatasetError(
        file: file,
        problem: .syntax(format: "a VOC annotation", reason: "document types are not read"))
    }
    let parser = XMLParser(data: data)
    parser.shouldResolveExternalEntities = false
    let builder = VOCBuilder()
    parser.delegate = builder
    // The parser of FoundationXML takes a file that ends too early for a whole one.
    guard parser.parse(), parser.parserError == nil, builder.isComplete else {
      throw DatasetError(
        file: file, line: builder.failure?.line ?? parser.lineNumber,
        problem: builder.failure?.problem ?? .syntax(format: "XML", reason: "it cannot be parsed"))
    }
    guard builder.isAnnotation else {
      throw DatasetError(
        file: file,
        problem: .syntax(format: "a VOC annotation", reason: "it has no element 'annotation'"))
    }
    self = builder.annotation
  }

  fileprivate init() {}

  /// The image by the name that the file gives or, where that is not there, by the file's own.
  func picture(file: String, index: ImageIndex) throws(DatasetError) -> String? {
    if let path = try index.find(fileName, listedIn: file) { return path }
    return try index.find(stem: stem((file as NSString).lastPathComponent), listedIn: file)
  }

  func sample(
    of path: String, file: String, classes: [String: Int], firstPixel: Double,
    _ tally: inout ConversionTally
  ) throws(DatasetError) -> Sample {
    let audit = ImageAudit(of: path)
    guard let size = audit.size else {
      throw DatasetError(file: file, problem: .audit(audit.problems))
    }
    // Some tools write a size of 0; then the image knows better.
    let width = width.flatMap { $0 > 0 ? $0 : nil } ?? Double(size.width)
    let height = height.flatMap { $0 > 0 ? $0 : nil } ?? Double(size.height)
    if size.width != size.height && (width, height) == (Double(size.height), Double(size.width)) {
      throw DatasetError(
        file: file,
        problem: .conversion(
          .rotatedFrame(
            image: path, annotated: [size.height, size.width], found: [size.width, size.height])))
    }
    var rows: [LabelRow] = []
    var known: Set<LabelRow> = []
    for object in objects {
      let row = try row(
        object, file: file, classes: classes, firstPixel: firstPixel, frame: (width, height),
        &tally)
      guard let row else { continue }
      if known.insert(row).inserted { rows.append(row) } else { tally.duplicates += 1 }
    }
    return Sample(
      imagePath: path, labelPath: file, width: size.width, height: size.height, rows: rows,
      imageDigest: audit.digest)
  }

  private func row(
    _ object: Object, file: String, classes: [String: Int], firstPixel: Double,
    frame: (width: Double, height: Double), _ tally: inout ConversionTally
  ) throws(DatasetError) -> LabelRow? {
    guard let classIndex = classes[object.name] else {
      throw DatasetError(
        file: file, line: object.line,
        problem: .conversion(
          .unknownClass(object.name, known: classes.sorted { $0.value < $1.value }.map(\.key))))
    }
    let edges = ["xmin", "ymin", "xmax", "ymax"].compactMap { object.edges[$0] }
    guard edges.count == 4 else {
      throw DatasetError(
        file: file, line: object.line,
        problem: .conversion(
          .badItem(
            item: "object '\(object.name)'", expected: "xmin, ymin, xmax and ymax",
            found: object.edges.keys.sorted().joined(separator: ", "))))
    }
    // Counting from 1, both ends are pixels of the object: the right edge is one further.
    let (x, y) = ((edges[0] - firstPixel) / frame.width, (edges[1] - firstPixel) / frame.height)
    return tally.row(
      classIndex, x: x, y: y, width: edges[2] / frame.width - x,
      height: edges[3] / frame.height - y, borders: .clip)
  }
}

/// Collects the elements of one annotation; the parts of an object are passed over.
private final class VOCBuilder: NSObject, XMLParserDelegate {
  var annotation = VOCAnnotation()
  var isAnnotation = false
  var failure: (line: Int, problem: DatasetError.Problem)?
  /// Whether every element was closed.
  var isComplete: Bool { path.isEmpty }
  private var path: [String] = []
  private var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    path.append(name)
    text = ""
    guard path.count <= 64 else {
      fail(parser, .syntax(format: "a VOC annotation", reason: "elements are nested too deeply"))
      return
    }
    if path == ["annotation"] { isAnnotation = true }
    if path == ["annotation", "object"] {
      annotation.objects.append(VOCAnnotation.Object(line: parser.lineNumber))
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    switch path.dropFirst() {
    case ["filename"]: annotation.fileName = value
    case ["size", "width"]: annotation.width = number(value, name, parser)
    case ["size", "height"]: annotation.height = number(value, name, parser)
    case ["object", "name"]: change { $0.name = value }
    case ["object", "bndbox", name]:
      let edge = number(value, name, parser)
      change { $0.edges[name] = edge }
    default: break
    }
    _ = path.popLast()
    text = ""
  }

  private func change(_ change: (inout VOCAnnotation.Object) -> Void) {
    let last = annotation.objects.count - 1
    if last >= 0 { change(&annotation.objects[last]) }
  }

  private func number(_ value: String, _ name: String, _ parser: XMLParser) -> Double? {
    guard let number = Double(value), number.isFinite else {
      fail(
        parser,
        .conversion(
          .badItem(item: "'\(name)'", expected: "a number", found: "'\(value.prefix(40))'")))
      return nil
    }
    return number
  }

  private func fail(_ parser: XMLParser, _ problem: DatasetError.Problem) {
    if failure == nil { failure = (parser.lineNumber, problem) }
    parser.abortParsing()
  }
}
