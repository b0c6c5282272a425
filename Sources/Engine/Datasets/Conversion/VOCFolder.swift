internal import Files
internal import Foundation

/// The folders and lists around Pascal VOC annotations.
///
/// The original layout has `Annotations`, `JPEGImages` and `ImageSets/Main/SPLIT.txt` side by side.
/// `classes.txt` beside them, a name a line, is a habit of labelling tools.
struct VOCFolder {
  /// Where the XML files are.
  let annotations: String
  /// Where the rest is.
  let root: String
  /// The classes by index, where a list says so.
  let classNames: [String]?
  /// Which split the names of the lists belong to, and the names in order.
  private var splits: [String: DatasetSplit] = [:]
  private(set) var listed: [(name: String, split: DatasetSplit)] = []

  /// - Parameter folder: The folder of the XML files, or the one that holds `Annotations`.
  init(_ folder: String) {
    if let below = Self.annotations(in: folder) {
      (annotations, root) = (below, folder)
    } else {
      let isUsual =
        PathText.name(of: joined("", folder)).lowercased() == "annotations"
      (annotations, root) = (folder, isUsual ? joined(folder, "..") : folder)
    }
    classNames = Self.lines(of: joined(root, "classes.txt"))
    let lists = joined(annotations, "../ImageSets/Main")
    for split in DatasetSplit.allCases {
      for name in Self.lines(of: "\(lists)/\(split).txt") ?? [] {
        // A name in two lists belongs to the last of them.
        if splits.updateValue(split, forKey: name) == nil { listed.append((name, split)) }
      }
    }
  }

  /// The folder `Annotations` below another one, where it holds XML files; nil where there is none.
  static func annotations(in folder: String) -> String? {
    ImageFolder.names(in: folder).first { $0.lowercased() == "annotations" }
      .map { joined(folder, $0) }
      .flatMap { ImageFolder.files(under: $0, suffix: "xml").isEmpty ? nil : $0 }
  }

  func split(of name: String) -> DatasetSplit? { splits[name] }

  private static func lines(of path: String) -> [String]? {
    guard let text = try? text(of: path, limit: 64 << 20) else { return nil }
    return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}
