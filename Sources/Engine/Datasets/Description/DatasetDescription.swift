internal import Files
internal import Foundation

/// What a dataset's YAML file says, before any folder is looked into.
///
/// The keys are those of YOLO users: `path`, `train`, `val` (or `valid`), `test`, `names`, `nc`.
/// Source: <https://docs.ultralytics.com/datasets/detect/>.
public struct DatasetDescription: Equatable, Sendable {
  /// One or several folders or lists of images, and the line where they are named.
  public struct Places: Equatable, Sendable {
    /// The key as it is written.
    public let key: String
    /// The paths as they are written; at least one.
    public let paths: [String]
    /// From 1.
    public let line: Int
  }

  /// The YAML file, or what stands in its place, as the user named it.
  public let file: String
  /// The folder that paths start from.
  let home: String
  /// `path`: what the other paths are relative to; nil where it is the YAML file's own folder.
  public let root: Places?
  /// The splits that are named.
  public let splits: [DatasetSplit: Places]
  /// The classes by index.
  public let classNames: [String]
  /// The old habits met so far.
  public let notes: [DatasetNote]

  /// The largest YAML file that is read, in bytes.
  static let sizeLimit = 4 << 20

  /// Reads a YAML file.
  ///
  /// - Throws: ``DatasetError`` with the line where there is one.
  public init(contentsOf file: String) throws(DatasetError) {
    try self.init(yaml: text(of: file, limit: Self.sizeLimit), file: file)
  }
}

/// A text file as a string, bounded; invalid UTF-8 is an error.
func text(of file: String, limit: Int) throws(DatasetError) -> String {
  let data = try content(of: file, limit: limit)
  guard let text = String(data: data, encoding: .utf8) else {
    throw DatasetError(
      file: file, line: lineOfFirstForeignByte(data),
      problem: .syntax(format: "UTF-8 text", reason: "this line holds bytes of another encoding"))
  }
  return text
}

/// The line, from 1, of the first byte that is no UTF-8.
private func lineOfFirstForeignByte(_ data: Data) -> Int {
  var line = 1
  var decoder = UTF8()
  var bytes = data.makeIterator()
  while case .scalarValue(let scalar) = decoder.decode(&bytes) { if scalar == "\n" { line += 1 } }
  return line
}

/// A file's bytes, after a look at what it is and how many there are: a device has no end.
///
/// - Parameters:
///   - file: The file.
///   - identity: What the file system says of it, where that is known already.
///   - limit: The largest file that is read, in bytes.
/// - Returns: Its bytes.
/// - Throws: ``DatasetError`` where it is larger, no file with bytes, or the system refuses.
func content(
  of file: String, _ identity: FileIdentity? = nil, limit: Int
) throws(DatasetError) -> Data {
  if let identity = identity ?? FileIdentity(of: file) {
    guard identity.isRegular || isFolder(file) else {
      throw DatasetError(
        file: file, problem: .refused(action: "read", reason: "it is not a regular file"))
    }
    guard !identity.isRegular || identity.size <= limit else {
      throw DatasetError(
        file: file, problem: .tooLarge(bytes: Int(identity.size), limit: limit))
    }
    if identity.isRegular, let bytes = identity.content(of: file) { return bytes }
  }
  do { return try AtomicFile.read(file) } catch {
    throw DatasetError(file: file, problem: .refused(action: error.action, reason: error.reason))
  }
}
