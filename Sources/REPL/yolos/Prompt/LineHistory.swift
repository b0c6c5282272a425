internal import Files
internal import CReadline
internal import Foundation

/// The lines of this session and of those before, kept in a file.
struct LineHistory {
  /// Where they are kept.
  let path: String
  /// How many are kept.
  private static let limit = 5000

  /// The history of the user: `$YOLOS_HISTORY`, the XDG state folder, or `~/.yolos_history`.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    // The home that `~` means to a shell; the one of the user's account may be another.
    let known = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = known ?? NSHomeDirectory(), files = FileManager.default
    if let path = environment["YOLOS_HISTORY"], !path.isEmpty {
      self.path = path
    } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      path = state + "/yolos/history"
    } else if files.fileExists(atPath: home + "/.local/state") {
      path = home + "/.local/state/yolos/history"
    } else {
      path = home + "/.yolos_history"
    }
  }

  /// Takes what earlier sessions left.
  func load() {
    let folder = PathText.folder(of: path)
    if !folder.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    }
    stifle_history(Int32(Self.limit))
    // SAFETY: readline reads the path during the call.
    unsafe read_history(path)
    unsafe history_truncate_file(path, Int32(Self.limit))
  }

  /// Adds an entry, which may have several lines; not one that begins with a blank or repeats the
  /// last.
  func add(_ text: String) {
    guard !text.isEmpty, !text.hasPrefix(" "), text != last else { return }
    // SAFETY: readline copies the text and reads the path during the calls.
    unsafe add_history(text)
    if !FileManager.default.fileExists(atPath: path) {
      // Read by its owner alone: lines may hold anything.
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    unsafe append_history(1, path)
  }

  private var last: String? {
    // SAFETY: the entry belongs to readline and is copied at once.
    unsafe yolos_readline_latest().map { unsafe String(cString: $0) }
  }
}
