public import Files

/// Why a set of toys could not be made.
public enum ToySetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An option has a value that cannot be used.
  case option(String, value: String, expected: String)
  /// The folder holds something else, which is not overwritten.
  case occupied(folder: String)
  /// The system refused a file.
  case file(FileError)

  /// One line: what, what was found, what was expected.
  public var description: String {
    switch self {
    case .option(let name, let value, let expected): "\(name): \(value); expected \(expected)"
    case .occupied(let folder):
      "\(folder): contains files that are not a toy dataset; choose a new or empty folder"
    case .file(let error): error.description
    }
  }
}
