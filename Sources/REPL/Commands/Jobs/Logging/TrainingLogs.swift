internal import Charts
internal import Files
internal import Foundation
internal import Images
internal import Logs
internal import Training

/// Keeps the logs that other programs read of one training, where somebody asked for any.
///
/// A log that cannot be written costs nothing but itself: the training goes on, and a line says why.
final class TrainingLogs {
  private let job: TrainingJob
  /// The classes that the model learns.
  private let names: [String]
  private let workplace: Workplace
  private let display: Display

  private var logs: [any RunLog] = []
  private var folder: RunFolder?
  /// When the run began, and when its last epoch ended: seconds since 1970.
  private var start = 0.0, latest = 0.0
  private var epochs = 1
  private var hasLabels = false

  /// The logs of a job; nil where none were asked for.
  init?(of job: TrainingJob, _ names: [String], at workplace: Workplace, display: Display) {
    guard job.options.log != .none else { return nil }
    (self.job, self.names, self.workplace, self.display) = (job, names, workplace, display)
  }

  /// Pictures of so many epochs are kept, evenly spread over the run.
  private static let drawnEpochs = 10

  // MARK: A run that trains

  /// Takes what happens.
  func take(_ event: TrainingEvent) {
    switch event {
    case .started(let start): begin(start)
    case .epoch(let result, _): add(result)
    case .validated(let epoch, let pictures):
      let period = max(1, epochs / Self.drawnEpochs)
      if epoch == 1 || epoch % period == 0 || epoch == epochs { add(pictures, of: epoch) }
    case .batch, .best, .warning, .stopped: break
    }
  }

  /// The run has ended, with a record.
  func end(_ record: RunRecord) {
    addCurves(of: record)
    end(record.isComplete ? .finished : .stopped)
  }

  /// The run has ended.
  func end(_ kind: RunEnd.Kind) { end(kind, at: Double(FileIdentity.now) / 1e9) }

  private func end(_ kind: RunEnd.Kind, at time: Double) {
    guard let folder else { return }
    let files = [folder.arguments, folder.results, folder.best, folder.last]
    write { (log) throws(FileError) in try log.end(RunEnd(kind, time: time, files: files)) }
  }

  private func begin(_ event: TrainingStart) {
    guard let path = event.folder else { return }
    epochs = event.plan.options.epochs
    open(RunFolder(path: path))
    // What an earlier start of the run has trained stands in its table.
    let known = (try? AtomicFile.read(path + "/results.csv")).flatMap {
      try? ResultsTable.parse(String(decoding: $0, as: UTF8.self), file: "results.csv")
    }
    let earlier = (known ?? []).filter { $0.epoch < event.firstEpoch }
    let facts = facts(Self.entries(of: event.plan.options, at: workplace))
    write { (log) throws(FileError) in
      try log.begin(facts, earlier: earlier.map { logged($0) })
    }
    hasLabels = !earlier.isEmpty
  }

  private func open(_ folder: RunFolder) {
    self.folder = folder
    // Options are written when the run begins, and never again.
    let written = FileIdentity(of: folder.arguments)?.modified ?? FileIdentity.now
    (start, latest) = (Double(written) / 1e9, Double(written) / 1e9)
    if [.tensorBoard, .both].contains(job.options.log) {
      logs.append(TensorBoardLog(folder: folder.path))
    }
    if [.mlflow, .both].contains(job.options.log) {
      let place = PathText.folder(of: workplace.configuration.runsFolder)
      logs.append(
        MLflowLog(
          store: place.isEmpty ? "mlruns" : "\(place)/mlruns", runFolder: folder.path))
    }
  }

  private func facts(_ options: [RunFacts.Entry]) -> RunFacts {
    RunFacts(
      name: job.title.text, experiment: job.data.name, start: start, options: options,
      tags: [
        .init("yolos.version", Release.version), .init("yolos.data", job.data.name),
        .init("yolos.data.sha256", job.data.digest), .init("yolos.model", job.model.title),
        .init("yolos.model.sha256", job.model.weights),
        .init("yolos.folder", folder.map { Paths.absolute($0.path) } ?? ""),
      ])
  }

  private func add(_ result: EpochResult) {
    let epoch = logged(result)
    latest = epoch.time
    write { (log) throws(FileError) in try log.add(epoch) }
  }

  private func logged(_ result: EpochResult) -> LoggedEpoch {
    LoggedEpoch(
      step: result.epoch, time: start + result.seconds, scalars: ResultsTable.scalars(of: result))
  }

  // MARK: Pictures

