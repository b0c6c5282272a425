internal import Files
internal import Foundation
internal import Language
internal import Report
internal import Tensors
internal import Training

/// Gives the results of jobs: found where the same job was done before, else worked out and kept.
///
/// Where they are worked out is its own business: here, or by an ``Executor``.
final class JobRunner {
  private let cache: ResultCache
  private let claims: JobClaims
  private let log: StepLog
  private let provenance: Provenance
  private let workplace: Workplace
  private let display: Display
  private let order: OutputOrder
  private let queue = SlurmQueue()
  /// The jobs that are done elsewhere; nil where all are done here.
  private let board: JobBoard?
  private var freshJobs = 0
  /// Whether the user ended work early: some result is not whole, or was not asked for any more.
  private(set) var wasStopped = false
  /// The command that runs now; what it asks for is located there.
  var call: Invocation?

  /// A result, or the promise of one.
  enum Answer<Work: Job> {
    case there(Work.Result)
    case pending(PendingJob<Work>)
  }

  init(
    cache: ResultCache, log: StepLog, provenance: Provenance, workplace: Workplace,
    display: Display, order: OutputOrder
  ) {
    (self.cache, self.log, self.provenance) = (cache, log, provenance)
    (self.workplace, self.display, self.order) = (workplace, display, order)
    let claims = JobClaims(cache: cache.folder)
    self.claims = claims
    let program = Self.program, threads = workplace.compute.pool.threads
    let executor: (any Executor)?
    switch workplace.configuration.executor {
    case .here: executor = nil
    case .processes(let count):
      executor = ProcessExecutor(count, threads: threads, program: program, claims: claims)
    case .slurm(let options):
      executor = SlurmExecutor(
        options, program: program, folder: cache.folder, claims: claims, queue: queue,
        display: display)
    }
    let queue = queue
    board = executor.map {
      JobBoard(
        $0, claims: claims, queue: queue, cache: cache, order: order, display: display,
        workplace: workplace)
    }
  }

  /// This program, wherever it was started from.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  // MARK: Asking

  /// The result of a job, waited for; the log notes how it came about, and the report what it came from.
  ///
  /// - Parameters:
  ///   - job: The work.
  ///   - inputs: What the digests in it stand for.
  ///   - title: What people call it.
  /// - Returns: The result.
  /// - Throws: What the work throws.
  func result<Work: Job>(
    of job: Work, on inputs: JobInputs, named title: String
  ) throws(Diagnostic) -> Work.Result {
    switch try begin(job, on: inputs, named: title) {
    case .there(let result): result
    case .pending(let pending): try pending.result()
    }
  }

  /// Asks for the result of a job: found in the cache, worked out here and now, or begun elsewhere.
  ///
  /// - Parameters:
  ///   - job: The work.
  ///   - inputs: What the digests in it stand for.
  ///   - title: What people call it.
  ///   - note: Called with the result when it is its turn in the script.
  /// - Returns: The result, or the promise of one.
  /// - Throws: What the work throws where it is done here.
  func begin<Work: Job>(
    _ job: Work, on inputs: JobInputs, named title: String,
    noting note: @escaping (Work.Result) -> Void = { _ in }
  ) throws(Diagnostic) -> Answer<Work> {
    let key = JobKey(job, on: workplace.compute)
    switch find(key, for: job) {
    case .success(let entry):
      let use = use(of: key, by: job, seconds: entry.seconds)
      job.took(entry.payload, on: inputs, at: workplace, display: display)
      order.perform { self.note(use, job, entry.payload, note) }
      return .there(entry.payload)
    case .failure(let missing):
      if let board, JobKinds.named(JobKinds.name(of: Work.self)) != nil,
        let pending = try send(job, inputs, key, title, to: board, because: missing, note)
      {
        return .pending(pending)
      }
      return .there(try compute(job, inputs, key, because: missing, note))
    }
  }

  /// Waits for all that was asked for and shows it.
  ///
  /// - Throws: What the first job failed with.
  func settle() throws(Diagnostic) {
    try order.advance()
    guard let board, !order.isEmpty else { return }
    try board.wait { order.isEmpty }
  }

  /// Waits until no job runs any more, whatever became of them: their results are kept.
  func finish() { board?.finish() }

  // MARK: Here

