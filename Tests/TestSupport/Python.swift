internal import Foundation
public import Testing

/// Python programs that read what the project writes, where their packages are installed.
public enum Python {
  /// The interpreter: `YOLOS_PYTHON`, else the system's.
  public static var path: String {
    ProcessInfo.processInfo.environment["YOLOS_PYTHON"] ?? "/usr/bin/python3"
  }

  /// Whether the interpreter has a package.
  public static func has(_ package: String) -> Bool {
    let program =
      "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    return (try? output(of: program, [package]))?.code == 0
  }

  /// Runs a program that prints one JSON object.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - arguments: What it finds in `sys.argv[1:]`.
  /// - Returns: The object.
  /// - Throws: ``PythonError`` with what the program said, where it fails.
  public static func run(_ program: String, _ arguments: String...) throws -> [String: Any] {
    let (code, output, errors) = try output(of: program, arguments)
    let lines = output.split(separator: "\n")
    guard code == 0, let last = lines.last,
      let object = try? JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    else { throw PythonError(description: "python ended with \(code): \(errors.suffix(2000))") }
    return object
  }

  private static func output(
    of program: String, _ arguments: [String]
  ) throws -> (code: Int32, output: String, errors: String) {
    let process = Process(), files = (NSTemporaryDirectory() + "yolos-python-" + UUID().uuidString)
    let places = [files + ".out", files + ".err"]
    for place in places { _ = FileManager.default.createFile(atPath: place, contents: nil) }
    defer { for place in places { try? FileManager.default.removeItem(atPath: place) } }
    process.executableURL = URL(filePath: path)
    process.arguments = ["-c", program] + arguments
    process.standardOutput = FileHandle(forWritingAtPath: places[0])
    process.standardError = FileHandle(forWritingAtPath: places[1])
    try process.run()
    process.waitUntilExit()
    let texts = places.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }
    return (process.terminationStatus, texts[0], texts[1])
  }
}

/// Why a Python program gave nothing.
public struct PythonError: Error, CustomStringConvertible {
  /// What it said.
  public let description: String
}

extension Trait where Self == ConditionTrait {
  /// Skips a test where the Python interpreter lacks a package.
  public static func python(_ package: String) -> Self {
    .enabled(
      if: Python.has(package),
      "\(Python.path) has no package '\(package)'; YOLOS_PYTHON names another interpreter")
  }
}
