import Commands
import Testing

@Suite struct ShellCommandTests {
  @Test func `a program that fills both of its pipes comes to its end`() throws {
    // A pipe holds 64 KiB.
    let script =
      "head -c 300000 /dev/zero | tr '\\0' e >&2; head -c 300000 /dev/zero | tr '\\0' o; exit 3"
    let outcome = try #require(ShellCommand.run("sh", ["-c", script]))
    #expect(outcome.code == 3)
    #expect(outcome.output == String(repeating: "o", count: 300_000))
    #expect(outcome.errors == String(repeating: "e", count: 300_000))
  }

  @Test func `a program that is not there is nil`() {
    #expect(ShellCommand.run("no-such-program", []) == nil)
  }
}
