public import Foundation

/// The reference data: small sections in `Tests/Golden`, all of it outside the repository where it is present.
public enum Shared {
  /// The project's root folder, found from this source file.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Where golden data may lie: the folder that `YOLOS_GOLDEN` names, or else `../shared/golden` beside the
  /// project, and then `Tests/Golden`, which holds the small sections.
  public static let goldenFolders: [URL] = {
    let large =
      ProcessInfo.processInfo.environment["YOLOS_GOLDEN"].map { URL(fileURLWithPath: $0) }
      ?? root.appendingPathComponent("../shared/golden").standardizedFileURL
    return [large, root.appendingPathComponent("Tests/Golden")]
  }()

  /// A section of the golden data, such as "blocks", or a file of one, from the first folder that has it;
  /// nil where none has.
  public static func golden(_ path: String) -> URL? {
    goldenFolders.map { $0.appendingPathComponent(path) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// A file or folder of `Tests/Cases`: small inputs like those that people bring.
  public static func testCase(_ path: String) -> String {
    root.appendingPathComponent("Tests/Cases").appendingPathComponent(path).path
  }

  /// A file or folder under `../shared` beside the project, or nil where it is absent.
  public static func folder(_ path: String) -> URL? {
    let url = root.appendingPathComponent("../shared").appendingPathComponent(path)
      .standardizedFileURL
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
