internal import Language
internal import Report
internal import Training

/// Turns the events of a training into lines for people.
struct TrainingProgress {
  let display: Display

  func take(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      let frozen = start.frozen > 0 ? ", \(Wording.count(start.frozen)) weights frozen" : ""
      line(
        "training \(Wording.count(start.learning)) weights\(frozen) on "
          + "\(Wording.number(start.trainingImages, "photograph"))")
    case .batch(let batch): display.progress(.transient(progress(of: batch)))
    case .epoch(let result, let throughput): line(words(of: result, throughput))
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
      secondsLeft: batch.secondsLeft)
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
