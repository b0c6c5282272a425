internal import Files
internal import Foundation

/// How the files of labeling tools are read, where YOLO's own description does not say it.
public struct ImportOptions: Hashable, Sendable {
  /// The folder of the images, at any depth; nil for the one that the annotations are in.
  public var images: String?
  /// How the numbers of boxes count, and what else COCO's files leave open.
  public var coco = COCOOptions()
  /// The coordinate of Pascal VOC's first pixel: 0 or 1.
  public var firstPixel = 0

  /// The images beside their annotations; all else decided by itself.
  public init() {}
}

extension Dataset {
  /// Opens a dataset in the form in which a tool exported it, and audits it.
  ///
  /// - Parameters:
  ///   - path: YOLO's YAML file, darknet's `obj.data`, a file of annotations (COCO's or the VGG Image
  ///     Annotator's JSON, a CSV table), or a folder that holds one of these, the files of Pascal VOC or
  ///     labelme, or images and YOLO's labels alone. A note says what a folder was taken for.
  ///   - labels: What to do about labels and images that are wrong.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError``; under ``LabelPolicy/strict`` with all problems at once.
  /// - Complexity: Reads every byte of every image once that is not known, for the digest; keeps none.
  public init(
    contentsOf path: String, labels: LabelPolicy = .strict, work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let dataset = try Dataset(importing: path, labels: labels, work: work)
    var notes: [DatasetNote] = []
    let unused = dataset.unusedClasses
    if !unused.isEmpty { notes.append(.unusedClasses(unused)) }
    if dataset.val.isEmpty { notes.append(.noValidation) }
    self = Dataset(dataset, notes: dataset.notes + notes)
  }

  /// Reads and audits a dataset in the form in which a tool exported it, to make another of it.
  ///
  /// - Parameters:
  ///   - path: As above.
  ///   - labels: What to do about labels and images that are wrong.
  ///   - options: How the files of other tools are read.
  ///   - work: On how many threads, and what is known already of the files.
  /// - Throws: ``DatasetError``; under ``LabelPolicy/strict`` with all problems at once.
  public init(
    importing path: String, labels: LabelPolicy = .strict, options: ImportOptions = ImportOptions(),
    work: DatasetWork = DatasetWork()
  ) throws(DatasetError) {
    let layout = try DatasetLayout(of: path)
    let dataset = try layout.open(labels: labels, options, path: path, work: work)
    guard isFolder(path) else {
      self = dataset
      return
    }
    let notes = [DatasetNote.takenFor(layout.kind)] + dataset.notes
    if case .yaml = layout {
      self = Dataset(dataset, notes: notes)
    } else {
      // It is the folder that opens it again.
      self = Dataset(dataset, name: Self.name(ofFolder: path), file: path, notes: notes)
    }
  }

  /// What a folder is called, also where it is written as `.` or `..`.
  static func name(ofFolder folder: String) -> String {
    let own = PathText.name(of: joined("", folder))
    guard own == "." || own == ".." else { return own }
    let whole = joined(FileManager.default.currentDirectoryPath, folder)
    return PathText.name(of: whole)
  }

  /// The names of the classes that no object of any split bears; none where nothing is labeled.
  var unusedClasses: [String] {
    var borne = Set<Int>()
    for samples in splits.values {
      for sample in samples { for row in sample.rows { borne.insert(row.classIndex) } }
    }
    guard !borne.isEmpty else { return [] }
    return classNames.indices.filter { !borne.contains($0) }.map { classNames[$0] }
  }
}

extension DatasetLayout {
  /// Reads what was recognized.
  fileprivate func open(
    labels: LabelPolicy, _ options: ImportOptions, path: String, work: DatasetWork
  ) throws(DatasetError) -> Dataset {
    switch self {
    case .yaml(let file):
      return try Dataset(DatasetDescription(contentsOf: file), labels: labels, work: work)
    case .darknet(let file):
      return try Dataset(DatasetDescription(darknet: file), labels: labels, work: work)
    case .labels(let folder, let names):
      return try Dataset(
        DatasetDescription(folder: folder, names: names), labels: labels, work: work)
    case .coco(let files):
      var sets: [Dataset] = []
      for (split, file, images) in files {
        sets.append(
          try Dataset(
            coco: file, images: options.images ?? images, split: split, options: options.coco,
            work: work))
      }
      return Self.joined(sets, path: path)
    case .cocoFolder(let folder):
      return try Dataset(
        cocoFolder: folder, images: options.images, options: options.coco, work: work)
    case .voc(let folders):
      var sets: [Dataset] = []
      for (split, folder) in folders {
        sets.append(
          try Dataset(
            voc: folder, images: options.images, split: split, firstPixel: options.firstPixel,
            skipsMissingImages: options.coco.skipsMissingImages, work: work))
      }
      return Self.joined(sets, path: path)
    case .labelme(let folder): return try Dataset(labelme: folder, options: options, work: work)
    case .via(let file): return try Dataset(via: file, options: options, work: work)
    case .table(let file): return try Dataset(table: file, options: options, work: work)
    }
  }

  /// One dataset of the splits that a folder holds.
  private static func joined(_ sets: [Dataset], path: String) -> Dataset {
    sets.count == 1 ? sets[0] : Dataset.merged(sets, name: Dataset.name(ofFolder: path))
  }
}
