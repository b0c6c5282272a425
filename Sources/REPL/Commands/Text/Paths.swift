internal import Files
internal import Foundation

/// Paths as scripts write them and as the file system wants them.
enum Paths {
  /// The path on disk of what a script wrote, seen from its base folder.
  static func resolve(_ path: String, from base: String) -> String {
    let expanded = path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
    if expanded.hasPrefix("/") { return (expanded as NSString).standardizingPath }
    let joined = base.isEmpty || base == "." ? expanded : base + "/" + expanded
    return (joined as NSString).standardizingPath
  }

  /// The path of a file seen from a folder, for links and for people.
  static func relative(_ path: String, to folder: String) -> String {
    let from = absolute(folder).split(separator: "/"), target = absolute(path).split(separator: "/")
    let shared = zip(from, target).prefix { $0 == $1 }.count
    let up = [String](repeating: "..", count: from.count - shared)
    let parts = up + target.dropFirst(shared).map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// The path from the root of the file system.
  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    return (whole as NSString).standardizingPath
  }

  /// The user's home, as the environment names it; empty where it names none.
  static var home: String { ProcessInfo.processInfo.environment["HOME"] ?? "" }

  /// The path as people write it, with `~` for the user's home.
  static func shortened(_ path: String) -> String {
    guard home.count > 1, path.hasPrefix(home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }

  /// The name of a file without folder and ending.
  static func stem(_ path: String) -> String {
    PathText.withoutSuffix(PathText.name(of: path))
  }

  /// Whether a name fits a shell pattern with `*`, `?` and `[…]`.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    // SAFETY: fnmatch reads two strings that live for the call.
    unsafe fnmatch(pattern, name, 0) == 0
  }

  /// Whether something lies at a path.
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a file, and no folder, lies at a path.
  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    // SAFETY: the pointer to `isFolder` lives for the call only.
    let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && !isFolder.boolValue
  }

  /// What lies in a folder: names in order, folders with a slash behind.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { isFile("\(folder)/\($0)") ? $0 : $0 + "/" }
  }

  /// The first files in the folder of a path that have its ending.
  static func filesBeside(_ path: String) -> [String] {
    let ending = PathText.suffix(of: path)
    let folder = PathText.folder(of: absolute(path))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Array(names.filter { PathText.suffix(of: $0) == ending }.sorted().prefix(4))
  }

  /// The path as a script in a folder has to write it, where it is right seen from the working
  /// directory alone, as shells complete it.
  static func rewritten(_ path: String, from base: String) -> String? {
    guard !path.hasPrefix("/"), !path.hasPrefix("~"), exists(path) else { return nil }
    return relative(path, to: base)
  }

  /// What to say of a file that is not there.
  static func hint(beside names: [String], rewritten: String?) -> String? {
    if let rewritten { return "paths are relative to the script's folder: \"\(rewritten)\"" }
    return names.isEmpty ? nil : "that folder contains " + names.joined(separator: ", ")
  }
}
