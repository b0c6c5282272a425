internal import Foundation

/// The names of the classes, where a labeling tool keeps them beside the labels.
struct ClassList {
  /// The file that names them.
  let file: String
  /// The classes by index.
  let names: [String]

  /// What tools call a list with a name a line: labelImg, Label Studio, darknet and its exporters.
  private static let listNames = [
    "classes.txt", "obj.names", "_darknet.labels", "labels.txt", "names.txt",
    "predefined_classes.txt",
  ]

  /// Looks into the folders in turn; nil where none has a list.
  ///
  /// - Throws: ``DatasetError`` where a list cannot be read, or names a class twice.
  static func find(in folders: [String]) throws(DatasetError) -> ClassList? {
    for folder in folders {
      let own = ImageFolder.names(in: folder)
      let lists = listNames.filter(own.contains) + own.filter { $0.hasSuffix(".names") }.sorted()
      if let name = lists.first { return try ClassList(contentsOf: joined(folder, name)) }
    }
    return nil
  }

  /// Reads a list; empty lines are passed over.
  init(contentsOf file: String) throws(DatasetError) {
    self.file = file
    let lines = try text(of: file, limit: 1 << 20).split(whereSeparator: \.isNewline)
    names = lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw DatasetError(file: file, problem: .duplicateName(name))
    }
    guard !names.isEmpty else {
      throw DatasetError(
        file: file, problem: .missingKey("class", hint: "write one class name per line"))
    }
  }
}
