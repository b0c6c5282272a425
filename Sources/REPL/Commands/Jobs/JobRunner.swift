internal import Files
internal import Foundation
internal import Language
internal import Tensors
internal import Training

/// Gives the results of jobs: found where the same job was done before, else worked out and kept.
final class JobRunner {
  private let cache: ResultCache
  private let log: StepLog
  private let provenance: Provenance
  private let workplace: Workplace
  private let display: Display

  /// A runner on this machine.
  init(
    cache: ResultCache, log: StepLog, provenance: Provenance, workplace: Workplace,
    display: Display
  ) {
    (self.cache, self.log, self.provenance) = (cache, log, provenance)
    (self.workplace, self.display) = (workplace, display)
  }

  /// The result of a job; the log notes how it came about, and the report what it came from.
  ///
  /// - Parameters:
  ///   - job: The work.
  ///   - inputs: What the digests in it stand for.
  /// - Returns: The result.
  /// - Throws: What the work throws.
  func result<Work: Job>(of job: Work, on inputs: JobInputs) throws(Diagnostic) -> Work.Result {
    let key = JobKey(job, on: workplace.compute)
    let payload: Work.Result
    switch find(key, for: job) {
    case .success(let entry):
      payload = entry.payload
      log.note(use(of: key, by: job, seconds: entry.seconds))
    case .failure(let missing):
      let start = ContinuousClock.now
      let result = try job.run(on: inputs, at: workplace, display: display)
      let seconds = start.duration(to: .now).inSeconds
      log.note(use(of: key, by: job, seconds: seconds, computedBecause: missing.reason))
      if result.isComplete { keep(result.payload, of: job, under: key, seconds) }
      payload = result.payload
    }
    for citation in job.citations { provenance.cite(citation) }
    return payload
  }

  /// The results of jobs of which none needs another, in their order.
  ///
  /// - Parameters:
  ///   - jobs: The work.
  ///   - inputs: What the digests in it stand for.
  /// - Returns: The results; fewer where the user ends the work: those of the first jobs.
  /// - Throws: What the first job that fails throws.
  func results<Work: Job>(
    of jobs: [Work], on inputs: JobInputs
  ) throws(Diagnostic) -> [Work.Result] {
    var results: [Work.Result] = []
    for job in jobs where workplace.cancellation.level == .none {
      results.append(try result(of: job, on: inputs))
    }
    return results
  }

  private func find<Work: Job>(
    _ key: JobKey, for job: Work
  ) -> Result<(payload: Work.Result, seconds: Double), ResultCache.Missing> {
    cache.entry(key.digest).flatMap { entry in
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = Self.decodedFloats
      guard let payload = try? decoder.decode(Work.Result.self, from: entry.payload) else {
        return .failure(ResultCache.Missing("its entry is of another version, or damaged"))
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
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = Self.encodedFloats
    do {
      let entry = ResultCache.Entry(
        command: job.command, ingredients: key.lines, seconds: seconds,
        payload: try encoder.encode(result))
      try cache.store(entry, under: key.digest)
    } catch {
      // A full disk must not cost the result itself.
      display.take(.remark(Diagnostic("the result was not cached: \(error)", severity: .warning)))
    }
  }

  private static var encodedFloats: JSONEncoder.NonConformingFloatEncodingStrategy {
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  private static var decodedFloats: JSONDecoder.NonConformingFloatDecodingStrategy {
    .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}
