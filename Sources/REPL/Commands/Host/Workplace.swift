internal import Foundation
package import Tensors
package import Training
package import Weights

/// Where the work of a script is done: its folders, threads and backend, and the token that ends it.
package final class Workplace {
  /// What stays the same for a whole run.
  package struct Configuration: Sendable {
    /// The folder that relative paths of the script start from.
    package var baseFolder = "."
    /// Where runs are written.
    package var runsFolder = "runs"
    /// What reports call that folder, as a check writes its runs elsewhere.
    package var shownRunsFolder = "runs"
    /// Where results are cached.
    package var cacheFolder = ".yolos"
    /// The number of threads; as many as there are cores where nil.
    package var threads: Int?
    /// How convolutions are computed: "native" or "openblas".
    package var backend = "native"
    /// Where jobs are done.
    package var executor = ExecutorChoice.here
    /// The ranks that share trainings, of which this is number 0; nil where there are none.
    package var exchange: (any BatchExchange)?
    /// Whether every step runs even where the cache has its result.
    package var isFresh = false
    /// Where fetched weights are kept.
    package var weights = WeightStore(environment: ProcessInfo.processInfo.environment)
    /// Whether `fetch` downloads what is not there: somebody at a prompt asks for it, a script does not.
    package var mayDownload = false

    /// A run in the working directory.
    package init() {}
  }

  /// Folders, threads and backend as they were asked for.
  package let configuration: Configuration
  /// Threads and backend.
  package let compute: Compute
  /// Told when the user wants to stop; made anew for every step at the prompt.
  package var cancellation = Cancellation()

  /// Starts the threads.
  ///
  /// - Throws: ``UsageError`` for an unknown backend.
  package init(_ configuration: Configuration) throws(UsageError) {
    self.configuration = configuration
    guard let backend = Backends.named(configuration.backend) else {
      throw UsageError(
        "unknown backend '\(configuration.backend)'; choose from "
          + Backends.names.joined(separator: " and "))
    }
    if case .slurm = configuration.executor, !SlurmQueue.isInstalled {
      throw UsageError(
        "command not found: sbatch; --on slurm needs the Slurm client (Debian: apt install slurm-client)"
      )
    }
    compute = Compute(pool: ThreadPool(threads: configuration.threads), backend: backend)
  }

  /// The path on disk of what a script wrote.
  func resolve(_ path: String) -> String { Paths.resolve(path, from: configuration.baseFolder) }
}

/// A mistake on the command line.
package struct UsageError: Error, CustomStringConvertible {
  /// One line.
  package let description: String

  init(_ description: String) { self.description = description }
}
