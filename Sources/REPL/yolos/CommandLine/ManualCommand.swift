internal import ArgumentParser

/// Prints the manual page: `yolos man | man -l -`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Prints the manual page, as roff.",
    discussion: "Read it with: yolos man | man -l -")

  func run() { Terminal.output.write(ManualPage.text) }
}
