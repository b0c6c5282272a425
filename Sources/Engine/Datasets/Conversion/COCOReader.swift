internal import Files
internal import Foundation

extension Dataset {
  /// Reads a COCO detection file, Azure ML's kind included.
  ///
  /// Crowds, boxes without area and repeated rows are left out and counted. Images are found under the
  /// folder by their path or, where links and foreign folders stand in its place, by their name.
  ///
  /// - Parameters:
  ///   - file: The JSON file.
  ///   - images: The folder that holds its images, at any depth.
  ///   - split: Which split the images make up; see ``splitAgain(val:test:seed:)``.
  ///   - options: How the file is understood where tools differ.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` with the annotation where there is one.
  public init(
    coco file: String, images: String, split: DatasetSplit = .train,
    options: COCOOptions = COCOOptions(), work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let reader = try COCOReader(file: file, folder: images, options: options)
    let samples = try reader.samples(work)
    self.init(
      name: PathText.withoutSuffix(PathText.name(of: file)), file: file,
      classNames: reader.classNames, splits: [split: samples.samples], notes: samples.notes)
  }

  /// Reads the files of a folder in COCO's own layout, one a split.
  ///
  /// Files lie in `annotations` and bear the split in their names, as `instances_val2017.json` does;
  /// those of instances come before key points and captions. Images of a split lie in `images/SPLIT`
  /// or, where that is not there, anywhere in the folder. Classes of the files are matched by name.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds `annotations`.
  ///   - images: The folder that holds the images; nil for `folder` itself.
  ///   - options: How the files are understood where tools differ.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError`` where there is no such file, or two of a split, or one cannot be read.
  public init(
    cocoFolder folder: String, images: String? = nil, options: COCOOptions = COCOOptions(),
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let place = joined(folder, "annotations")
    var sets: [Dataset] = []
    for split in DatasetSplit.allCases {
      func files(_ part: String) -> [String] {
        ImageFolder.files(under: place, suffix: "json").filter {
          PathText.name(of: $0).contains(part)
        }
      }
      let instances = files("instances_\(split)")
      let files = instances.isEmpty ? files("\(split)") : instances
      guard files.count < 2 else {
        throw DatasetError(
          file: place,
          problem: .conversion(
            .rule(
              "\(counted(files.count, "file")) have '\(split)' in their names; convert only one")))
      }
      guard let file = files.first else { continue }
      let all = images ?? folder, own = joined(all, "images/\(split)")
      let holder = isFolder(own) ? own : all
      sets.append(
        try Dataset(coco: file, images: holder, split: split, options: options, work: work))
    }
    guard !sets.isEmpty else {
      throw DatasetError(
        file: place,
        problem: .conversion(.rule("no file here has 'train', 'val' or 'test' in its name")))
    }
    self = Dataset.merged(sets, name: PathText.name(of: joined("", folder)))
  }
}

/// Turns the rows of one COCO file into samples.
private struct COCOReader {
  let file: String
  let options: COCOOptions
  let classNames: [String]
  private let content: COCOFile
  private var annotations: [COCOFile.Annotation] { content.annotations ?? [] }
  private let classes: [COCOFile.Identifier: Int]
  private let folder: ImageIndex
  /// What is to be said of the file itself.
  private var notes: [DatasetNote] = []

  /// The largest file that is read, in bytes: the 2017 training set of COCO has 448 million.
  private static let limit = 1 << 29

  init(file: String, folder: String, options: COCOOptions) throws(DatasetError) {
    (self.file, self.options) = (file, options)
    let data = try Datasets.content(of: file, limit: Self.limit)
    do { content = try JSONDecoder().decode(COCOFile.self, from: data) } catch {
      throw DatasetError(
        file: file, problem: .syntax(format: "a COCO file", reason: JSONKind.reason(error)))
    }
    let group = Self.group(content)
    if let group { notes.append(.groupLeftOut(group.name)) }
    let categories = content.categories.filter { $0.id != group?.id }
    (classNames, classes) = try Self.classes(categories, options.classes, file)
    self.folder = ImageIndex(folder: folder)
  }

  private func failure(_ problem: ConversionProblem) -> DatasetError {
    DatasetError(file: file, problem: .conversion(problem))
  }

  /// The category that only groups the others and that no annotation bears: Roboflow's exports have one.
  private static func group(_ content: COCOFile) -> COCOFile.Category? {
    let borne = Set((content.annotations ?? []).map(\.categoryID))
    return content.categories.first { category in
      guard !borne.contains(category.id), content.categories.count > 1 else { return false }
      return content.categories.allSatisfy { $0.id == category.id || $0.group == category.name }
    }
  }

  private static func classes(
    _ categories: [COCOFile.Category], _ rule: COCOOptions.Classes, _ file: String
  ) throws(DatasetError) -> ([String], [COCOFile.Identifier: Int]) {
    var names: [String] = []
    var indices: [String: Int] = [:]
    var classes: [COCOFile.Identifier: Int] = [:]
    let order = categories.sorted {
      ($0.id.number ?? .max, $0.id.description) < ($1.id.number ?? .max, $1.id.description)
    }
    for category in order {
      guard classes[category.id] == nil else {
        throw DatasetError(
          file: file,
          problem: .conversion(
            .duplicateIdentifier(what: "category", identifier: "\(category.id)")))
      }
      if rule == .identifierMinusOne {
        guard let number = category.id.number, (1...100_000).contains(number) else {
          throw DatasetError(
            file: file,
            problem: .conversion(
              .badItem(
                item: "category '\(category.name)'", expected: "an identifier from 1",
                found: "\(category.id)")))
        }
        while names.count < number { names.append("unused_\(names.count)") }
        (names[number - 1], classes[category.id]) = (category.name, number - 1)
      } else if let known = indices[category.name] {
        // Two categories of one name are one class.
        classes[category.id] = known
      } else {
        (classes[category.id], indices[category.name]) = (names.count, names.count)
        names.append(category.name)
      }
    }
    return (names, classes)
  }

