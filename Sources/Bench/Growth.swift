internal import Datasets
internal import Foundation
internal import Tensors
internal import Toys
internal import Training
internal import YOLO

/// Whether memory or time grows from epoch to epoch: one long run of tiny epochs, validation included.
final class Growth {
  private let epochs: Int
  private let threads: Int
  private var meter = CostMeter()
  private var last = 0

  init(_ arguments: Arguments) {
    epochs = arguments.number("--epochs", 2000)
    threads = arguments.number("--threads", 1)
  }

  func print() throws {
    let folder = NSTemporaryDirectory() + "yolos-growth-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let yaml = try ToySet(train: 4, val: 2, test: 0, width: 64, height: 64).write(
      to: folder + "/toys")
    let dataset = try Dataset(contentsOf: yaml)
    let model = Model(
      .yolov8(.n, classes: dataset.classNames.count), classNames: dataset.classNames)
    model.initialize(seed: 1)
    let options = try TrainingOptions([
      ("epochs", .integer(epochs)), ("imgsz", .integer(32)), ("batch", .integer(2)),
      ("patience", .integer(0)), ("project", .text(folder)),
    ])
    say("| epoch | resident, MiB | processor time of an epoch, ms |")
    say("|--:|--:|--:|")
    let trainer = try Trainer(
      TrainingRequest(model: model, modelName: "bench", dataset: dataset, options: options),
      on: Compute(pool: ThreadPool(threads: threads), backend: NativeBackend())
    ) { [self] event in take(event) }
    _ = try trainer.run()
  }

  /// A row at every tenth of the run, the first after a hundredth.
  private func take(_ event: TrainingEvent) {
    guard case .epoch(let result, _) = event else { return }
    let epoch = result.epoch
    guard epoch == max(epochs / 100, 1) || epoch % max(epochs / 10, 1) == 0 else { return }
    let time = 1000 * meter.cost().cpuSeconds / Double(max(epoch - last, 1))
    say("| \(epoch) | \(String(format: "%.1f | %.1f", Self.residentMebibytes(), time)) |")
    (last, meter) = (epoch, CostMeter())
  }

  private static func residentMebibytes() -> Double {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return (kibibytes.flatMap { Double($0) } ?? .nan) / 1024
  }
}
