internal import Datasets
internal import Files
internal import Language
internal import Tensors
internal import Training

/// Shows how far work on many files, or on a large one, is, once it has taken a second.
final class FileProgress {
  private let title: String
  private let display: Display
  private let start = ContinuousClock.now
  private var stage: (words: String, start: ContinuousClock.Instant)?
  private var shown: ContinuousClock.Instant?

  /// What takes no longer needs no line.
  private static let patience = Duration.seconds(1)
  /// A line changes at most so often.
  private static let pause = Duration.milliseconds(100)

  init(_ title: String, on display: Display) { (self.title, self.display) = (title, display) }

  /// Takes how far it is.
  func take(_ progress: DatasetProgress) {
    take(
      Self.words(progress.stage), progress.done, of: progress.count, Wording.count,
      progress.stage == .checking ? " files" : " images")
  }

  /// Takes that so much of so much is done, told in words by `text`.
  func take(
    _ words: String, _ done: Int, of count: Int, _ text: (Int) -> String, _ unit: String = ""
  ) {
    let now = ContinuousClock.now
    if stage?.words != words { stage = (words, now) }
    guard start.duration(to: now) > Self.patience,
      shown.map({ $0.duration(to: now) > Self.pause }) ?? true
    else { return }
    shown = now
    let share = Double(done) / Double(max(count, 1))
    let seconds = stage.map { $0.start.duration(to: now).inSeconds } ?? 0
    display.progress(
      .transient(
        Progress(
          title: title, fraction: share,
          details: "\(words) \(text(done)) of \(text(count))\(unit)",
          // The first few say little about the rest.
          secondsLeft: share > 0.02 ? seconds * (1 - share) / share : nil)))
  }

  /// Removes the line.
  func finish() {
    if shown != nil { display.progress(.finished) }
  }

  private static func words(_ stage: DatasetProgress.Stage) -> String {
    switch stage {
    case .reading: "read"
    case .looking: "checked"
    case .comparing: "compared"
    case .writing: "wrote"
    case .checking: "checked"
    }
  }
}

extension Host {
  /// Does work on the files of a dataset: on all threads, with what the cache knows of them, with a line
  /// of progress where it takes more than a second, until the user interrupts it.
  ///
  /// - Parameters:
  ///   - title: What is being done, for the line.
  ///   - body: The work.
  /// - Returns: What the work returns.
  /// - Throws: What the work throws.
  func working<Result, Failure: Error>(
    on title: String, _ body: (DatasetWork) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let progress = FileProgress(title, on: display), display = display
    defer { progress.finish() }
    let cancellation = workplace.cancellation, configuration = workplace.configuration
    var work = DatasetWork()
    work.threads = workplace.compute.pool.threads
    work.memory = DatasetMemory(
      folder: CacheFolder.files(in: configuration.cacheFolder), isFresh: configuration.isFresh)
    work.report = progress.take
    work.remark = { display.take(.remark(Diagnostic($0, severity: .warning))) }
    work.isCancelled = { cancellation.level != .none }
    return try body(work)
  }
}

extension Host {
  /// Writes a file, with a line of progress where it takes more than a second, until the user interrupts it.
  ///
  /// - Parameters:
  ///   - title: What is being done, for the line.
  ///   - file: What is written, for the error.
  ///   - body: Writes, and tells the function that it is given how many of how many bytes are done.
  /// - Throws: What the body throws; a diagnostic of an interruption where the user wanted the end.
  func writing(
    _ title: String, _ file: String,
    _ body: ((_ done: Int, _ count: Int) throws(FileError) -> Void) throws -> Void
  ) throws {
    let progress = FileProgress(title, on: display), cancellation = workplace.cancellation
    defer { progress.finish() }
    do {
      try body { (done, count) throws(FileError) in
        guard cancellation.level == .none else {
          throw FileError(path: file, action: "write", reason: Self.stopped)
        }
        progress.take("wrote", done, of: count, Wording.size)
      }
    } catch {
      guard cancellation.level == .none else {
        throw Diagnostic(Self.stopped, kind: .interrupted)
      }
      throw error
    }
  }

  private static let stopped = "stopped on request"
}

extension Diagnostic {
  /// The diagnostic of a dataset's work that the user ended; nil for any other error.
  init?(interruption error: any Error) {
    guard let error = error as? DatasetError, error.problem == .cancelled else { return nil }
    self.init("\(error)", kind: .interrupted)
  }
}
