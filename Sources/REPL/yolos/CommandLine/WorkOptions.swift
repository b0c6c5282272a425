internal import ArgumentParser
internal import Commands

/// Who computes, and on how many threads.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How many threads compute; by default all cores it may use.", valueName: "n")
  )
  var threads: Int?
  @Option(
    help: ArgumentHelp("Who computes convolutions: native or openblas.", valueName: "backend"),
    completion: .list(["native", "openblas"]))
  var backend = "native"

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is a number from 1 to 1024, not \(threads)")
    }
    guard ["native", "openblas"].contains(backend) else {
      throw ValidationError("there is no backend '\(backend)'; known are native and openblas")
    }
  }

  /// Threads and backend for the host.
  var configuration: Workplace.Configuration {
    var configuration = Workplace.Configuration()
    configuration.threads = threads
    configuration.backend = backend
    return configuration
  }
}

/// What every command that runs steps understands.
struct WorkOptions: ParsableArguments {
  @Flag(help: "Run every step, also those whose results are in the cache.")
  var fresh = false
  @OptionGroup var engine: EngineOptions
  @Flag(help: "Report errors to GitHub as annotations, too.")
  var annotations = false

  /// Folders, threads and backend for the host.
  var configuration: Workplace.Configuration {
    var configuration = engine.configuration
    configuration.isFresh = fresh
    return configuration
  }
}
