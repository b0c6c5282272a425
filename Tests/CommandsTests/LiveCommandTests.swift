import Foundation
import Testing

/// `--live` and `live` as they are typed; what the page does is tested in LiveTests.
@Suite struct LiveCommandTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test func `a run with a page says where it is, and leaves the same report`() throws {
    try folder.write("# # Sums\nprint 1+2\n", to: "a.yolos")
    let plain = try Binary.run(["run", "a.yolos", "-o", "plain.md"], in: folder)
    let live = try Binary.run(["run", "a.yolos", "--live", "-o", "live.md"], in: folder)
    #expect(plain.code == 0 && live.code == 0)
    #expect(live.errors.contains(#/live: http://127\.0\.0\.1:\d+/[0-9a-f]{32}/\n/#))
    #expect(folder.text("live.md") == folder.text("plain.md") && folder.has("live.md"))
    #expect(live.output.replacing("live.md", with: "plain.md") == plain.output)
  }

  @Test func `a port is a number that there is`() throws {
    try folder.write("print 1\n", to: "a.yolos")
    for port in ["0", "65536", "x", ""] {
      let outcome = try Binary.run(["run", "a.yolos", "--live=\(port)"], in: folder)
      #expect(outcome.code == 2, "\(port): \(outcome.errors)")
    }
    #expect(!folder.has("reports/a.md"))
  }

  @Test func `the prompt opens a page, and says the same when it is asked again`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.enter("live")
    try terminal.see("live: http://127.0.0.1:")
    try terminal.seePrompt()
    terminal.enter("live")
    try terminal.see("live: http://127.0.0.1:")
    try terminal.seePrompt()
  }

  @Test func `a script has no page of its own`() throws {
    try folder.write("live\n", to: "a.yolos")
    let outcome = try Binary.run(["run", "a.yolos"], in: folder)
    #expect(outcome.code == 1 && outcome.errors.contains("yolos run NAME.yolos --live"))
  }
}
