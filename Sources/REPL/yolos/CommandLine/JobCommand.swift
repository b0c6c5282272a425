internal import ArgumentParser
internal import Commands
internal import Foundation

/// Does one job of a script: `yolos job .yolos/jobs/…/job.json`.
struct JobCommand: SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Runs one job of a script from its file, on any machine.",
    discussion: """
      yolos run --jobs and --on slurm write such files and start this command; see docs/cluster.md. It reports \
      its progress in lines of JSON. The result goes into the cache, and into result.json next to the \
      file. SIGINT stops it after the current batch, a second one immediately.

      Exit codes: 0 done; 1 failed; 2 the file cannot be used; 130 interrupted.
      """)

  @Argument(help: "The job's file.", completion: .file(extensions: ["json"]))
  var file: String
  @Option(
    help: ArgumentHelp(
      "Number of threads; by default what Slurm allows, or all cores.", valueName: "n"))
  var threads: Int?

  var rankThreads: Int? { threads }

  func validate() throws { try EngineOptions.check(threads: threads) }

  func run() throws {
    let ranks = LaunchedRanks.current
    let worker = JobWorker(
      file: file, threads: threads ?? ranks?.threads, exchange: ranks?.exchange
    ) { line in
      Terminal.output.write(line + "\n")
    }
    try Ending.with(
      worker.run(cancellation: Interrupts.current, complain: { Terminal.error.write($0) }))
  }
}
