/// Why the operating system refused a file.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's path as the caller gave it.
  public let path: String
  /// What was being done: "open", "write", "rename".
  public let action: String
  /// The system's own words, for example "No such file or directory".
  public let reason: String

  /// Names a refused file.
  public init(path: String, action: String, reason: String) {
    (self.path, self.action, self.reason) = (path, action, reason)
  }

  /// One line: place first, then what was tried, then why it failed.
  public var description: String { "\(path): cannot \(action): \(reason)" }
}
