internal import Files
internal import Foundation
internal import Language
internal import Weights

/// Published weights as `load` sees them: those that were fetched, and how one comes by the others.
extension Workplace.Configuration {
  /// The published file that a path names, wherever it lies.
  func published(_ path: String) -> PublishedWeights? {
    weights.catalog[PathText.name(of: path)]
  }

  /// Where fetched weights of exactly this name lie, or would lie; nil for any other name.
  func fetchedPath(_ name: String) -> String? {
    weights.catalog[name].flatMap { try? weights.path(of: $0) }
  }

  /// What to say of a published file that is not there, by its path in the script; nil for any other file.
  func hint(forAbsent file: String) -> String? {
    let name = PathText.name(of: file)
    guard let known = try? weights.catalog.file(named: name) else { return nil }
    guard file == known.name else {
      let isFetched = fetchedPath(known.name).map(Paths.exists) == true
      return isFetched
        ? "it is downloaded already; write: load \"\(known.name)\""
        : "\(wayToFetch(known)), then write: load \"\(known.name)\""
    }
    return "\(wayToFetch(known)), or put the file into the folder "
      + (mayDownload ? "you work in" : "of the script")
  }

  /// The line that downloads a file, here or in a shell.
  func wayToFetch(_ file: PublishedWeights) -> String {
    mayDownload
      ? "run this to download it: fetch \"\(file.name)\""
      : "run this to download it: yolos fetch \(file.name)"
  }
}

extension LintHost {
  /// Folders, and whether weights may be downloaded, where a script is checked in its place.
  var workplace: Workplace.Configuration? { (self as? FileLint)?.configuration }

  /// Whether weights of this name were fetched, or will be by an earlier step.
  func isFetched(_ name: String) -> Bool {
    workplace?.fetchedPath(name).map(exists) == true
  }
}

extension Citation {
  /// A file of published weights, by its content.
  init(file: PublishedWeights, digest: Digest) {
    self.init(name: "file \(file.name)", digest: digest.description)
  }
}
