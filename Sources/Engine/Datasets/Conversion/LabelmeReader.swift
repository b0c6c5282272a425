internal import Files
internal import Foundation

extension Dataset {
  /// Reads labelme's files, one JSON an image.
  ///
  /// Rectangles of two or four corners, polygons, circles and masks become the boxes around them; lines
  /// and points have none and are left out and counted. Folders named as splits are splits. Classes are
  /// the lines of `labels.txt` or, where that is not there, all names that occur, in alphabetical order.
  /// Source: the files that labelme 5 writes, <https://github.com/wkentaro/labelme>.
  ///
  /// - Parameters:
  ///   - folder: The folder of the JSON files, at any depth.
  ///   - options: Where the images are, and what becomes of those that are not there.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` with the file.
  public init(
    labelme folder: String, options: ImportOptions = ImportOptions(),
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let files = ImageFolder.files(under: folder, suffix: "json")
    let index = ImageIndex(folder: options.images ?? folder)
    var reader = AnnotationImport(
      index: index, classNames: try Self.labelmeClasses(in: folder), options: options.coco)
    var images: [AnnotatedImage] = []
    var lines = 0
    for path in files {
      guard let file = try LabelmeFile(contentsOf: path) else { continue }
      images.append(
        file.image(at: path, split: SplitFolders.split(ofFile: path, in: folder), lines: &lines))
    }
    guard !images.isEmpty else {
      throw DatasetError(
        file: folder, problem: .conversion(.rule("no labelme files in this folder")))
    }
    let (splits, classNames) = try reader.samples(of: images, work)
    if lines > 0 { reader.tally.notes.append(.notConverted(lines, "line or point")) }
    self.init(
      name: PathText.name(of: joined("", folder)), file: folder,
      classNames: classNames, splits: splits, notes: reader.tally.allNotes)
  }

  /// The classes of labelme's own list, without the two that it keeps for itself.
  private static func labelmeClasses(in folder: String) throws(DatasetError) -> [String]? {
    guard let list = try ClassList.find(in: [folder]) else { return nil }
    let names = list.names.filter { !LabelmeFile.reserved.contains($0) }
    return names.isEmpty ? nil : names
  }
}

/// What one of labelme's files says.
struct LabelmeFile: Decodable {
  struct Shape: Decodable {
    let label: String
    let points: [[Double]]
    let kind: String?

    private enum CodingKeys: String, CodingKey {
      case label, points
      case kind = "shape_type"
    }
  }

  let shapes: [Shape]
  let imagePath: String?
  let imageWidth, imageHeight: Double?

  /// Names that stand in labelme's lists and are no classes.
  static let reserved: Set<String> = ["__ignore__", "_background_"]
  /// The largest file that is read, in bytes: it may hold the image.
  private static let limit = 256 << 20

  /// Reads a file; nil where it is another tool's.
  ///
  /// - Throws: ``DatasetError`` where it cannot be read, or is damaged.
  init?(contentsOf path: String) throws(DatasetError) {
    guard try JSONKind(of: path) == .labelme else { return nil }
    let data = try content(of: path, limit: Self.limit)
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw DatasetError(
        file: path, problem: .syntax(format: "labelme's", reason: JSONKind.reason(error)))
    }
  }

  /// The image with the boxes around its shapes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - split: Which split it belongs to.
  ///   - lines: Counts the shapes without an inside.
  /// - Returns: The image, in pixels.
  func image(at path: String, split: DatasetSplit, lines: inout Int) -> AnnotatedImage {
    var boxes: [AnnotatedImage.Box] = []
    for shape in shapes where !Self.reserved.contains(shape.label) {
      guard let hull = shape.hull else {
        lines += 1
        continue
      }
      boxes.append(AnnotatedImage.Box(shape.label, hull))
    }
    let own = stem(PathText.name(of: path))
    return AnnotatedImage(
      file: path, written: imagePath ?? own, stem: own, width: imageWidth, height: imageHeight,
      boxes: boxes, split: split)
  }
}

extension LabelmeFile.Shape {
  /// The box around it; nil for what has no inside.
  fileprivate var hull: Outline? {
    let points = points.compactMap { $0.count >= 2 ? (x: $0[0], y: $0[1]) : nil }
    guard points.count == self.points.count else { return nil }
    switch kind ?? "polygon" {
    // "rotation" is X-AnyLabeling's turned rectangle, "mask" has the corners of its pixels.
    case "rectangle", "mask", "rotation": return points.count >= 2 ? Outline(of: points) : nil
    case "polygon": return points.count >= 3 ? Outline(of: points) : nil
    case "circle":
      guard points.count == 2 else { return nil }
      let radius = hypot(points[1].x - points[0].x, points[1].y - points[0].y)
      return Outline(ellipseAt: points[0].x, points[0].y, halfAxes: (radius, radius))
    default: return nil
    }
  }
}

extension AnnotatedImage.Box {
  /// A shape's box, in pixels.
  init(_ name: String, _ hull: Outline, line: Int? = nil) {
    self.init(
      name: name, left: hull.left, top: hull.top, right: hull.right, bottom: hull.bottom,
      line: line)
  }
}
