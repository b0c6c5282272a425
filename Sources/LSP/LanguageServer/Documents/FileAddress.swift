internal import Foundation

/// Addresses of files, as clients write them, and paths.
enum FileAddress {
  /// The path of a `file:` address; nil for any other.
  static func path(of uri: String) -> String? {
    guard let url = URL(string: uri), url.isFileURL else { return nil }
    let path = url.path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The address of a path, which may be relative.
  static func uri(of path: String) -> String {
    URL(fileURLWithPath: absolute(path)).absoluteString
  }

  /// The path from the root of the file system.
  static func absolute(_ path: String) -> String {
    let whole =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    return (whole as NSString).standardizingPath
  }
}
