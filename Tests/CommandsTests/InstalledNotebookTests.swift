import Foundation
import Testing

/// Notebooks that came along with the program, called by their names.
@Suite("Installed notebooks")
struct InstalledNotebookTests {
  private let folder: TestFolder
  private let share: TestFolder

  init() throws {
    (folder, share) = (try TestFolder(), try TestFolder())
    for name in ["notebooks", "models"] {
      try FileManager.default.createDirectory(
        atPath: share.path + "/" + name, withIntermediateDirectories: true)
    }
    try share.write("param n = 1\nprint \"n is {n}\"\n", to: "notebooks/first.yolos")
    try share.write("print 2\n", to: "notebooks/second.yolos")
    try share.write("weights", to: "models/nano.safetensors")
  }

  private func run(_ arguments: String...) throws -> Binary.Outcome {
    try Binary.run(arguments, in: folder, environment: ["YOLOS_SHARE": share.path])
  }

  @Test func `one is copied with its weights, run, and may be changed`() throws {
    let outcome = try run("run", "first", "-p", "n=5")
    #expect(outcome.code == 0 && outcome.output.hasPrefix("n is 5\n"), "\(outcome.errors)")
    #expect(outcome.errors == "copied notebooks/first.yolos and models/nano.safetensors\n")
    #expect(folder.has("reports/first.md") && folder.text("models/nano.safetensors") == "weights")
    try folder.write("print \"mine\"\n", to: "notebooks/first.yolos")
    let again = try run("run", "first")
    #expect(again.output.hasPrefix("mine\n") && again.errors.isEmpty)
  }

  @Test func `a script of this name in the folder comes first`() throws {
    try folder.write("print \"here\"\n", to: "first.yolos")
    #expect(try run("run", "first").output.hasPrefix("here\n"))
    #expect(!folder.has("notebooks"))
  }

  @Test func `a name that nobody has is answered with those that there are`() throws {
    let wrong = try run("run", "frist")
    #expect(wrong.code == 2 && wrong.errors.contains("did you mean 'first'?"), "\(wrong.errors)")
    let other = try run("run", "nothing-like-it")
    #expect(other.errors.contains("there are first, second"))
    let alone = try Binary.run(["run", "first"], in: folder)
    #expect(alone.code == 2 && alone.errors.contains("no notebooks came along"))
  }

  @Test func `a folder that cannot be written to is said`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/notebooks", withIntermediateDirectories: true)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o555], ofItemAtPath: folder.path + "/notebooks")
    let bound = geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override \"$@\"" : "exec \"$@\""
    let process = Process(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", bound, "sh", Binary.path, "run", "first"]
    process.environment = ["YOLOS_SHARE": share.path, "PATH": "/usr/bin:/bin"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = errors
    try process.run()
    let text = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(text.contains("go to one you can write to"), "\(text)")
  }
}
