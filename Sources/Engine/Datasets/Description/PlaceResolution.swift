internal import Foundation

/// Finds the folders and lists that a description names, the ways people write them.
///
/// A path is relative to the YAML file's folder, or to `path` where that is given. Two old habits are
/// understood, and noted when used: a leading `../` that only works from another working folder, and
/// `…/images` where the images lie in the folder itself.
struct PlaceResolution {
  let description: DatasetDescription
  private(set) var notes: [DatasetNote] = []
  /// The folder that the splits' paths are relative to.
  private var base: String

  init(_ description: DatasetDescription) throws(DatasetError) {
    self.description = description
    base = (description.file as NSString).deletingLastPathComponent
    guard let root = description.root, let written = root.paths.first else { return }
    let home = base
    let candidates = [joined(home, written), joined(home, withoutParents(written))]
    if let found = candidates.first(where: isFolder) {
      if found != candidates[0] { note(root.key, written, found) }
      base = found
    } else if description.splits.values.contains(where: { places in
      places.paths.contains { exists(joined(home, $0)) }
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
  mutating func places(of split: DatasetSplit) throws(DatasetError) -> [String] {
    guard let places = description.splits[split] else { return [] }
    var found: [String] = []
    for path in places.paths {
      var candidates = [joined(base, path), joined(base, withoutParents(path))]
      if let place = candidates.first(where: exists) {
        if place != candidates[0] { note(places.key, path, place) }
        found.append(place)
        continue
      }
      // `test/images`, where the images lie in `test` itself.
      candidates += candidates.compactMap(parentOfImages)
      guard
        let place = candidates.first(where: { exists($0) && !ImageFolder.images(in: $0).isEmpty })
      else {
        throw DatasetError(
          file: description.file, line: places.line,
          problem: .missingFolder(key: places.key, tried: unique(candidates)))
      }
      note(places.key, path, place)
      found.append(place)
    }
    return found
  }

  private mutating func note(_ key: String, _ written: String, _ readAs: String) {
    let home = (description.file as NSString).deletingLastPathComponent
    let shown = readAs.hasPrefix(home + "/") ? String(readAs.dropFirst(home.count + 1)) : readAs
    notes.append(.pathReread(key: key, written: written, readAs: shown))
  }

  private func parentOfImages(_ path: String) -> String? {
    (path as NSString).lastPathComponent == "images"
      ? (path as NSString).deletingLastPathComponent : nil
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

private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// Whether a folder lies at the path.
func isFolder(_ path: String) -> Bool {
  var folder: ObjCBool = false
  // SAFETY: the pointer to `folder` lives for the call only.
  return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &folder)
    && folder.boolValue
}

/// The elements without repetition, in their order.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