  private func compute<Work: Job>(
    _ job: Work, _ inputs: JobInputs, _ key: JobKey, because missing: ResultCache.Missing,
    _ note: @escaping (Work.Result) -> Void
  ) throws(Diagnostic) -> Work.Result {
    if !cache.isFresh, let entry = try awaitOthers(key, job) {
      let use = use(of: key, by: job, seconds: entry.seconds)
      order.perform { self.note(use, job, entry.payload, note) }
      return entry.payload
    }
    defer { if !cache.isFresh { claims.release(key.digest.description) } }
    let start = ContinuousClock.now
    let result = try job.run(on: inputs, at: workplace, display: display)
    let seconds = start.duration(to: .now).inSeconds
    if result.isComplete {
      keep(result.payload, of: job, under: key, seconds)
    } else {
      wasStopped = true
    }
    let use = use(of: key, by: job, seconds: seconds, computedBecause: missing.reason)
    order.perform { self.note(use, job, result.payload, note) }
    return result.payload
  }

  /// Claims a key; where somebody else is computing the same, waits for the result.
  ///
  /// - Returns: The result of somebody else, or nil where the claim is ours.
  private func awaitOthers<Work: Job>(
    _ key: JobKey, _ job: Work
  ) throws(Diagnostic) -> (payload: Work.Result, seconds: Double)? {
    let name = key.digest.description
    var hasWaited = false
    while let other = claims.take(name, as: .own, isQueued: queue.holds) {
      hasWaited = true
      guard workplace.cancellation.level == .none else {
        throw Diagnostic("interrupted", kind: .interrupted)
      }
      display.progress(
        .transient(
          Progress(
            title: job.command, fraction: 0, details: "waiting for \(other.words)",
            secondsLeft: nil)))
      Thread.sleep(forTimeInterval: 0.2)
    }
    guard hasWaited else { return nil }
    display.progress(.finished)
    guard case .success(let entry) = find(key, for: job) else { return nil }
    claims.release(name)
    return entry
  }

  // MARK: Elsewhere

  private func send<Work: Job>(
    _ job: Work, _ inputs: JobInputs, _ key: JobKey, _ title: String, to board: JobBoard,
    because missing: ResultCache.Missing, _ note: @escaping (Work.Result) -> Void
  ) throws(Diagnostic) -> PendingJob<Work>? {
    let shared = cache.isFresh ? nil : board.ticket(for: key.digest)
    let ticket: JobTicket
    if let shared {
      ticket = shared
    } else {
      // Two that write one folder cannot run side by side.
      if job.mustRunAlone { try settle() }
      guard let cargo = try cargo(of: job, inputs) else { return nil }
      freshJobs += 1
      let folder = JobFolder(
        of: key.digest, in: cache.folder,
        suffix: cache.isFresh ? "-\(getpid())-\(freshJobs)" : "")
      let head = head(of: job, key, title, cargo)
      ticket = JobTicket(
        key.digest, title: title, folder: folder, isClaimed: !cache.isFresh,
        ranks: job.ranks, state: .waiting("waiting")
      ) { () throws(Diagnostic) in
        let earlier = try? Self.decoder.decode(
          JobFile<Work>.self, from: AtomicFile.read(folder.job))
        let placed = try job.placed(after: earlier?.job)
        try attempt {
          try folder.prepare()
          try JobFile(head: head, job: placed).write(to: folder.job)
        }
      }
      board.add(ticket)
    }
    let isHit = shared != nil
    let pending = PendingJob<Work>(
      ticket, of: self, on: board, asked: call, isShared: isHit
    ) { report, result in
      if !report.isComplete { self.wasStopped = true }
      let use = self.use(
        of: key, by: job, seconds: report.seconds, computedBecause: isHit ? nil : missing.reason)
      self.note(use, job, result, note)
    }
    order.keep(pending)
    return pending
  }

  private func cargo(
    of job: some Job, _ inputs: JobInputs
  ) throws(Diagnostic) -> (models: [TravelingModel], datasets: [TravelingDataset])? {
    var models: [TravelingModel] = [], datasets: [TravelingDataset] = []
    for source in inputs.allModels {
      guard let model = try TravelingModel(source, in: cache.folder) else { return nil }
      models.append(model)
    }
    for object in inputs.allDatasets {
      datasets.append(try TravelingDataset(object, in: cache.folder))
    }
    return (models, datasets)
  }

