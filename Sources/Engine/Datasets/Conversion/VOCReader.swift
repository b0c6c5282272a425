internal import Files
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
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` with the file, and its line where there is one.
  public init(
    voc folder: String, images: String? = nil, split: DatasetSplit = .train,
    classNames: [String]? = nil, firstPixel: Int = 0, skipsMissingImages: Bool = false,
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let folder = VOCFolder(folder)
    let files = ImageFolder.files(under: folder.annotations, suffix: "xml")
    guard !files.isEmpty else {
      throw DatasetError(
        file: folder.annotations,
        problem: .conversion(
          .rule("no XML file in this folder, nor .json files in 'annotations' as COCO has them")))
    }
    var annotated: [AnnotatedImage] = []
    var described: Set<String> = []
    for file in files {
      let name = stem(String(file.dropFirst(folder.annotations.count).drop { $0 == "/" }))
      described.insert(name)
      annotated.append(
        try VOCAnnotation(contentsOf: file).image(
          file: file, firstPixel: Double(firstPixel), split: folder.split(of: name) ?? split))
    }
    var reader = AnnotationImport(
      index: ImageIndex(folder: images ?? folder.root), classNames: classNames ?? folder.classNames)
    reader.skipsMissingImages = skipsMissingImages
    var (splits, names) = try reader.samples(of: annotated, work)
    var unlabeled: [(path: String, split: DatasetSplit)] = []
    for (name, split) in folder.listed where !described.contains(name) {
      guard let path = try reader.index.find(stem: name, listedIn: folder.root) else {
        guard skipsMissingImages else {
          throw DatasetError(
            file: folder.root,
            problem: .conversion(.missingImages(folder: reader.index.folder, names: [name])))
        }
        reader.tally.missing += 1
        continue
      }
      unlabeled.append((path, split))
    }
    let audits = try work.audits(of: unlabeled.map(\.path), for: reader.index.folder)
    for ((path, split), audit) in zip(unlabeled, audits) {
      splits[split, default: []].append(try .unlabeled(path, audit, listedIn: folder.root))
    }
    self.init(
      name: PathText.name(of: joined("", folder.root)), file: folder.annotations,
      classNames: names, splits: splits.mapValues(ImageFolder.sorted), notes: reader.tally.allNotes)
  }
}

extension Sample {
  /// An image that a list names and no XML file describes.
  fileprivate static func unlabeled(
    _ path: String, _ audit: ImageAudit, listedIn file: String
  ) throws(DatasetError) -> Sample {
    guard let size = audit.size else {
      throw DatasetError(file: file, problem: .audit(audit.problems))
    }
    return Sample(
      imagePath: path, labelPath: nil, width: size.width, height: size.height, rows: [],
      imageDigest: audit.digest)
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
        problem: .syntax(
          format: "a VOC annotation",
          reason: builder.root == "annotations"
            ? "it is CVAT's own form; export 'Ultralytics YOLO Detection' or 'COCO 1.0'"
            : "it has no element 'annotation'"))
    }
    self = builder.annotation
  }

  fileprivate init() {}

  /// The image with its boxes.
  ///
  /// - Throws: ``DatasetError`` with the line of an object without a box.
  func image(
    file: String, firstPixel: Double, split: DatasetSplit
  ) throws(DatasetError) -> AnnotatedImage {
    var boxes: [AnnotatedImage.Box] = []
    for object in objects {
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
      boxes.append(
        AnnotatedImage.Box(
          name: object.name, left: edges[0] - firstPixel, top: edges[1] - firstPixel,
          right: edges[2], bottom: edges[3], line: object.line))
    }
    return AnnotatedImage(
      file: file, written: fileName, stem: stem(PathText.name(of: file)),
      width: width, height: height, boxes: boxes, split: split)
  }
}

/// Collects the elements of one annotation; the parts of an object are passed over.
private final class VOCBuilder: NSObject, XMLParserDelegate {
  var annotation = VOCAnnotation()
  var isAnnotation = false
  /// The name of the outermost element.
  var root: String?
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
    if path.count == 1 { root = name }
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
