public import Datasets
internal import Foundation

/// Which images are to be looked at.
public struct PredictionSource: Hashable, Sendable {
  /// The images' files, each once, in the order in which they were named; those of a folder or a
  /// pattern in the order of their bytes.
  public let files: [String]

  /// Finds the images that some words name.
  ///
  /// Each is an image, a folder with all below it, a pattern such as `street/*.jpg`, or a text file
  /// with one path a line.
  ///
  /// - Throws: ``TrainingError`` where a word names no image.
  public init(_ words: [String]) throws(TrainingError) {
    var files: [String] = [], seen: Set<String> = []
    for word in words {
      let found = try Self.files(of: word)
      files += found.filter { seen.insert($0).inserted }
    }
    guard !files.isEmpty else { throw TrainingError(.data("there is no image to run on")) }
    self.files = files
  }

  /// The images of a dataset's split.
  public init(_ samples: [Sample]) { files = samples.map(\.imagePath) }

  private static func files(of word: String) throws(TrainingError) -> [String] {
    func fail(_ found: String) -> TrainingError {
      TrainingError(
        .data(
          """
          \(word): \(found); expected an image (.jpg, .png), a folder of images, a pattern such as \
          street/*.jpg, or a text file with one path per line
          """))
    }
    var isFolder: ObjCBool = false
    // SAFETY: the pointer to `isFolder` lives for the call only.
    let exists = unsafe FileManager.default.fileExists(atPath: word, isDirectory: &isFolder)
    guard exists else {
      guard word.contains(where: { "*?[".contains($0) }) else {
        throw fail("there is no such file or folder")
      }
      let matches = paths(matching: word).filter(ImageFolder.isImage)
      guard !matches.isEmpty else { throw fail("the pattern matches no image") }
      return ImageFolder.sortedByBytes(matches)
    }
    if isFolder.boolValue {
      let found = ImageFolder.images(in: word)
      guard !found.isEmpty else { throw fail("the folder contains no images") }
      return found
    }
    if ImageFolder.isImage(word) { return [word] }
    guard word.lowercased().hasSuffix(".txt") else { throw fail("this is not an image") }
    let listed = ImageFolder.images(in: word)
    guard !listed.isEmpty else { throw fail("the list is empty") }
    if let missing = listed.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      throw fail("it lists '\(missing)', which does not exist")
    }
    return listed
  }

  /// The paths that a shell pattern matches.
  private static func paths(matching pattern: String) -> [String] {
    var found = unsafe glob_t()
    // SAFETY: glob fills the structure; every path is copied before globfree releases it.
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }
}
