internal import Datasets
internal import Evaluation
internal import Files
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

/// What a run is called in tables, charts and on the disk.
struct RunTitle {
  let text: String
  /// Whether the script asks for it by `name=`; a title that comes from a variable's name makes no
  /// other run of the same training.
  let isGiven: Bool
}

/// One training as a step of a script: cached, shown while it runs, recorded.
struct TrainingJob {
  let host: Host
  let title: RunTitle
  let source: any ModelSource
  let dataset: DatasetObject
  let options: TrainingOptions

  /// The run: found where the same training was done before, else trained.
  func run() throws(Diagnostic) -> RunObject {
    let settings = options.settings.filter { !["project", "name"].contains($0.option.name) }
      .map { "\($0.option.name)=\($0.value)" }
    let name = title.isGiven ? ["name \(title.text)"] : []
    let ingredients =
      name + ["model \(source.title) \(source.digest)", "data \(dataset.digest)"] + settings
    var record = try host.cached(
      "train", ingredients: ingredients, isUsable: Self.objection
    ) { () throws(Diagnostic) -> (result: RunRecord, isComplete: Bool) in
      let record = try train(in: nil)
      return (record, record.isComplete)
    }
    host.cite("data \(dataset.dataset.name)", dataset.digest)
    host.cite("weights \(source.title)", source.weights)
    host.cite("weights \(title.text), best", record.best.digest)
    record.name = title.text
    return RunObject(record)
  }

  /// The classes that the trained model will know.
  private var classNames: [String] {
    options.singleClass ? ["item"] : dataset.dataset.classNames
  }

  /// Why a run that was found cannot serve: its files are gone or were changed.
  static func objection(_ record: RunRecord) -> String? {
    for file in [record.best, record.last] {
      guard let content = try? AtomicFile.read(file.file) else { return "'\(file.file)' is gone" }
      guard Digest(of: content).description == file.digest else {
        return "'\(file.file)' was changed"
      }
    }
    return nil
  }

  /// Trains, into a new folder or on in that of an interrupted run.
  func train(in folder: RunFolder?) throws(Diagnostic) -> RunRecord {
    let model = try source.model(for: classNames)
    var request = TrainingRequest(
      model: model, modelName: source.title, dataset: dataset.dataset, options: options)
    request.memoryMode = MemoryMode(rawValue: host.setting("memory")?.asString ?? "") ?? .normal
    request.folder = folder
    request.startsFromState = folder != nil
    let progress = TrainingProgress(host: host)
    let outcome: TrainingOutcome
    var written: RunFolder?
    do throws(TrainingError) {
      let trainer = try Trainer(
        request, on: host.compute, cancellation: host.cancellation,
        report: { progress.take($0) })
      written = trainer.folder
      outcome = try trainer.run()
    } catch {
      host.emit(.event(ProgressReport.finished))
      var diagnostic = host.diagnostic(error)
      if error.problem == .cancelled, let written, written.isUnfinished {
        let path = StringLiteral.quoted(written.path)
        diagnostic.hint = "resume \(path) goes on from its last whole epoch"
      }
      throw diagnostic
    }
    host.emit(.event(ProgressReport.finished))
    return try record(of: outcome, model)
  }

  private func record(
    of outcome: TrainingOutcome, _ model: Model
  ) throws(Diagnostic) -> RunRecord {
    let names = classNames
    let scale = model.architecture.scale.map { "YOLOv8\($0.rawValue)" } ?? "YOLOv8"
    return RunRecord(
      name: title.text, folder: outcome.folder.path, model: scale,
      dataset: "\(dataset.dataset.name) \(dataset.digest)", epochs: options.epochs,
      results: outcome.results, best: try checkpoint(outcome.best, names),
      last: try checkpoint(outcome.last, names), parameters: outcome.parameters,
      trainedParameters: outcome.trainedParameters,
      options: outcome.plan.options.settings.filter { $0.option.name != "name" }.map {
        let isFolder = $0.option.name == "project"
        let value = isFolder ? host.configuration.shownRunsFolder : "\($0.value)"
        return "\($0.option.name)=\(value)  (\($0.origin))"
      },
      stop: outcome.stop, verdict: outcome.overfitting.verdict.rawValue,
      verdictWords: outcome.overfitting.description,
      freezing: outcome.freezingProof?.description ?? "", cost: outcome.cost)
  }