  /// One image with what the decision about coordinates needs.
  private struct Found {
    let path: String
    let audit: ImageAudit
    /// Whether the file says that nobody has looked for objects.
    let isUnlabeled: Bool
    /// The frame that the annotations count in.
    let width, height: Double
  }

  func samples(
    _ work: DatasetWork
  ) throws(DatasetError) -> (samples: [Sample], notes: [DatasetNote]) {
    var tally = ConversionTally()
    tally.notes = notes
    let found = try locate(&tally, work)
    let isNormalized = try decideCoordinates()
    if !annotations.isEmpty {
      tally.notes.append(
        .coordinates(isNormalized: isNormalized, chosen: options.coordinates != .automatic))
    }
    let listed = Set(content.images.map(\.id))
    var rows: [COCOFile.Identifier: [LabelRow]] = [:]
    var known: [COCOFile.Identifier: Set<LabelRow>] = [:]
    for (number, annotation) in annotations.enumerated() {
      let item = "annotation \(annotation.id.map { "\($0)" } ?? "#\(number + 1)")"
      guard let image = found[annotation.imageID] else {
        // Annotations of an image that is skipped go with it.
        if listed.contains(annotation.imageID) { continue }
        throw failure(
          .unknownReference(item: item, what: "image", identifier: "\(annotation.imageID)"))
      }
      let frame = isNormalized ? (1, 1) : (image.width, image.height)
      guard let row = try row(annotation, item: item, frame: frame, &tally) else { continue }
      if known[annotation.imageID, default: []].insert(row).inserted {
        rows[annotation.imageID, default: []].append(row)
      } else {
        tally.duplicates += 1
      }
    }
    let samples = found.map { id, image in
      let isUnlabeled =
        content.annotations == nil || image.isUnlabeled && rows[id]?.isEmpty != false
      return Sample(
        imagePath: image.path, labelPath: isUnlabeled ? nil : file,
        width: image.audit.size?.width ?? 0,
        height: image.audit.size?.height ?? 0, rows: rows[id] ?? [],
        imageDigest: image.audit.digest)
    }
    return (
      ImageFolder.sorted(samples), tally.allNotes
    )
  }

  /// The row of one annotation, whose numbers count parts of the frame; nil, and counted, for none.
  private func row(
    _ annotation: COCOFile.Annotation, item: String, frame: (width: Double, height: Double),
    _ tally: inout ConversionTally
  ) throws(DatasetError) -> LabelRow? {
    guard let index = classes[annotation.categoryID] else {
      throw failure(
        .unknownReference(item: item, what: "category", identifier: "\(annotation.categoryID)"))
    }
    let box = annotation.box
    guard box.count == 4, box.allSatisfy(\.isFinite) else {
      throw failure(
        .badItem(
          item: item, expected: "four finite numbers as bbox, or an outline as segmentation",
          found: "\(box.prefix(8))"))
    }
    if annotation.isCrowd {
      tally.crowds += 1
      return nil
    }
    return tally.row(
      index, x: box[0] / frame.width, y: box[1] / frame.height, width: box[2] / frame.width,
      height: box[3] / frame.height, borders: options.borders)
  }

  /// Finds and looks at the images that the file lists.
  private func locate(
    _ tally: inout ConversionTally, _ work: DatasetWork
  ) throws(DatasetError) -> [COCOFile.Identifier: Found] {
    var found: [COCOFile.Identifier: Found] = [:]
    var missing: [String] = []
    var there: [(image: COCOFile.Image, path: String)] = []
    for image in content.images {
      if let path = try folder.find(image.fileName, listedIn: file) {
        there.append((image, path))
      } else {
        missing.append(image.fileName)
      }
    }
    let audits = try work.audits(of: there.map(\.path), for: folder.folder)
    for ((image, path), audit) in zip(there, audits) {
      guard let size = audit.size else {
        throw DatasetError(file: file, problem: .audit(audit.problems))
      }
      let width = image.width ?? Double(size.width), height = image.height ?? Double(size.height)
      guard width >= 1 && height >= 1 else {
        throw failure(
          .badItem(
            item: "image \(image.id)", expected: "a size in pixels", found: "\(width) x \(height)"))
      }
      if size.width != size.height && (width, height) == (Double(size.height), Double(size.width)) {
        throw failure(
          .rotatedFrame(
            image: path, annotated: [size.height, size.width], found: [size.width, size.height]))
      }
      let entry = Found(
        path: path, audit: audit, isUnlabeled: image.unlabeled == true, width: width,
        height: height)
      guard found.updateValue(entry, forKey: image.id) == nil else {
        throw failure(.duplicateIdentifier(what: "image", identifier: "\(image.id)"))
      }
    }
    if !missing.isEmpty {
      guard options.skipsMissingImages, !found.isEmpty else {
        throw failure(.missingImages(folder: folder.folder, names: missing))
      }
      tally.missing += missing.count
    }
    return found
  }

  /// Whether the boxes are fractions.
  private func decideCoordinates() throws(DatasetError) -> Bool {
    let boxes = annotations.filter { $0.box.count == 4 }.map { annotation in
      let box = annotation.box
      return BoxNumbers(
        item: "annotation \(annotation.id.map { "\($0)" } ?? "?") (\(box))",
        edges: [box[0], box[1], box[0] + box[2], box[1] + box[3]], numbers: box)
    }
    return try BoxNumbers.areFractions(boxes, options.coordinates, file: file)
  }
}
