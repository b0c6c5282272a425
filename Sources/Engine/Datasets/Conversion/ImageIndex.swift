internal import Foundation

/// Finds the images of a folder by the names that annotation files give them.
struct ImageIndex {
  let folder: String
  private let byName: [String: [String]]

  init(folder: String) {
    self.folder = folder
    byName = Dictionary(grouping: ImageFolder.images(in: folder)) {
      ($0 as NSString).lastPathComponent
    }
  }

  /// The image of a path, a link or a bare name; nil where there is none.
  ///
  /// A link's query is removed and its percent signs are decoded. Among images of one name the one
  /// whose folders agree furthest is taken.
  ///
  /// - Throws: ``DatasetError`` where several agree as far.
  func find(_ written: String, listedIn file: String) throws(DatasetError) -> String? {
    var name = written.replacingOccurrences(of: "\\", with: "/")
    if name.contains("://") {
      name = String(name.prefix { $0 != "?" })
      name = name.removingPercentEncoding ?? name
    }
    let parts = name.split(separator: "/").map(String.init)
    guard let last = parts.last else { return nil }
    guard let candidates = byName[last] ?? byName[last.removingPercentEncoding ?? last] else {
      return nil
    }
    let agreement = candidates.map { candidate in
      zip(candidate.split(separator: "/").reversed(), parts.reversed()).prefix { $0 == $1 }.count
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

  /// The image of a path or a bare name without its suffix; nil where there is none.
  ///
  /// - Throws: ``DatasetError`` as above.
  func find(stem: String, listedIn file: String) throws(DatasetError) -> String? {
    for suffix in ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"] {
      if let path = try find(stem + "." + suffix, listedIn: file) { return path }
    }
    return nil
  }
}