  private func checkpoint(
    _ weights: TrainedWeights, _ names: [String]
  ) throws(Diagnostic) -> CheckpointRecord {
    let content = try attempt { try AtomicFile.read(weights.file) }
    return CheckpointRecord(
      file: weights.file, digest: Digest(of: content).description, epoch: weights.epoch,
      scores: weights.validation.map { ScoreRecord($0, names: names) })
  }
}

/// Turns the events of a training into lines for people.
private final class TrainingProgress {
  private let host: Host

  init(host: Host) { self.host = host }

  func take(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      let frozen = start.frozen > 0 ? ", \(Wording.count(start.frozen)) weights frozen" : ""
      line(
        "training \(Wording.count(start.learning)) weights\(frozen) on "
          + "\(Wording.number(start.trainingImages, "photograph"))")
    case .batch(let batch): host.emit(.event(ProgressReport.transient(progress(of: batch))))
    case .epoch(let result, let pace): line(words(of: result, pace))
    case .warning(let text):
      host.emit(.event(Rendering.warning(VolatileText(text))))
    case .best, .stopped: break
    }
  }

  private func line(_ text: String) { host.emit(.event(ProgressReport.line(text))) }

  private func progress(of batch: BatchProgress) -> Progress {
    let done = Double((batch.epoch - 1) * batch.batches + batch.batch)
    let losses = batch.losses
    return Progress(
      title: "epoch \(batch.epoch)/\(batch.epochs)",
      fraction: done / Double(batch.epochs * batch.batches),
      details: "box \(Wording.fixed(losses.box, 3)) cls \(Wording.fixed(losses.cls, 3)) "
        + "dfl \(Wording.fixed(losses.dfl, 3)) \(Wording.fixed(batch.imagesPerSecond, 1)) images/s",
      secondsLeft: batch.secondsLeft)
  }

  private func words(of result: EpochResult, _ pace: EpochPace) -> String {
    let scores = result.scores.map {
      "  P \(Wording.fixed($0.precision, 3))  R \(Wording.fixed($0.recall, 3))"
        + "  mAP50 \(Wording.fixed($0.map50, 3))  mAP50-95 \(Wording.fixed($0.map50_95, 3))"
    }
    return "epoch \(result.epoch)  box \(Wording.fixed(result.train.box, 3))"
      + "  cls \(Wording.fixed(result.train.cls, 3))  dfl \(Wording.fixed(result.train.dfl, 3))"
      + (scores ?? "") + "  \(Wording.duration(pace.secondsLeft)) left"
  }
}

extension ScoreRecord {
  /// The scores of a validation.
  init(_ result: ValidationResult, names: [String]) {
    let metrics = result.metrics
    let rows = metrics.classes.map { row in
      Row(
        name: row.classIndex < names.count ? names[row.classIndex] : "class \(row.classIndex)",
        images: row.images, instances: row.instances, precision: row.precision, recall: row.recall,
        map50: row.ap50, map75: row.ap75, map50_95: row.ap50to95)
    }
    self.init(
      overall: Row(
        name: "all", images: result.images.count, instances: metrics.instances,
        precision: metrics.precision, recall: metrics.recall, map50: metrics.mAP50,
        map75: metrics.mAP75, map50_95: metrics.mAP50to95),
      classes: rows,
      interval: result.interval.map { [$0.mAP50to95.lower, $0.mAP50to95.upper] })
  }
}