  private func add(_ pictures: [ValidationPicture], of epoch: Int) {
    guard !logs.isEmpty, !pictures.isEmpty else { return }
    let sheet = ValidationSheet(pictures: pictures, names: names)
    if !hasLabels {
      hasLabels = true
      add("val/labels", epoch: epoch) { try sheet.labels.image().halved.png() }
    }
    add("val/predictions", epoch: epoch) { try sheet.predictions(of: epoch).image().halved.png() }
  }

  private func addCurves(of record: RunRecord) {
    guard !logs.isEmpty else { return }
    let history = RunObject(record).history(colorIndex: 0)
    let chart = TrainingCurves(title: "Training of \(record.name)", runs: [history]).chart
    add("results", epoch: record.results.last?.epoch ?? 0) { try chart.image().png(colors: 256) }
  }

  private func add(_ name: String, epoch: Int, _ draw: () throws -> Data) {
    do {
      let png = try draw()
      guard let (width, height) = Self.sides(of: png) else { return }
      let picture = LoggedPicture(
        name: name, step: epoch, time: latest, png: png, width: width, height: height)
      write { (log) throws(FileError) in try log.add(picture) }
    } catch { say("the image '\(name)' is missing from the log: \(error)") }
  }

  /// The sides that the header of a PNG file names.
  private static func sides(of png: Data) -> (width: Int, height: Int)? {
    guard png.count > 24 else { return nil }
    func number(_ start: Int) -> Int {
      png.dropFirst(start).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    return (number(16), number(20))
  }

  // MARK: A run that was found

  /// Writes the logs of a run that was trained before, from its results.
  ///
  /// - Parameters:
  ///   - record: The run.
  ///   - pictures: What its best weights find in the first validation images.
  func write(_ record: RunRecord, pictures: () throws -> [ValidationPicture]) {
    let last = record.results.last?.epoch ?? 0
    open(RunFolder(path: record.folder))
    logs.removeAll { $0.isComplete(last: last) }
    guard !logs.isEmpty else { return }
    epochs = last
    let facts = facts(Self.entries(of: record))
    write { (log) throws(FileError) in try log.begin(facts, earlier: []) }
    for result in record.results { add(result) }
    do { add(try pictures(), of: record.best.epoch) } catch {
      say("the log has no predictions: \(error)")
    }
    addCurves(of: record)
    end(record.isComplete ? .finished : .stopped, at: start + record.cost.wallSeconds)
  }

  // MARK: Options

  /// The options in force, but for the name, which is the run's, this one, and how the work was done.
  private static func entries(
    of options: TrainingOptions, at workplace: Workplace
  ) -> [RunFacts.Entry] {
    let table = OptionTable.standard
    let hidden = [table.name.name, table.log.name, table.ranks.name]
    return options.settings.filter { !hidden.contains($0.option.name) }
      .map { setting in
        let isFolder = setting.option.name == table.project.name
        return RunFacts.Entry(
          setting.option.name,
          isFolder ? workplace.configuration.shownRunsFolder : "\(setting.value)")
      }
  }

  /// The same, read from the lines of a record: `lr0=0.01  (default)`.
  private static func entries(of record: RunRecord) -> [RunFacts.Entry] {
    record.options.compactMap { line in
      guard let sign = line.firstIndex(of: "="),
        let end = line.ranges(of: "  (").last?.lowerBound, sign < end
      else { return nil }
      return RunFacts.Entry(String(line[..<sign]), String(line[line.index(after: sign)..<end]))
    }
  }

  // MARK: Writing

  private func write(_ work: (any RunLog) throws(FileError) -> Void) {
    logs.removeAll { log in
      do throws(FileError) {
        try work(log)
        return false
      } catch {
        say("stopped writing a log of the run: \(error)")
        return true
      }
    }
  }

  /// Says something at the terminal; no report changes.
  private func say(_ text: String) { display.progress(.line("warning: \(text)")) }
}

extension TrainingJob {
  /// The logs that were asked for.
  func logs(_ names: [String], at workplace: Workplace, display: Display) -> TrainingLogs? {
    TrainingLogs(of: self, names, at: workplace, display: display)
  }

  func took(
    _ result: RunRecord, on inputs: JobInputs, at workplace: Workplace, display: Display
  ) {
    guard options.log != .none, let dataset = try? inputs.dataset(data).dataset else { return }
    let names = dataset.classNames(for: options)
    logs(names, at: workplace, display: display)?.write(result) {
      try ValidationPicture.found(
        by: result.best, in: dataset, options, on: workplace.compute)
    }
  }
}
