// Fine-tunes a model on a dataset and shows a bar for each epoch; Ctrl-C ends the run after the batch it is
// in, with its weights:
//
//   swift run -c release fine-tune yolov8n.pt plush/ 12
import Datasets
import Foundation
import Tensors
import Training
import YOLO

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 3, let epochs = Int(arguments[2]) else {
  print("usage: fine-tune WEIGHTS DATASET EPOCHS")
  exit(2)
}

/// Shows how far a training is.
func show(_ event: TrainingEvent) {
  switch event {
  case .started(let start):
    print("\(start.trainingImages) images to train on, \(start.validationImages) to validate on")
  case .batch(let batch):
    let share = Double(batch.batch) / Double(batch.batches)
    let bar = String(repeating: "#", count: Int(share * 30))
    let rest = String(repeating: ".", count: 30 - bar.count)
    print("\repoch \(batch.epoch)/\(batch.epochs) \(bar)\(rest)", terminator: "")
    fflush(stdout)
  case .epoch(let result, let throughput):
    let score = result.scores.map { "mAP50-95 \(thousandths($0.map50_95))" } ?? "not validated"
    print(
      " loss \(thousandths(result.train.total)), \(score), \(Int(throughput.secondsLeft)) s left")
  case .warning(let words): print("warning: \(words)")
  case .best, .validated, .stopped: break
  }
}

/// A number with three digits after the point.
func thousandths(_ number: Double) -> String { String(format: "%.3f", number) }

do {
  let model = try Model(contentsOf: arguments[0])
  let dataset = try Dataset(contentsOf: arguments[1])
  let options = try TrainingOptions([
    ("recipe", .text("small")), ("epochs", .integer(epochs)), ("imgsz", .integer(320)),
    ("project", .text("runs")), ("name", .text("fine-tune")),
  ])
  let request = TrainingRequest(
    model: model, modelName: arguments[0], dataset: dataset, options: options)

  // The first Ctrl-C ends the epoch early; the second one gives it up.
  let cancellation = Cancellation()
  signal(SIGINT, SIG_IGN)
  let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
  interrupt.setEventHandler { cancellation.request() }
  interrupt.resume()

  let trainer = try Trainer(request, on: Compute(), cancellation: cancellation, report: show)
  let outcome = try trainer.run()
  print("best: \(outcome.best.file), epoch \(outcome.best.epoch)")
} catch {
  print("error: \(error)")
  exit(1)
}
