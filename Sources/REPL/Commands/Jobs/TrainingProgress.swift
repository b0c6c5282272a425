internal import Language
internal import Report
internal import Training

/// Turns the events of a training into lines and pictures for people.
final class TrainingProgress {
  private let display: Display
  /// The classes' names.
  private let names: [String]
  /// Whether the weights are randomly initialized.
  private let isFromScratch: Bool
  private var folder: String?

  init(display: Display, names: [String], isFromScratch: Bool) {
    (self.display, self.names, self.isFromScratch) = (display, names, isFromScratch)
  }

  /// Below so many images, a detector from scratch mostly finds nothing: the published weights were
  /// trained on 118,000.
  private static let fewImages = 500

  func take(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      folder = start.folder
      let frozen = start.frozen > 0 ? ", \(Wording.count(start.frozen)) weights frozen" : ""
      line(
        "training \(Wording.count(start.learning)) weights\(frozen) on "
          + "\(Wording.number(start.trainingImages, "image"))")
      if isFromScratch && start.trainingImages < Self.fewImages {
        line(
          """
          warning: the weights are randomly initialized, and \(start.trainingImages) images are too few \
          to train a detector from scratch; mAP may stay near 0 for hundreds of epochs. Start from \
          pretrained weights: load "yolov8n.pt" (fetch "yolov8n.pt" downloads it), or load a model of your own
          """)
      }
    case .batch(let batch): display.progress(.transient(progress(of: batch)))
    case .epoch(let result, let throughput): line(words(of: result, throughput))
    case .validated(let epoch, let pictures):
      guard let folder, !pictures.isEmpty else { return }
      let sheet = ValidationSheet(pictures: pictures, names: names)
      display.progress(.validation(ValidationView(run: folder, epoch: epoch, sheet: sheet)))
    case .warning(let text):
      display.present(.warning(VolatileText(text)))
    case .best, .stopped: break
    }
  }

  private func line(_ text: String) { display.progress(.line(text)) }

  private func progress(of batch: BatchProgress) -> Progress {
    let done = Double((batch.epoch - 1) * batch.batches + batch.batch)
    let losses = batch.losses
    return Progress(
      title: "epoch \(batch.epoch)/\(batch.epochs)",
      fraction: done / Double(batch.epochs * batch.batches),
      details: "box \(Wording.fixed(losses.box, 3)) cls \(Wording.fixed(losses.cls, 3)) "
        + "dfl \(Wording.fixed(losses.dfl, 3)) \(Wording.fixed(batch.imagesPerSecond, 1)) images/s",
      secondsLeft: batch.secondsLeft, run: folder)
  }

  private func words(of result: EpochResult, _ throughput: EpochThroughput) -> String {
    let scores = result.scores.map {
      "  P \(Wording.fixed($0.precision, 3))  R \(Wording.fixed($0.recall, 3))"
        + "  mAP50 \(Wording.fixed($0.map50, 3))  mAP50-95 \(Wording.fixed($0.map50_95, 3))"
    }
    return "epoch \(result.epoch)  box \(Wording.fixed(result.train.box, 3))"
      + "  cls \(Wording.fixed(result.train.cls, 3))  dfl \(Wording.fixed(result.train.dfl, 3))"
      + (scores ?? "") + "  \(Wording.duration(throughput.secondsLeft)) left"
  }
}
