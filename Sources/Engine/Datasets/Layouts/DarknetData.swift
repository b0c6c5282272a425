internal import Files
internal import Foundation

extension DatasetDescription {
  /// Reads darknet's `obj.data`, as CVAT writes it under "YOLO 1.1": `key = value` lines with the lists
  /// of the splits and of the classes.
  ///
  /// Paths begin with the `data/` of darknet's own folder; they are looked for by their tail beside the
  /// file. Subsets of other names than darknet's (`Train`, `Validation`) are lists of their own.
  ///
  /// - Throws: ``DatasetError`` where a line is none, or no list of classes or images is there.
  init(darknet file: String) throws(DatasetError) {
    let home = PathText.folder(of: file)
    var values: [(key: String, value: String, line: Int)] = []
    let lines = try text(of: file, limit: Self.sizeLimit).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count == 2 else {
        throw DatasetError(
          file: file, line: number + 1,
          problem: .syntax(format: "a darknet description", reason: "expected 'key = value'"))
      }
      values.append((parts[0], parts[1], number + 1))
    }
    var splits: [DatasetSplit: Places] = [:]
    var notes: [DatasetNote] = []
    for (key, value, line) in values
    where !value.isEmpty && !Self.otherKeys.contains(key.lowercased()) {
      let split = SplitFolders.split(named: key)
      if split == nil { notes.append(.unknownSubset(key)) }
      // CVAT keeps the images of a subset in a folder of its name, whether or not there is a list.
      let own = "obj_\(key)_data"
      // `data/` is darknet's own folder, from which exporters write all paths.
      let bare = value.hasPrefix("data/") ? String(value.dropFirst(5)) : value
      let written = Directory.exists(joined(home, bare)) ? bare : value
      let isListed = WrittenPath(written).found(in: home) != nil
      let place = !isListed && isFolder(joined(home, own)) ? own : written
      splits[split ?? .train] = Places(
        key: key, paths: (splits[split ?? .train]?.paths ?? []) + [place], line: line)
    }
    let named = values.first { $0.key.lowercased() == "names" }
    guard let named, let list = WrittenPath(named.value).found(in: home) else {
      throw DatasetError(
        file: file, line: named?.line,
        problem: named.map {
          .missingFolder(key: "names", tried: WrittenPath($0.value).places(in: home))
        } ?? .missingKey("names", hint: "give the list of classes: names = obj.names"))
    }
    guard !splits.isEmpty else {
      throw DatasetError(
        file: file, problem: .missingKey("train", hint: "give the list of training images"))
    }
    self.init(
      file: file, home: home, root: nil, splits: splits,
      classNames: try ClassList(contentsOf: list).names, notes: notes)
  }

  /// What a darknet description holds beside its subsets.
  private static let otherKeys: Set<String> = [
    "classes", "names", "backup", "results", "eval", "top", "labels",
  ]

  /// Describes a folder of images with YOLO's labels: Label Studio's, labelImg's and plain ones.
  ///
  /// Splits are folders (`train/images`, `images/train`, `train`); without them all images train. The
  /// classes stand in a list beside them (`classes.txt`) or, without one, are numbered as far as the
  /// labels go.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - file: A YAML file that names the classes; nil to look for a list.
  /// - Throws: ``DatasetError`` where there is no image, or nothing that says which classes there are.
  init(folder: String, names file: String?) throws(DatasetError) {
    let found = SplitFolders(of: folder).folders
    var splits: [DatasetSplit: Places] = [:]
    for (split, place) in found {
      splits[split] = Places(key: split.rawValue, paths: [place], line: 1)
    }
    if splits.isEmpty {
      let images = joined(folder, "images")
      splits[.train] = Places(
        key: "train", paths: [isFolder(images) ? images : folder], line: 1)
    }
    guard splits.values.contains(where: { !ImageFolder.images(in: $0.paths[0]).isEmpty }) else {
      throw DatasetError(file: folder, problem: .conversion(Self.emptiness(of: folder)))
    }
    let homes = [folder, joined(folder, "labels")] + found.values.sorted()
    var notes: [DatasetNote] = []
    let classes: [String]
    if let file {
      classes = try Self.classNames(in: file)
    } else if let list = try ClassList.find(in: homes) {
      classes = list.names
    } else {
      let count = Self.classCount(splits.values.flatMap(\.paths))
      guard count > 0 else {
        throw DatasetError(
          file: folder,
          problem: .missingKey(
            "classes.txt",
            hint:
              "and neither a YAML file nor labels that define the classes; write one name per line"
          ))
      }
      classes = (0..<count).map { "class_\($0)" }
      notes.append(.numberedClasses(count))
    }
    self.init(
      file: folder, home: "", root: nil, splits: splits, classNames: classes, notes: notes)
  }

  /// What to say of a folder without an image.
  private static func emptiness(of folder: String) -> ConversionProblem {
    let labels = ImageFolder.files(under: folder, suffix: "txt").count
    return .rule(
      labels > 0
        ? """
        there are labels but no images; export them again together with the images, or put the images \
        into a folder named 'images'
        """
        : """
        there are neither images nor a YAML file here; give the folder of a dataset, or its YAML file
        """)
  }

  /// One more than the largest class of the labels of the images below some folders.
  private static func classCount(_ folders: [String]) -> Int {
    var largest = -1
    for image in folders.flatMap({ ImageFolder.images(in: $0) }) {
      guard let (file, identity) = ImageFolder.labels(ofImage: image),
        let bytes = try? content(of: file, identity, limit: 16 << 20)
      else { continue }
      for line in LabelText([UInt8](bytes)).lines {
        guard let number = line.first?.number, (0..<10_000).contains(number) else { continue }
        largest = max(largest, Int(number))
      }
    }
    return largest + 1
  }
}
