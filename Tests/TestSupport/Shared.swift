public import Foundation

/// The reference data that lie outside the repository, where they are present.
public enum Shared {
  /// The project's root folder, found from this source file.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The golden folder: `YOLOS_GOLDEN`, or `../shared/golden` beside the project.
  public static let golden: URL = {
    if let path = ProcessInfo.processInfo.environment["YOLOS_GOLDEN"] {
      return URL(fileURLWithPath: path)
    }
    return root.appendingPathComponent("../shared/golden").standardizedFileURL
  }()

  /// A section of the golden data, such as "blocks" or "model", or nil where it is absent.
  public static func golden(_ section: String) -> URL? {
    let folder = golden.appendingPathComponent(section)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  /// A file or folder under `../shared` beside the project, or nil where it is absent.
  public static func folder(_ path: String) -> URL? {
    let url = root.appendingPathComponent("../shared").appendingPathComponent(path)
      .standardizedFileURL
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
