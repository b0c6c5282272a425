internal import Files
internal import Foundation

/// Finds the images of a folder by the names that annotation files give them.
struct ImageIndex {
  let folder: String
  private let byName: [String: [String]]
  private let byStem: [String: [String]]

  init(folder: String) {
    self.folder = folder
    let images = ImageFolder.images(in: folder)
    byName = Dictionary(grouping: images) { PathText.name(of: $0) }
    byStem = Dictionary(grouping: images) { stem(PathText.name(of: $0)) }
  }

  /// The image of a path, a link or a bare name; nil where there is none.
  ///
  /// A link's query is removed and its percent signs are decoded. Among images of one name the one
  /// whose folders agree furthest is taken.
  ///
  /// - Throws: ``DatasetError`` where several agree as far.
  func find(_ written: String, listedIn file: String) throws(DatasetError) -> String? {
    var name = WrittenPath(written).plain
    if name.contains("://") {
      name = String(name.prefix { $0 != "?" })
      name = name.removingPercentEncoding ?? name
    }
    let parts = name.split(separator: "/").map(String.init)
    guard let last = parts.last else { return nil }
    guard let candidates = byName[last] ?? byName[last.removingPercentEncoding ?? last] else {
      return nil
    }
    return try best(of: candidates, folders: parts.dropLast(), written: written, listedIn: file)
  }

  /// The image of a path or a bare name without its suffix; nil where there is none.
  ///
  /// A JPEG comes before other formats: Pascal VOC's masks bear the names of their images.
  ///
  /// - Throws: ``DatasetError`` as above.
  func find(stem: String, listedIn file: String) throws(DatasetError) -> String? {
    let parts = stem.split(separator: "/").map(String.init)
    guard let last = parts.last, let candidates = byStem[last] else { return nil }
    let usual = ["jpg", "jpeg", "png"]
    func rank(_ path: String) -> Int {
      usual.firstIndex(of: ImageFolder.suffix(of: path)) ?? usual.count
    }
    let first = candidates.map(rank).min()
    return try best(
      of: candidates.filter { rank($0) == first }, folders: parts.dropLast(), written: stem,
      listedIn: file)
  }

  /// Among images of one name the one whose folders agree furthest.
  private func best(
    of candidates: [String], folders: ArraySlice<String>, written: String, listedIn file: String
  ) throws(DatasetError) -> String {
    let agreement = candidates.map { candidate in
      zip(candidate.split(separator: "/").dropLast().reversed(), folders.reversed())
        .prefix { $0 == $1 }.count
    }
    let best = agreement.max() ?? 0
    let finalists = zip(candidates, agreement).filter { $0.1 == best }.map(\.0)
    guard finalists.count == 1 else {
      throw DatasetError(
        file: file,
        problem: .conversion(.ambiguousImage(name: written, candidates: finalists)))
    }
    return finalists[0]
  }
}
