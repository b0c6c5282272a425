internal import Datasets
internal import Files
internal import Foundation
internal import Language
internal import Report
package import Tensors
internal import Training

/// Does one job from its file: what `yolos job FILE` does, on any machine that sees the folder.
package struct JobWorker {
  private let file: String
  private let threads: Int?
  private let exchange: (any BatchExchange)?
  private let tell: (String) -> Void

  /// A worker.
  ///
  /// - Parameters:
  ///   - file: The job's description.
  ///   - threads: How many threads compute; what Slurm allows, or all cores, where nil.
  ///   - exchange: The ranks that share a training; nil where this process works alone.
  ///   - tell: Takes lines of JSON that say how far the job is.
  package init(
    file: String, threads: Int?, exchange: (any BatchExchange)? = nil,
    tell: @escaping (String) -> Void
  ) {
    (self.file, self.threads, self.exchange, self.tell) = (file, threads, exchange, tell)
  }

  /// Does the job.
  ///
  /// - Parameters:
  ///   - cancellation: Brings signals to the work.
  ///   - complain: Takes what went wrong.
  /// - Returns: The exit code; what came of the job lies beside its file.
  package func run(
    cancellation: any Cancelling, complain: (String) -> Void
  ) -> ExitCode {
    do throws(JobFileError) {
      let (head, content) = try JobFileHead.read(file)
      guard let kind = JobKinds.named(head.kind) else {
        throw JobFileError(file, "this yolos knows no job '\(head.kind)'")
      }
      // Seen from anywhere, also once we are in the job's own directory.
      let folder = JobFolder(path: Paths.absolute(PathText.folder(of: Paths.absolute(file))))
      guard FileManager.default.changeCurrentDirectoryPath(head.place.directory) else {
        throw JobFileError(
          file,
          "\(Machine.name) cannot see the folder '\(head.place.directory)'; jobs need a folder that "
            + "all machines see at the same path")
      }
      return try run(kind, head, content, in: folder, cancellation, complain)
    } catch {
      complain("error: \(error)\n")
      return .usage
    }
  }

  private func run<Work: Job>(
    _ kind: Work.Type, _ head: JobFileHead, _ content: Data, in folder: JobFolder,
    _ cancellation: any Cancelling, _ complain: (String) -> Void
  ) throws(JobFileError) -> ExitCode {
    let job: Work
    do {
      job = try JobRunner.decoder.decode(JobFile<Work>.self, from: content).job
    } catch { throw JobFileError(file, "damaged: \(JobFileHead.words(for: error))") }
    var configuration = Workplace.Configuration()
    (configuration.baseFolder, configuration.runsFolder) =
      (head.place.baseFolder, head.place.runsFolder)
    configuration.shownRunsFolder = head.place.shownRunsFolder
    configuration.cacheFolder = head.place.cacheFolder
    configuration.backend = head.engine.backend
    configuration.threads = threads ?? Self.threadsOfSlurm
    configuration.exchange = exchange
    let workplace: Workplace
    do { workplace = try Workplace(configuration) } catch {
      throw JobFileError(file, error.description)
    }
    let key = JobKey(job, on: workplace.compute)
    guard key.digest.description == head.key else {
      throw JobFileError(file, "the job does not match its key: the file was edited")
    }
    if let report = JobReport(contentsOf: folder.report), report.isComplete, report.failure == nil {
      tellEnd("done before")
      return .success
    }
    cancellation.attach(workplace.cancellation)
    let report = work(on: job, head, key, at: workplace)
    do { try report.write(to: folder.report) } catch {
      complain("error: \(error)\n")
      return .stepFailed
    }
    if head.place.isClaimed {
      JobClaims(cache: configuration.cacheFolder).release(
        head.key, forJobIn: Paths.relative(folder.path, to: "."))
    }
    if let failure = report.failure {
      complain("error: \(failure.message)\n")
      tellEnd(failure.message)
      return failure.isInterruption ? .interrupted : .stepFailed
    }
    tellEnd(report.isComplete ? "done" : "stopped")
    return report.isComplete ? .success : .interrupted
  }

  /// Does the work and keeps a whole result in the cache.
  private func work<Work: Job>(
    on job: Work, _ head: JobFileHead, _ key: JobKey, at workplace: Workplace
  ) -> JobReport {
    let claims = JobClaims(cache: workplace.configuration.cacheFolder)
    if head.place.isClaimed { claims.keep(head.key) }
    let threads = workplace.compute.pool.threads
    tell(
      JobEvent(
        event: .started,
        text: "\(Machine.name), process \(getpid()), \(Wording.number(threads, "thread"))"
      ).line)
    let listener = JobListener(tell: tell)
    var report = JobReport(key: head.key)
    let start = ContinuousClock.now
    do throws(Diagnostic) {
      var datasets: [DatasetObject] = []
      for dataset in head.datasets { datasets.append(try dataset.object()) }
      let inputs = JobInputs(models: head.models.map(TraveledModel.init), datasets: datasets)
      let result = try job.run(
        on: inputs, at: workplace, display: Display(listener, in: OutputOrder()))
      report.isComplete = result.isComplete
      report.seconds = start.duration(to: .now).inSeconds
      report.payload = try attempt { try JobRunner.encoder.encode(result.payload) }
    } catch {
      report.failure = JobReport.Failure(
        message: error.message, hint: error.hint, isInterruption: error.kind == .interrupted)
      report.seconds = start.duration(to: .now).inSeconds
    }
    report.remarks = listener.remarks
    if report.isComplete, report.failure == nil, let payload = report.payload {
      let cache = ResultCache(folder: workplace.configuration.cacheFolder, isFresh: false)
      do throws(FileError) {
        try cache.store(
          ResultCache.Entry(
            command: job.command, ingredients: key.lines, seconds: report.seconds,
            payload: payload), under: key.digest)
      } catch {
        report.remarks.append(
          JobReport.Remark(text: "the result was not cached: \(error)", volatilePieces: []))
      }
    }
    return report
  }

  private func tellEnd(_ text: String) { tell(JobEvent(event: .ended, text: text).line) }

  /// The cores that Slurm gave the job, where it runs there.
  private static var threadsOfSlurm: Int? {
    threadsOfSlurmTask ?? cores("SLURM_CPUS_ON_NODE")
  }

  /// The cores that Slurm gave each of the processes of a job, where it was told how many.
  package static var threadsOfSlurmTask: Int? { cores("SLURM_CPUS_PER_TASK") }

  private static func cores(_ variable: String) -> Int? {
    let environment = ProcessInfo.processInfo.environment
    guard environment["SLURM_JOB_ID"] != nil else { return nil }
    return environment[variable].flatMap { Int($0) }.flatMap {
      (1...1024).contains($0) ? $0 : nil
    }
  }
}

/// Turns what a job shows into lines of JSON, and keeps what belongs into the report.
private final class JobListener: Presenter {
  private(set) var remarks: [JobReport.Remark] = []
  private let tell: (String) -> Void
  private var next = ContinuousClock.now
  private static let pause = Duration.seconds(1)

  init(tell: @escaping (String) -> Void) { self.tell = tell }

  func present(_ rendering: Rendering) {
    guard case .warning(let text) = rendering else { return }
    remarks.append(JobReport.Remark(text: text.text, volatilePieces: text.volatilePieces))
  }

  func progress(_ progress: ProgressReport) {
    switch progress {
    case .transient(let progress):
      // A night has many batches.
      guard ContinuousClock.now >= next else { return }
      next = .now + Self.pause
      tell(
        JobEvent(
          event: .progress, text: progress.title, details: progress.details,
          fraction: progress.fraction, secondsLeft: progress.secondsLeft
        ).line)
    case .line(let text): tell(JobEvent(event: .line, text: text).line)
    // Pictures stay where they were made.
    case .validation, .jobs, .finished: break
    }
  }
}
