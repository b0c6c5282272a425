internal import ArgumentParser
internal import Commands
internal import Ranks

/// Who computes, and on how many threads.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Number of threads; by default all available cores.", valueName: "n")
  )
  var threads: Int?
  @Option(
    help: ArgumentHelp("Convolution backend: native or openblas.", valueName: "backend"),
    completion: .list(["native", "openblas"]))
  var backend = "native"

  func validate() throws {
    try Self.check(threads: threads)
    guard ["native", "openblas"].contains(backend) else {
      throw ValidationError("unknown backend '\(backend)'; choose from native and openblas")
    }
  }

  /// Refuses numbers of threads that nobody has.
  static func check(threads: Int?) throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is a number from 1 to 1024, not \(threads)")
    }
  }

  /// Threads and backend for the host.
  var configuration: Workplace.Configuration {
    var configuration = Workplace.Configuration()
    configuration.threads = threads ?? LaunchedRanks.current?.threads
    configuration.exchange = LaunchedRanks.current?.exchange
    configuration.backend = backend
    return configuration
  }
}

/// What every command that runs steps understands.
struct WorkOptions: ParsableArguments {
  @Flag(help: "Run every step, even if its result is cached.")
  var fresh = false
  @OptionGroup var engine: EngineOptions
  @Option(
    help: ArgumentHelp(
      "Run this many training and other jobs at a time, as processes that share the threads.",
      valueName: "n"))
  var jobs: Int?
  @Option(
    help: ArgumentHelp("Run training and other jobs on a cluster: slurm.", valueName: "where"),
    completion: .list(["slurm"]))
  var on: String?
  // Options of another program begin with hyphens, too.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Options for sbatch, as in --slurm \"--partition=cpu --cpus-per-task=8\".",
      valueName: "options"))
  var slurm: String?
  @Flag(help: "Also report errors to GitHub as annotations.")
  var annotations = false

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs is a number from 1 to 256, not \(jobs)")
    }
    if let on, on != "slurm" {
      throw ValidationError("--on accepts slurm, not '\(on)'; --jobs N stays on this machine")
    }
    if jobs != nil, on != nil {
      throw ValidationError("--jobs N and --on slurm exclude each other; pass one of them")
    }
    if jobs != nil || on != nil, MPITransport.isLaunched {
      throw ValidationError(
        "--jobs and --on slurm start processes of their own: leave out mpirun; train … ranks=4 uses it "
          + "on a cluster")
    }
    if slurm != nil, on == nil {
      throw ValidationError("--slurm passes options to --on slurm; add --on slurm")
    }
  }

  /// Where jobs are done.
  private var executor: ExecutorChoice {
    if on != nil { return .slurm(options: ExecutorChoice.words(of: slurm ?? "")) }
    return jobs.map { .processes($0) } ?? .here
  }

  /// Folders, threads and backend for the host.
  var configuration: Workplace.Configuration {
    var configuration = engine.configuration
    configuration.isFresh = fresh
    configuration.executor = executor
    return configuration
  }
}
