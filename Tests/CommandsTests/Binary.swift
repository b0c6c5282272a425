import Files
import Foundation
import TestSupport

/// The program under test, built beside the tests.
enum Binary {
  static var path: String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return PathText.folder(of: tests) + "/yolos"
  }

  /// What a run left.
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String
  }

  /// Runs the program, or a launcher that starts it, to its end in a folder of its own.
  static func run(
    _ arguments: [String], by launcher: [String] = [], in folder: TestFolder, input: String = "",
    environment: [String: String] = [:], whileRunning: (Process) -> Void = { _ in }
  ) throws -> Outcome {
    let process = Process()
    let words = launcher + [path] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    let names = ["in", "out", "err"].map { folder.path + "/.\($0)" }
    try Data(input.utf8).write(to: URL(fileURLWithPath: names[0]))
    for name in names[1...] { _ = FileManager.default.createFile(atPath: name, contents: nil) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: names[0]))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: names[1]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: names[2]))
    try process.run()
    whileRunning(process)
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: folder.text(".out"), errors: folder.text(".err"))
  }
}

/// A folder that goes when its test ends.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "yolos-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// A folder with the repository's models in `models`.
  static func withModels() throws -> TestFolder {
    let folder = try TestFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/models",
      withDestinationPath: Shared.root.appendingPathComponent("models").path)
    return folder
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a file in it holds; empty where there is none.
  func text(_ name: String) -> String {
    (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}
