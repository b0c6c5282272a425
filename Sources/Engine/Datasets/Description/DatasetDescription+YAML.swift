internal import Files
internal import Foundation
internal import Yams

extension DatasetDescription {
  /// Reads the text of a YAML file; `file` is named in errors, and paths are relative to its folder.
  ///
  /// - Throws: ``DatasetError`` with the line where there is one.
  public init(yaml: String, file: String) throws(DatasetError) {
    let map = try DescriptionMap(yaml: yaml, file: file)
    var splits: [DatasetSplit: Places] = [:]
    var notes: [DatasetNote] = []
    splits[.train] = try map.places("train")
    splits[.val] = try map.places("val")
    splits[.test] = try map.places("test")
    if splits[.val] == nil, let valid = try map.places("valid") {
      splits[.val] = valid
      notes.append(.validReadAsVal)
    }
    guard !splits.isEmpty else {
      throw DatasetError(
        file: file,
        problem: .missingKey(
          "train", hint: "give the folder of training images: train: images/train"))
    }
    self.init(
      file: file, root: try map.places("path"), splits: splits, classNames: try map.classNames(),
      notes: notes)
  }

  /// Whether a YAML file names classes and no split, as some tools write it beside their folders.
  static func namesClassesAlone(_ file: String) -> Bool {
    guard let yaml = try? text(of: file, limit: sizeLimit),
      let map = try? DescriptionMap(yaml: yaml, file: file)
    else { return false }
    let names = ["train", "val", "valid", "test", "path"]
    return names.allSatisfy { (try? map.places($0)) == .some(nil) }
      && (try? map.classNames()) != nil
  }

  /// The classes that a YAML file names.
  static func classNames(in file: String) throws(DatasetError) -> [String] {
    try DescriptionMap(yaml: text(of: file, limit: sizeLimit), file: file).classNames()
  }

  init(
    file: String, home: String? = nil, root: Places?, splits: [DatasetSplit: Places],
    classNames: [String], notes: [DatasetNote] = []
  ) {
    (self.file, self.root, self.splits, self.classNames) = (file, root, splits, classNames)
    self.home = home ?? PathText.folder(of: file)
    self.notes = notes
  }
}

/// The top level of a YAML file with the places of its values.
private struct DescriptionMap {
  let file: String
  private let nodes: [String: Node]

  init(yaml: String, file: String) throws(DatasetError) {
    guard Self.aliases(in: yaml) <= Self.aliasLimit else {
      throw DatasetError(
        file: file,
        problem: .syntax(
          format: "a dataset description",
          reason: "it has more than \(Self.aliasLimit) aliases; replace them with their content"))
    }
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch {
      throw Self.syntaxError(error, file)
    }
    guard case .mapping(let mapping)? = root else {
      throw DatasetError(
        file: file, line: 1,
        problem: .syntax(format: "a dataset description", reason: "expected 'key: value' lines"))
    }
    var nodes: [String: Node] = [:]
    for (key, value) in mapping {
      if let key = key.scalar?.string { nodes[key] = value }
    }
    (self.file, self.nodes) = (file, nodes)
  }

  /// A few aliases that name each other can stand for more than any memory holds.
  private static let aliasLimit = 16

  /// How often a file with anchors (`&name`) refers to one (`*name`), at most.
  private static func aliases(in yaml: String) -> Int {
    func count(_ mark: UInt8) -> Int {
      var count = 0
      var before = UInt8(ascii: "\n"), isMark = false
      for byte in yaml.utf8 {
        if isMark && byte > UInt8(ascii: " ") { count += 1 }
        isMark = byte == mark && (before <= UInt8(ascii: " ") || "[{,:?-".utf8.contains(before))
        before = byte
      }
      return count
    }
    return count(UInt8(ascii: "&")) > 0 ? count(UInt8(ascii: "*")) : 0
  }

  private static func syntaxError(_ error: any Error, _ file: String) -> DatasetError {
    let problem: (line: Int?, reason: String) =
      switch error {
      case YamlError.scanner(_, let problem, let mark, _),
        YamlError.parser(_, let problem, let mark, _),
        YamlError.composer(_, let problem, let mark, _):
        (mark.line, problem)
      case YamlError.reader(let problem, _, _, _): (nil, problem)
      case YamlError.duplicatedKeysInMapping(let duplicates, let context):
        (context.mark.line, "the key '\(duplicates.first ?? "")' occurs twice")
      default: (nil, "it cannot be parsed")
      }
    return DatasetError(
      file: file, line: problem.line, problem: .syntax(format: "YAML", reason: problem.reason))
  }

