internal import Files
internal import Foundation

/// What a path that is given as a dataset turns out to be.
enum DatasetLayout {
  /// YOLO's own description.
  case yaml(file: String)
  /// Darknet's `obj.data`, as CVAT exports it under "YOLO 1.1".
  case darknet(file: String)
  /// Folders of images with YOLO's labels, without a description or with one that names classes alone.
  case labels(folder: String, names: String?)
  /// Files of COCO's format, each with the folder of its images.
  case coco([(split: DatasetSplit, file: String, images: String)])
  /// COCO's own folder, with `annotations`.
  case cocoFolder(String)
  /// Folders of Pascal VOC's XML files.
  case voc([(split: DatasetSplit, folder: String)])
  /// A folder of labelme's files, one an image.
  case labelme(folder: String)
  /// A project of the VGG Image Annotator, as JSON.
  case via(file: String)
  /// A table with a box a line; the VGG Image Annotator's, too.
  case table(file: String)

  /// Looks at a file or a folder.
  ///
  /// - Throws: ``DatasetError`` where it is nothing of all this, or several things at once.
  init(of path: String) throws(DatasetError) {
    self = isFolder(path) ? try Self.folder(path) : try Self.file(path)
  }

  private static func file(_ path: String) throws(DatasetError) -> DatasetLayout {
    switch PathText.suffix(of: path).lowercased() {
    case "data": return .darknet(file: path)
    case "json":
      switch try JSONKind(of: path) {
      case .coco: return .coco([(.train, path, imageFolder(ofAnnotations: path))])
      case .via: return .via(file: path)
      case .labelme:
        throw DatasetError(
          file: path,
          problem: .conversion(.rule("this is the labelme file of one image; give its folder")))
      case nil:
        throw DatasetError(
          file: path,
          problem: .syntax(
            format: "a known annotation file",
            reason: "expected COCO's, labelme's or the VGG Image Annotator's members"))
      }
    case "csv": return .table(file: path)
    case "xml":
      throw DatasetError(
        file: path,
        problem: .conversion(.rule("this is the Pascal VOC file of one image; give its folder")))
    case "zip", "gz", "tgz", "tar", "7z", "rar":
      throw DatasetError(
        file: path,
        problem: .conversion(
          .rule("this is an archive; unpack it and give the resulting folder")))
    default: return .yaml(file: path)
    }
  }

  /// Where the images of a COCO file are: below its folder or, from `annotations`, beside that.
  private static func imageFolder(ofAnnotations file: String) -> String {
    let home = Datasets.folder(of: file)
    return PathText.name(of: home).lowercased() == "annotations"
      ? joined(home, "..") : home
  }

  private static func folder(_ folder: String) throws(DatasetError) -> DatasetLayout {
    let names = ImageFolder.names(in: folder).sorted()
    func named(_ endings: String...) -> [String] {
      names.filter { name in endings.contains { name.lowercased().hasSuffix($0) } }
    }
    if let file = try description(among: named(".yaml", ".yml"), in: folder) {
      return DatasetDescription.namesClassesAlone(file)
        ? .labels(folder: folder, names: file) : .yaml(file: file)
    }
    if let data = named(".data").first { return .darknet(file: joined(folder, data)) }
    let splits = SplitFolders(of: folder)
    let exports = splits.folders.compactMap { split, place in
      ["_annotations.coco.json", "labels.json"].map { (split, joined(place, $0), place) }
        .first { Directory.exists($0.1) }
    }
    if !exports.isEmpty { return .coco(exports) }
    let isVOC = VOCFolder.annotations(in: folder) != nil
    if !isVOC && !ImageFolder.files(under: joined(folder, "annotations"), suffix: "json").isEmpty {
      return .cocoFolder(folder)
    }
    if isVOC { return .voc([(.train, folder)]) }
    let described = splits.folders.filter { holds(.xml, $0.value) }
    if !described.isEmpty { return .voc(described.map { ($0.key, $0.value) }) }
    if !names.contains(where: { $0.hasSuffix(".txt") }) && holds(.xml, folder) {
      return .voc([(.train, folder)])
    }
    let places = [folder] + splits.folders.values.sorted()
    let texts = places.flatMap { ImageFolder.files(in: $0, suffix: "json") }
    return try single(folder, texts, tables: named(".csv")) ?? .labels(folder: folder, names: nil)
  }

  /// The YAML file that describes a dataset; others, such as a run's `args.yaml`, may lie beside it.
  private static func description(
    among names: [String], in folder: String
  ) throws(DatasetError) -> String? {
    let usual = names.filter { ["data", "dataset"].contains(stem($0).lowercased()) }
    let candidates = (usual.isEmpty ? names : usual).map { joined(folder, $0) }.filter {
      !usual.isEmpty || (try? DatasetDescription(contentsOf: $0)) != nil
    }
    guard candidates.count < 2 else {
      throw DatasetError(
        file: folder,
        problem: .conversion(
          .rule(
            "several files here describe a dataset; choose one: \(candidates.joined(separator: ", "))"
          )))
    }
    return candidates.first
  }

  /// What a folder's only kind of JSON or CSV files says it is.
  private static func single(
    _ folder: String, _ texts: [String], tables: [String]
  ) throws(DatasetError) -> DatasetLayout? {
    let kinds = texts.prefix(3).map { (file: $0, kind: try? JSONKind(of: $0)) }
    if kinds.contains(where: { $0.kind == .labelme }) { return .labelme(folder: folder) }
    if let known = kinds.first(where: { $0.kind != nil }) { return try file(known.file) }
    if tables.count == 1 { return .table(file: joined(folder, tables[0])) }
    return nil
  }

  private enum Kind: String { case xml, json }

  private static func holds(_ kind: Kind, _ folder: String) -> Bool {
    ImageFolder.names(in: folder).contains { $0.lowercased().hasSuffix("." + kind.rawValue) }
  }

  /// What it is, for the note about a folder.
  var kind: String {
    switch self {
    case .yaml(let file): "the dataset that \(PathText.name(of: file)) describes"
    case .darknet(let file):
      "a darknet dataset, described by \(PathText.name(of: file))"
    case .labels: "images with YOLO labels"
    case .coco(let files):
      "a COCO export (\(PathText.name(of: files[0].file)))"
    case .cocoFolder: "a folder in COCO's layout"
    case .voc: "Pascal VOC annotations"
    case .labelme: "labelme's files"
    case .via: "a VGG Image Annotator project"
    case .table(let file): "a table of boxes (\(PathText.name(of: file)))"
    }
  }
}
