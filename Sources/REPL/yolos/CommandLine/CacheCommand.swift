internal import ArgumentParser
internal import Commands

/// Looks after the cache: `yolos cache list` and `yolos cache prune 100`.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Lists cached results, or removes old ones.",
    subcommands: [List.self, Prune.self], defaultSubcommand: List.self)

  /// Lists results: `yolos cache list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the cache, latest first.")

    func run() {
      let console = TerminalPresenter(.output)
      console.present(CacheFolder(Workplace.Configuration().cacheFolder).listing)
    }
  }

  /// Removes results: `yolos cache prune 100`.
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes all but the latest results; keeps runs and reports.")

    @Argument(help: ArgumentHelp("Number of results to keep.", valueName: "n"))
    var count: Int

    func validate() throws {
      guard count >= 0 else { throw ValidationError("the number of results to keep is 0 or more") }
    }

    func run() {
      let removed = CacheFolder(Workplace.Configuration().cacheFolder).prune(keeping: count)
      Terminal.output.write("removed \(removed) \(removed == 1 ? "result" : "results")\n")
    }
  }
}
