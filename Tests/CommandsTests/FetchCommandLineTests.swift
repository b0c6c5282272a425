import Foundation
import TestSupport
import Testing

@Suite("yolos fetch")
struct FetchCommandLineTests {
  private typealias Answer = LoopbackServer.Answer

  private let folder: TestFolder
  private static let size = 6_549_796
  /// As long as the published file, and of other content.
  private static let wrong = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) })

  init() throws { folder = try TestFolder() }

  private static let part = ".local/share/yolos/weights/yolov8n.pt.part"

  /// How much has come so far.
  private static func received(in folder: TestFolder) -> Int {
    FileManager.default.contents(atPath: "\(folder.path)/\(part)")?.count ?? 0
  }

  private func fetch(
    _ names: String..., from address: String = "", environment: [String: String] = [:]
  ) throws -> Binary.Outcome {
    try Binary.run(
      ["fetch"] + names, in: folder,
      environment: ["YOLOS_WEIGHTS_URL": address].merging(environment) { $1 })
  }

  @Test func `names that nobody publishes are refused with those that are`() throws {
    let outcome = try fetch("yolov8s", "yolov9c.pt", from: try LoopbackServer.deadAddress())
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("no published weights are named 'yolov9c.pt'"))
    #expect(
      outcome.errors.contains(
        "choose from yolov8n.pt, yolov8s.pt, yolov8m.pt, yolov8l.pt, yolov8x.pt"))
    #expect(!folder.has(".local"))
    #expect(try fetch().code == 2)
  }

  @Test func `what is not the published file is refused and not kept`() throws {
    let server = try LoopbackServer { Answer(Self.wrong, for: $0) }
    defer { server.stop() }
    let outcome = try fetch("yolov8n.pt", from: server.address)
    #expect(outcome.code == 1 && outcome.output.isEmpty)
    #expect(
      outcome.errors.contains(
        "expected f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36; it was not kept"
      ),
      "\(outcome.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: folder.path + "/.local/share/yolos/weights"
      ).isEmpty)
  }

  @Test func `an absent file and an absent network are said`() throws {
    let server = try LoopbackServer { _ in Answer(status: 404) }
    defer { server.stop() }
    let absent = try fetch("yolov8n.pt", from: server.address)
    #expect(absent.code == 1)
    #expect(absent.errors.contains("/yolov8n.pt: the server answered 404 (file not found)"))
    let dead = try fetch("yolov8n.pt", from: try LoopbackServer.deadAddress())
    #expect(dead.code == 1 && dead.errors.contains("no answer: "), "\(dead.errors)")
    #expect(
      dead.errors.contains("to \(folder.path)/.local/share/yolos/weights/yolov8n.pt"),
      "\(dead.errors)")
  }

  @Test func `without a place for it that is said`() throws {
    let dead = try LoopbackServer.deadAddress()
    let homeless = try fetch("yolov8n.pt", from: dead, environment: ["HOME": ""])
    #expect(homeless.code == 1)
    #expect(homeless.errors.contains("neither XDG_DATA_HOME nor HOME names a folder"))
    let outcome = try fetch("yolov8n.pt", from: dead, environment: ["XDG_DATA_HOME": "/dev/null"])
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.contains(
        "/dev/null/yolos/weights: cannot make the folder: Not a directory"), "\(outcome.errors)")
  }

  @Test func `a home that cannot be written to is said`() throws {
    let home = folder.path + "/home"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: home)
    // Permissions do not bind root, unless it gives that up.
    let bound = geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override \"$@\"" : "exec \"$@\""
    let process = Process(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", bound, "sh", Binary.path, "fetch", "yolov8n.pt"]
    process.environment = ["HOME": home, "PATH": "/usr/bin:/bin"]
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardError = errors
    try process.run()
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(
      said.contains(
        "\(home)/.local/share/yolos/weights: cannot make the folder: Permission denied"), "\(said)")
    #expect(said.contains("XDG_DATA_HOME names another place"), "\(said)")
  }

  @Test func `a disk that is full is said, and what came is continued`() throws {
    let server = try LoopbackServer { Answer(Self.wrong, for: $0) }
    defer { server.stop() }
    let process = Process(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // No file may have more than 2048 blocks of 512 bytes; the signal that comes with it is ignored.
    process.arguments = [
      "-c", "trap '' XFSZ; ulimit -f 2048; exec \"$@\"", "sh", Binary.path, "fetch", "yolov8n.pt",
    ]
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "YOLOS_WEIGHTS_URL": server.address,
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = errors
    try process.run()
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(said.contains("\(Self.part): cannot write: File too large"), "\(said)")
    #expect(Self.received(in: folder) == 1 << 20)
    _ = try fetch("yolov8n.pt", from: server.address)
    #expect(server.requests.dropFirst().first?.offset == 1 << 20)
  }

  @Test func `an interrupt ends it and keeps what came`() throws {
    let server = try LoopbackServer { Answer(Self.wrong, for: $0).held(after: 3_000_000) }
    defer { server.stop() }
    let folder = folder
    let outcome = try Binary.run(
      ["fetch", "yolov8n.pt"], in: folder, environment: ["YOLOS_WEIGHTS_URL": server.address]
    ) { process in
      while process.isRunning, Self.received(in: folder) < 3_000_000 { usleep(10_000) }
      process.interrupt()
    }
    #expect(outcome.code == 130)
    #expect(
      outcome.errors.contains("was stopped after 3,000,000 of 6,549,796 bytes"), "\(outcome.errors)"
    )
    #expect(outcome.errors.contains("the same command continues there"))
    #expect(Self.received(in: folder) == 3_000_000)
  }

  @Test func `a terminal shows a bar, and the prompt comes back after an interrupt`() throws {
    let server = try LoopbackServer { Answer(Self.wrong, for: $0).held(after: 3_274_898) }
    defer { server.stop() }
    let terminal = try PseudoTerminal.prompt(environment: ["YOLOS_WEIGHTS_URL": server.address])
    // Words in quotes are completed where the name alone is known.
    terminal.type("fetch \"yolov8n\t")
    try terminal.see("fetch \"yolov8n.pt\"")
    terminal.type(PseudoTerminal.Key.enter)
    let shown = try terminal.see("50 %")
    #expect(shown.contains("yolov8n.pt ━━━"), "\(shown)")
    try terminal.see("3.12 MiB of 6.25 MiB")
    terminal.type(PseudoTerminal.Key.interrupt)
    try terminal.see("was stopped after 3,274,898 of 6,549,796 bytes")
    try terminal.seePrompt()
    terminal.enter("print \"alive\"")
    try terminal.see("\nalive")
  }
}