  /// The value of a key, unless it is absent or null.
  private func node(_ key: String) -> Node? {
    guard let node = nodes[key], node.null == nil else { return nil }
    return node
  }

  private func wrong(_ key: String, _ expected: String, _ node: Node) -> DatasetError {
    let found =
      switch node {
      case .scalar(let scalar): "'\(scalar.string)'"
      case .mapping: "a map"
      case .sequence: "a list"
      case .alias: "an alias"
      }
    return DatasetError(
      file: file, line: node.mark?.line,
      problem: .wrongValue(key: key, expected: expected, found: found))
  }

  /// A path or a list of paths.
  func places(_ key: String) throws(DatasetError) -> DatasetDescription.Places? {
    guard let node = node(key) else { return nil }
    let line = node.mark?.line ?? 1
    if let path = node.scalar?.string {
      guard !path.isEmpty else { return nil }
      return DatasetDescription.Places(key: key, paths: [path], line: line)
    }
    guard let entries = node.sequence, !entries.isEmpty else {
      throw wrong(key, "a path or a list of paths", node)
    }
    var paths: [String] = []
    for entry in entries {
      guard let path = entry.scalar?.string, !path.isEmpty else {
        throw wrong(key, "a list of paths", entry)
      }
      paths.append(path)
    }
    return DatasetDescription.Places(key: key, paths: paths, line: line)
  }

  /// The classes from `names`, a list or a map from 0, and `nc`, which must agree.
  func classNames() throws(DatasetError) -> [String] {
    let declared = try classCount()
    guard let node = node("names") else {
      if let declared, declared.count <= 10_000 {
        // The reference's own rule for a file with `nc` alone.
        return (0..<declared.count).map { "class_\($0)" }
      }
      throw DatasetError(
        file: file, problem: .missingKey("names", hint: "list the classes: names: [donkey, sheep]"))
    }
    let names: [String] =
      if let mapping = node.mapping { try numbered(mapping, node) } else { try listed(node) }
    if let declared, declared.count != names.count {
      throw DatasetError(
        file: file, line: declared.line,
        problem: .classCount(declared: declared.count, names: names.count))
    }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw DatasetError(file: file, line: node.mark?.line, problem: .duplicateName(name))
    }
    return names
  }

  private func classCount() throws(DatasetError) -> (count: Int, line: Int?)? {
    guard let node = node("nc") else { return nil }
    guard let count = node.scalar.flatMap({ Int($0.string) }), count > 0 else {
      throw wrong("nc", "the number of classes", node)
    }
    return (count, node.mark?.line)
  }

  private func listed(_ node: Node) throws(DatasetError) -> [String] {
    guard let entries = node.sequence, !entries.isEmpty else {
      throw wrong("names", "a list or a numbered map of class names", node)
    }
    var names: [String] = []
    for entry in entries { names.append(try name(entry)) }
    return names
  }

  /// One class: a word or more on one line.
  private func name(_ node: Node) throws(DatasetError) -> String {
    guard let name = node.scalar?.string, node.null == nil,
      name.contains(where: { !$0.isWhitespace }), !name.contains(where: \.isNewline)
    else { throw wrong("names", "class names, each on one line", node) }
    return name
  }

  private func numbered(_ mapping: Node.Mapping, _ node: Node) throws(DatasetError) -> [String] {
    var byNumber: [Int: String] = [:]
    for (key, value) in mapping {
      guard let number = key.scalar.flatMap({ Int($0.string) }) else {
        throw wrong("names", "a class number before each name", key)
      }
      byNumber[number] = try name(value)
    }
    var names: [String] = []
    for number in 0..<byNumber.count {
      guard let name = byNumber[number] else {
        throw DatasetError(
          file: file, line: node.mark?.line,
          problem: .classKeys(missing: number, count: byNumber.count))
      }
      names.append(name)
    }
    guard !names.isEmpty else { throw wrong("names", "at least one class name", node) }
    return names
  }
}
