internal import Files
internal import Foundation

/// Finds the folders and lists that a description names, the ways people write them.
///
/// A path is relative to the YAML file's folder, or to `path` where that is given. Three old habits are
/// understood, and noted when used: a leading `../` that only works from another working folder,
/// `…/images` where the images lie in the folder itself, and paths of another machine whose tails are
/// here.
struct PlaceResolution {
  let description: DatasetDescription
  private(set) var notes: [DatasetNote] = []
  /// The folder that the splits' paths are relative to.
  private var base: String

  init(_ description: DatasetDescription) throws(DatasetError) {
    self.description = description
    base = description.home
    guard let root = description.root, let written = root.paths.first else { return }
    let home = base
    let candidates = [joined(home, written), joined(home, withoutParents(written))]
    if let found = candidates.first(where: isFolder) {
      if found != candidates[0] { note(root.key, written, found) }
      base = found
    } else if description.splits.values.contains(where: { places in
      places.paths.contains { WrittenPath($0).found(in: home) != nil }
    }) {
      // The author's `path` is a folder of another machine; the images lie beside the YAML file.
      note(root.key, written, home.isEmpty ? "." : home)
    } else {
      throw DatasetError(
        file: description.file, line: root.line,
        problem: .missingFolder(key: root.key, tried: unique(candidates)))
    }
  }

  /// The folders and lists of one split, each of which exists.
  ///
  /// - Throws: ``DatasetError`` where one does not.
  mutating func places(of split: DatasetSplit) throws(DatasetError) -> [String] {
    guard let places = description.splits[split] else { return [] }
    var found: [String] = []
    for path in places.paths { found.append(try place(path, of: places)) }
    return found
  }

  private mutating func place(
    _ path: String, of places: DatasetDescription.Places
  ) throws(DatasetError) -> String {
    var candidates =
      WrittenPath(path).places(in: base) + [joined(base, withoutParents(path))]
    if let place = candidates.first(where: Directory.exists) {
      if place != candidates[0] { note(places.key, path, place) }
      return place
    }
    // `test/images`, where the images lie in `test` itself.
    candidates += candidates.compactMap(parentOfImages)
    let place =
      candidates.first { Directory.exists($0) && !ImageFolder.images(in: $0).isEmpty }
      ?? WrittenPath(path).tail(in: base)?.place
    guard let place else {
      throw DatasetError(
        file: description.file, line: places.line,
        problem: .missingFolder(key: places.key, tried: unique(candidates)))
    }
    note(places.key, path, place)
    return place
  }

  private mutating func note(_ key: String, _ written: String, _ readAs: String) {
    let home = description.home
    let shown = readAs.hasPrefix(home + "/") ? String(readAs.dropFirst(home.count + 1)) : readAs
    notes.append(.pathReread(key: key, written: written, readAs: shown))
  }

  private func parentOfImages(_ path: String) -> String? {
    PathText.name(of: path) == "images"
      ? PathText.folder(of: path) : nil
  }
}

/// `path` seen from `folder`, with `.` and `..` worked out; an absolute path stays.
package func joined(_ folder: String, _ path: String) -> String {
  let whole = path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
  var parts: [Substring] = []
  for part in whole.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != ".." {
      parts.removeLast()
    } else {
      parts.append(part)
    }
  }
  let text = parts.joined(separator: "/")
  return whole.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
}

/// The path without `./` and `../` at its head.
private func withoutParents(_ path: String) -> String {
  var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
  while parts.first == ".." || parts.first == "." { parts = parts.dropFirst() }
  return parts.joined(separator: "/")
}

/// The folder that a file lies in; `.` for the one we are in.
func folder(of file: String) -> String {
  let folder = PathText.folder(of: file)
  return folder.isEmpty ? "." : folder
}

/// Whether a folder lies at the path.
func isFolder(_ path: String) -> Bool { Directory.isFolder(path) }

/// The elements without repetition, in their order.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
