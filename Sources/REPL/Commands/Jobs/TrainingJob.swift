internal import Datasets
internal import Files
internal import Language
internal import Layers
internal import Logs
internal import Report
internal import Training
internal import YOLO

/// What a run is called in tables, charts and on the disk.
struct RunTitle: Codable, Sendable {
  let text: String
  /// Whether the script asks for it by `name=`; a title that comes from a variable's name makes no
  /// other run of the same training.
  let isGiven: Bool
}

/// A training.
struct TrainingJob: Job {
  /// The model it starts from.
  let model: ModelInput
  /// What it learns from.
  let data: DatasetInput
  /// The options in force, each with its origin.
  let options: TrainingOptions

  // What follows changes no weight.

  /// What the run is called.
  let title: RunTitle
  /// What is kept for the backward pass.
  var memory = MemoryMode.normal
  /// The folder of an interrupted run that goes on; nil for a new one.
  var folder: String?
  /// The folder that was made for the run before the job left for another process; a run that was begun
  /// there and did not end goes on.
  var place: String?

  struct Ingredients: Codable, Equatable, Sendable {
    /// The run's name, where the script gives it one.
    let name: String?
    let model: ModelInput
    let data: DatasetInput
    let rules: Compatibility
    /// Every option in force, but for places, names and ways of working.
    let options: [String: String]
  }

  var command: String { "train" }

  var ingredients: Ingredients {
    Ingredients(
      name: title.isGiven ? title.text : nil, model: model, data: data, rules: options.rules,
      options: options.decisive)
  }

  var citations: [Citation] { [data.citation, model.citation] }

  /// Why a run that was found cannot serve: its files are gone or were changed.
  func objection(to record: RunRecord) -> String? {
    for file in [record.best, record.last] {
      guard let content = try? AtomicFile.read(file.file) else { return "'\(file.file)' is gone" }
      guard Digest(of: content).description == file.digest else {
        return "'\(file.file)' was changed"
      }
    }
    return nil
  }

  func run(
    on inputs: JobInputs, at workplace: Workplace, display: Display
  ) throws(Diagnostic) -> JobResult<RunRecord> {
    let dataset = try inputs.dataset(data).dataset
    let names = dataset.classNames(for: options)
    let model = try inputs.source(self.model).model(for: names)
    let begun = place.map(RunFolder.init(path:))
    let goesOn = begun.map { $0.isUnfinished && Paths.exists($0.last) } ?? false
    var request = TrainingRequest(
      model: model, modelName: self.model.title, dataset: dataset, options: options)
    request.memoryMode = memory
    request.folder = begun ?? folder.map(RunFolder.init(path:))
    request.startsInFolder = begun != nil && !goesOn
    request.exchange = workplace.configuration.exchange
    request.startsFromState = folder != nil
    let progress = TrainingProgress(
      display: display, names: names, isFromScratch: self.model.freshSeed != nil && folder == nil)
    let logs = logs(names, at: workplace, display: display)
    let outcome: TrainingOutcome
    var written: RunFolder?
    do throws(TrainingError) {
      let trainer = try Trainer(
        request, on: workplace.compute, cancellation: workplace.cancellation,
        report: { event in
          progress.take(event)
          logs?.take(event)
        })
      written = trainer.folder
      outcome = try trainer.run()
    } catch {
      display.progress(.finished)
      logs?.end(error.problem == .cancelled ? .stopped : .failed)
      var diagnostic = Diagnostic(error)
      if error.problem == .cancelled, let written, written.isUnfinished {
        let path = StringLiteral.quoted(written.path)
        diagnostic.hint = "resume \(path) continues from its last saved state"
      }
      throw diagnostic
    }
    display.progress(.finished)
    let record = try record(of: outcome, model, names, at: workplace)
    logs?.end(record)
    return JobResult(payload: record, isComplete: record.isComplete)
  }

  var mustRunAlone: Bool { options.reusesFolder }

  var ranks: Int { options.ranks }

  func placed(after earlier: TrainingJob?) throws(Diagnostic) -> TrainingJob {
    var job = self
    if let place = earlier?.place, Paths.exists(place) {
      let begun = RunFolder(path: place)
      if begun.isUnfinished || !Paths.exists(begun.last) { job.place = place }
    }
    if job.place == nil {
      let options = options
      job.place = try attempt {
        try RunFolder.create(
          project: options.project, name: options.name, reuse: options.reusesFolder
        ).path
      }
    }
    return job
  }

  private func record(
    of outcome: TrainingOutcome, _ model: Model, _ names: [String], at workplace: Workplace
  ) throws(Diagnostic) -> RunRecord {
    let scale = model.architecture.scale.map { "YOLOv8\($0.rawValue)" } ?? "YOLOv8"
    let table = OptionTable.standard
    // The same run under another name, with other logs or ranks, has the same record.
    let hidden = [table.name.name, table.log.name, table.ranks.name]
    return RunRecord(
      name: title.text, folder: outcome.folder.path, model: scale,
      dataset: "\(data.name) \(data.digest)", epochs: outcome.plan.options.epochs,
      results: outcome.results,
      best: try CheckpointRecord(outcome.best, names, keepsMatches: true),
      last: try CheckpointRecord(outcome.last, names), parameters: outcome.parameters,
      trainedParameters: outcome.trainedParameters,
      options: outcome.plan.options.settings.filter { !hidden.contains($0.option.name) }.map {
        let isFolder = $0.option.name == table.project.name
        let value = isFolder ? workplace.configuration.shownRunsFolder : "\($0.value)"
        return "\($0.option.name)=\(value)  (\($0.origin))"
      },
      stop: outcome.stop, verdict: outcome.overfitting.verdict.rawValue,
      verdictWords: outcome.overfitting.description,
      freezing: outcome.freezingProof?.description ?? "", cost: outcome.cost)
  }
}

extension CheckpointRecord {
  /// A checkpoint that a run wrote.
  ///
  /// - Throws: A diagnostic where its file cannot be read.
  fileprivate init(
    _ weights: TrainedWeights, _ names: [String], keepsMatches: Bool = false
  ) throws(Diagnostic) {
    let content = try attempt { try AtomicFile.read(weights.file) }
    self.init(
      file: weights.file, digest: Digest(of: content).description, epoch: weights.epoch,
      scores: weights.validation.map { ScoreRecord($0, names: names) },
      matches: keepsMatches ? weights.validation.map { MatchesRecord($0.matched) } : nil)
  }
}

extension Diagnostic {
  /// What went wrong in the engine, in the language's words.
  init(_ error: TrainingError) {
    self.init(error.description, kind: error.problem == .cancelled ? .interrupted : .step)
  }
}
