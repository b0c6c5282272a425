internal import Files
internal import Foundation

extension Dataset {
  /// Reads a project or the annotations of the VGG Image Annotator, version 1 or 2, as JSON.
  ///
  /// Rectangles, circles, ellipses and polygons become the boxes around them; lines and points have none
  /// and are left out and counted. A region's class is its attribute `class`, `label`, `name`, `type` or
  /// `category`, or the only one that regions have.
  /// Source: <https://gitlab.com/vgg/via/-/blob/master/via-2.x.y/CodeDoc.md>.
  ///
  /// - Parameters:
  ///   - file: The JSON file.
  ///   - options: Where the images are, and what becomes of those that are not there.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` with the file.
  public init(
    via file: String, options: ImportOptions = ImportOptions(), work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let data = try content(of: file, limit: VIAFile.limit)
    let regions: VIAFile
    do { regions = try JSONDecoder().decode(VIAFile.self, from: data) } catch {
      throw DatasetError(
        file: file,
        problem: .syntax(
          format: "a file of the VGG Image Annotator", reason: JSONKind.reason(error)))
    }
    try self.init(via: regions.images, file: file, options, work)
  }

  /// Makes a dataset of regions, whichever kind of file they stand in.
  init(
    via images: [VIAFile.Image], file: String, _ options: ImportOptions, _ work: DatasetWork
  ) throws(DatasetError) {
    let attribute = try VIAFile.classAttribute(
      of: images.flatMap { $0.regions.map(\.attributes) }, file: file)
    var left = 0
    var annotated: [AnnotatedImage] = []
    for image in images {
      var boxes: [AnnotatedImage.Box] = []
      for region in image.regions {
        guard let hull = region.shape.hull else {
          left += 1
          continue
        }
        guard let attribute else {
          boxes.append(AnnotatedImage.Box("object", hull, line: region.line))
          continue
        }
        guard let name = region.attributes[attribute]?.trimmingCharacters(in: .whitespaces),
          !name.isEmpty
        else {
          throw DatasetError(
            file: file, line: region.line,
            problem: .conversion(
              .badItem(
                item: "a region of \(image.name)", expected: "a class as '\(attribute)'",
                found: "none")))
        }
        boxes.append(AnnotatedImage.Box(name, hull, line: region.line))
      }
      annotated.append(
        AnnotatedImage(file: file, written: image.name, stem: nil, boxes: boxes, split: .train))
    }
    var reader = AnnotationImport(
      index: ImageIndex(folder: options.images ?? folder(of: file)), options: options.coco)
    if attribute == nil { reader.tally.notes.append(.namelessRegions("object")) }
    let (splits, classNames) = try reader.samples(of: annotated, work)
    if left > 0 { reader.tally.notes.append(.notConverted(left, "line or point")) }
    self.init(
      name: stem(PathText.name(of: file)), file: file, classNames: classNames,
      splits: splits, notes: reader.tally.allNotes)
  }
}

/// What a JSON file of the VGG Image Annotator says.
struct VIAFile: Decodable {
  struct Image: Decodable {
    var name: String
    var regions: [Region]

    private enum CodingKeys: String, CodingKey {
      case name = "filename"
      case regions
    }

    init(name: String, regions: [Region] = []) { (self.name, self.regions) = (name, regions) }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      name = try values.decode(String.self, forKey: .name)
      // A list since version 2; a map from numbers before.
      if let list = try? values.decode([Region].self, forKey: .regions) {
        regions = list
      } else {
        let map = try values.decode([String: Region].self, forKey: .regions)
        regions = map.sorted { (Int($0.key) ?? 0, $0.key) < (Int($1.key) ?? 0, $1.key) }.map(
          \.value)
      }
    }
  }

  struct Region: Decodable {
    var shape: Shape
    var attributes: [String: String]
    var line: Int?

    private enum CodingKeys: String, CodingKey {
      case shape = "shape_attributes"
      case attributes = "region_attributes"
    }

    init(shape: Shape, attributes: [String: String], line: Int?) {
      (self.shape, self.attributes, self.line) = (shape, attributes, line)
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      shape = try values.decode(Shape.self, forKey: .shape)
      attributes =
        (try values.decodeIfPresent(Attributes.self, forKey: .attributes))?.values ?? [:]
    }
  }

  /// Attributes are texts; choices of several are maps from a name to whether it holds.
  struct Attributes: Decodable {
    let values: [String: String]

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: AnyKey.self)
      var values: [String: String] = [:]
      for key in members.allKeys {
        if let text = try? members.decode(String.self, forKey: key) {
          values[key.stringValue] = text
        } else if let choices = try? members.decode([String: Bool].self, forKey: key) {
          values[key.stringValue] = choices.filter(\.value).keys.sorted().first ?? ""
        }
      }
      self.values = values
    }
  }

  struct Shape: Decodable {
    let name: String?
    let x, y, width, height, cx, cy, r, rx, ry, theta: Double?
    let xs, ys: [Double]?

    private enum CodingKeys: String, CodingKey {
      case name, x, y, width, height, cx, cy, r, rx, ry, theta
      case xs = "all_points_x"
      case ys = "all_points_y"
    }

    /// The box around it; nil for what has no inside.
    var hull: Outline? {
      switch name {
      case "rect":
        guard let x, let y, let width, let height else { return nil }
        return Outline(of: [(x, y), (x + width, y + height)])
      case "circle":
        guard let cx, let cy, let r else { return nil }
        return Outline(ellipseAt: cx, cy, halfAxes: (r, r))
      case "ellipse":
        guard let cx, let cy, let rx, let ry else { return nil }
        return Outline(ellipseAt: cx, cy, halfAxes: (rx, ry), angle: theta ?? 0)
      case "polygon":
        guard let xs, let ys, xs.count == ys.count, xs.count >= 3 else { return nil }
        return Outline(of: zip(xs, ys).map { (x: $0, y: $1) })
      default: return nil
      }
    }
  }

  let images: [Image]

  /// The largest file that is read, in bytes.
  static let limit = 1 << 29

  private enum CodingKeys: String, CodingKey { case images = "_via_img_metadata" }

  init(from decoder: any Decoder) throws {
    let project = try decoder.container(keyedBy: CodingKeys.self)
    let map =
      try project.contains(.images)
      ? project.decode([String: Image].self, forKey: .images) : [String: Image](from: decoder)
    images = map.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The attribute that holds the class; nil where regions have none at all.
  ///
  /// - Throws: ``DatasetError`` where several could.
  static func classAttribute(
    of regions: [[String: String]], file: String
  ) throws(DatasetError) -> String? {
    let names = Set(regions.flatMap(\.keys)).sorted()
    for usual in ["class", "label", "name", "type", "category"] {
      if let name = names.first(where: { $0.lowercased() == usual }) { return name }
    }
    guard names.count < 2 else {
      throw DatasetError(
        file: file,
        problem: .conversion(
          .rule(
            """
            regions have the attributes \(names.joined(separator: ", ")), and it is not clear which is \
            the class; name that one 'class'
            """)))
    }
    return names.first
  }
}
