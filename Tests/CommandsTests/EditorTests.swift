import Foundation
import TestSupport
import Testing

/// `yolos fmt` and `yolos lsp` as they are started, the latter by clients that others wrote.
@Suite("Editors")
struct EditorTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private static let clients = Shared.root.appendingPathComponent("Tests/CommandsTests/Editors")
  private static let notebooks = Shared.root.appendingPathComponent("notebooks")

  // MARK: fmt

  @Test func `fmt writes files in the style, and check says which are not`() throws {
    try folder.write("x=1\n", to: "a.yolos")
    try folder.write("y = 1\n", to: "b.yolos")
    let check = try Binary.run(["fmt", "--check", "a.yolos", "b.yolos"], in: folder)
    #expect(check.code == 4 && check.output == "a.yolos is not formatted\n")
    #expect(folder.text("a.yolos") == "x=1\n")
    #expect(try Binary.run(["fmt", "a.yolos", "b.yolos"], in: folder).code == 0)
    #expect(folder.text("a.yolos") == "x = 1\n")
    #expect(try Binary.run(["fmt", "--check", "a.yolos", "b.yolos"], in: folder).code == 0)
    #expect(try Binary.run(["fmt", "-"], in: folder, input: "x=[1]\n").output == "x = [1]\n")
  }

  @Test func `fmt leaves alone what has errors, and goes on with the others`() throws {
    try folder.write("x = (\n", to: "a.yolos")
    try folder.write("y=1\n", to: "b.yolos")
    let outcome = try Binary.run(["fmt", "a.yolos", "b.yolos"], in: folder)
    #expect(outcome.code == 2 && outcome.errors.contains("a.yolos:1:5: error: '(' is never closed"))
    #expect(folder.text("a.yolos") == "x = (\n" && folder.text("b.yolos") == "y = 1\n")
  }

  @Test func `a formatted file keeps its mode, and a link stays a link`() throws {
    try folder.write("#!/usr/bin/env yolos\nx=1\n", to: "a.yolos")
    let files = FileManager.default
    let path = folder.path + "/a.yolos"
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    try files.createSymbolicLink(
      atPath: folder.path + "/link.yolos", withDestinationPath: "a.yolos")
    #expect(try Binary.run(["fmt", "link.yolos"], in: folder).code == 0)
    #expect(folder.text("a.yolos").hasSuffix("x = 1\n"))
    let mode = try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o755)
    #expect(
      try files.destinationOfSymbolicLink(atPath: folder.path + "/link.yolos") == "a.yolos")
  }

  // MARK: run --until

  @Test func `a run can end with the step of a line`() throws {
    try folder.write("x = 1\nprint x\n\n# Text {x}.\n\nprint 2\nprint 3\n", to: "a.yolos")
    let outcome = try Binary.run(["run", "a.yolos", "--until", "6", "-o", "r.md"], in: folder)
    #expect(outcome.code == 0 && outcome.output.contains("2\n") && !outcome.output.contains("3\n"))
    // The same line of the report means another step, because outputs stand between.
    let lines = folder.text("r.md").components(separatedBy: "\n")
    let line = (lines.firstIndex(of: "print x") ?? 0) + 1
    let again = try Binary.run(
      ["run", "r.md", "--until", "\(line)", "-o", "s.md"], in: folder)
    #expect(again.code == 0 && !again.output.contains("2\n"))
    #expect(try Binary.run(["run", "a.yolos", "--until", "0"], in: folder).code == 2)
    #expect(
      try Binary.run(["run", "r.md", "--until", "3", "--in-place"], in: folder).code == 2)
  }

  // MARK: lsp

  @Test func `a client that is gone ends the server`() throws {
    let outcome = try Binary.run(["lsp"], in: folder, input: "Content-Length: 100\r\n\r\n{")
    #expect(outcome.code == 1 && outcome.output.isEmpty && outcome.errors.isEmpty)
  }

  @Test(.python("pytest_lsp"))
  func `pytest-lsp is served on every notebook`() throws {
    let outcome = try run(
      Python.path,
      [
        "-m", "pytest", "-q", "-p", "no:cacheprovider",
        Self.clients.appendingPathComponent("test_client.py").path,
      ],
      ["NOTEBOOKS": Self.notebooks.path])
    #expect(outcome.code == 0, "\(outcome.text.suffix(2000))")
  }

  private static let neovim = ["/usr/bin/nvim", "/usr/local/bin/nvim"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: neovim != nil, "needs Neovim 0.7 or newer: apt install neovim"),
    arguments: ["quickstart.yolos", "quickstart.md", "06-reproduce.yolos", "seeds.md"])
  func `Neovim shows findings, repairs and formats`(notebook: String) throws {
    let outcome = try run(
      Self.neovim ?? "",
      ["--headless", "-u", "NONE", "-i", "NONE", "-n"]
        + ["-S", Self.clients.appendingPathComponent("neovim.lua").path],
      ["NVIM_FILE": Self.notebooks.appendingPathComponent(notebook).path])
    for line in [
      "diagnostics 0", "after the change 1", "after the repair 0", "hover true",
      "modified by the formatter false", "done",
    ] {
      #expect(outcome.text.components(separatedBy: "\n").contains(line), "\(outcome.text)")
    }
  }

  /// Runs a client to its end.
  private func run(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "YOLOS": Binary.path,
      "PYTHONDONTWRITEBYTECODE": "1",
    ].merging(environment) { $1 }
    let output = folder.path + "/client.txt"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = process.standardOutput
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, folder.text("client.txt"))
  }
}