  private func head<Work: Job>(
    of job: Work, _ key: JobKey, _ title: String,
    _ cargo: (models: [TravelingModel], datasets: [TravelingDataset])
  ) -> JobFileHead {
    let configuration = workplace.configuration
    return JobFileHead(
      engine: JobFileHead.Engine(backend: workplace.compute.backend.name),
      key: key.digest.description, kind: JobKinds.name(of: Work.self), title: title,
      place: JobFileHead.Place(
        directory: FileManager.default.currentDirectoryPath,
        baseFolder: configuration.baseFolder, runsFolder: configuration.runsFolder,
        shownRunsFolder: configuration.shownRunsFolder, cacheFolder: configuration.cacheFolder,
        isClaimed: !cache.isFresh),
      models: cargo.models, datasets: cargo.datasets)
  }

  /// Shows what a job wanted to be known.
  func present(_ remarks: [JobReport.Remark]) {
    for remark in remarks {
      display.present(
        .warning(VolatileText(remark.text, volatilePieces: remark.volatilePieces)))
    }
  }

  /// Shows the end of a job's log.
  func present(logOf title: String, _ text: String) {
    display.present(
      .console(Console(title: "End of the log of '\(title)'", text: text, isVolatile: true)))
  }

  // MARK: Cache

  /// Notes a result: how it came about, and from what.
  private func note<Work: Job>(
    _ use: CacheUse, _ job: Work, _ result: Work.Result, _ note: (Work.Result) -> Void
  ) {
    log.note(use)
    for citation in job.citations { provenance.cite(citation) }
    note(result)
  }

  /// The results of jobs of which none needs another, in their order; side by side where jobs are.
  ///
  /// - Parameters:
  ///   - jobs: The work, each with what people call it.
  ///   - inputs: What the digests in it stand for.
  ///   - note: Called with a title and the result when it is its turn in the script.
  /// - Returns: The results; fewer where the user ends the work: those of the first jobs.
  /// - Throws: What the first job that fails throws.
  func results<Work: Job>(
    of jobs: [(work: Work, title: String)], on inputs: JobInputs,
    noting note: @escaping (_ title: String, Work.Result) -> Void
  ) throws(Diagnostic) -> [Work.Result] {
    var answers: [Answer<Work>] = []
    for (work, title) in jobs where workplace.cancellation.level == .none {
      answers.append(try begin(work, on: inputs, named: title) { note(title, $0) })
    }
    if answers.count < jobs.count { wasStopped = true }
    var results: [Work.Result] = []
    for answer in answers {
      switch answer {
      case .there(let result): results.append(result)
      case .pending(let pending): results.append(try pending.result())
      }
    }
    return results
  }

  private func find<Work: Job>(
    _ key: JobKey, for job: Work
  ) -> Result<(payload: Work.Result, seconds: Double), ResultCache.Missing> {
    cache.entry(key.digest).flatMap { entry in
      guard let payload = try? Self.decoder.decode(Work.Result.self, from: entry.payload) else {
        return .failure(ResultCache.Missing("its entry is damaged or from another version"))
      }
      if let objection = job.objection(to: payload) {
        return .failure(ResultCache.Missing(objection))
      }
      return .success((payload, entry.seconds))
    }
  }

  /// How a result came about; `reason` says why it was computed, nil where it was found.
  private func use(
    of key: JobKey, by job: some Job, seconds: Double, computedBecause reason: String? = nil
  ) -> CacheUse {
    CacheUse(
      command: job.command, key: key.digest, ingredients: key.lines, isHit: reason == nil,
      reason: reason ?? "", seconds: seconds)
  }

  private func keep<Work: Job>(
    _ result: Work.Result, of job: Work, under key: JobKey, _ seconds: Double
  ) {
    do {
      try cache.store(
        ResultCache.Entry(
          command: job.command, ingredients: key.lines, seconds: seconds,
          payload: try Self.encoder.encode(result)), under: key.digest)
    } catch {
      // A full disk must not cost the result itself.
      display.take(.remark(Diagnostic("the result was not cached: \(error)", severity: .warning)))
    }
  }

  /// Writes results as the cache keeps them.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = encodedFloats
    return encoder
  }

  /// Reads results as the cache keeps them.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  static var encodedFloats: JSONEncoder.NonConformingFloatEncodingStrategy {
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}
