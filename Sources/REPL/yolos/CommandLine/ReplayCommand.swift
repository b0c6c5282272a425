internal import ArgumentParser
internal import Commands

/// Takes recorded training steps again: `yolos replay ../shared/golden/train_step`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Repeats training steps recorded by another implementation, and compares them.",
    discussion: """
      The folder holds train_step.json with the recorded runs, and their weights as safetensors: \
      init, forward (the batch), and for each run NAME_stepK and NAME_stepK_ema. Exit code 4 if \
      something differs by more than rounding.
      """)

  @Argument(help: "The folder of the recording.", completion: .directory)
  var folder: String
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let console = TerminalPresenter(.output)
    do {
      let replay = try Replay(of: folder, configuration: engine.configuration)
      for rendering in replay.renderings { console.present(rendering) }
      try Ending.with(replay.agrees ? .success : .difference)
    } catch let error as Replay.Failure {
      Terminal.error.write("error: \(error)\n")
      throw Ending(code: .usage)
    }
  }
}
