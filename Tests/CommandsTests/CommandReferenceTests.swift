internal import Commands
internal import Language
internal import TestSupport
internal import Testing

struct CommandReferenceTests {
  @Test func `the page of commands says what the commands say`() throws {
    try expectSnapshot(CommandReference.markdown(), "../../docs/commands.md")
  }

  @Test func `every command and every type of value has a section`() {
    let lines = CommandReference.markdown().split(separator: "\n").map(String.init)
    for command in CommandTable.yolos.commands { #expect(lines.contains("## \(command.name)")) }
    for type in CommandTable.yolos.types { #expect(lines.contains("## \(type.name)")) }
  }
}
