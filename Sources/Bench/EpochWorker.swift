internal import Datasets
internal import Foundation
internal import Tensors
internal import Training
internal import YOLO

/// A process that trains whole epochs on demand, by the trainer that users have.
///
/// It speaks as ``Worker`` does; a turn is an epoch, its time that of one image.
final class EpochWorker {
  private let setting: Setting
  private let batch: Int
  private var clock = ContinuousClock.now
  /// Epochs still to be trained in this turn; none before the first, which warms up.
  private var left = 1
  private var times: [Double] = []
  private var isWarm = false

  init(_ setting: Setting, batch: Int) { (self.setting, self.batch) = (setting, batch) }

  func serve() throws {
    let dataset = try Dataset(contentsOf: setting.data)
    let model = Model(
      .yolov8(setting.scale, classes: dataset.classNames.count), classNames: dataset.classNames)
    model.initialize(seed: 1)
    let folder = NSTemporaryDirectory() + "yolos-bench-run-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let options = try TrainingOptions([
      ("epochs", .integer(100_000)), ("batch", .integer(batch)), ("val", .flag(false)),
      ("optimizer", .text("SGD")), ("lr0", .number(0.001)), ("warmup_epochs", .integer(0)),
      ("close_mosaic", .integer(0)), ("patience", .integer(0)), ("project", .text(folder)),
    ])
    let cancellation = Cancellation(), images = dataset.train.count
    let trainer = try Trainer(
      TrainingRequest(model: model, modelName: "bench", dataset: dataset, options: options),
      on: Compute(pool: ThreadPool(threads: setting.threads), backend: NativeBackend()),
      cancellation: cancellation
    ) { [self] event in take(event, images: images, cancellation) }
    do throws(TrainingError) { _ = try trainer.run() } catch {
      guard error.problem == .cancelled else { throw error }
    }
    say("\(CostMeter.peakBytes() >> 20)")
  }

  private func take(_ event: TrainingEvent, images: Int, _ cancellation: Cancellation) {
    guard case .epoch = event else { return }
    let now = ContinuousClock.now, time = clock.duration(to: now)
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    times.append(1000 * seconds / Double(images))
    clock = now
    left -= 1
    guard left == 0 else { return }
    answer()
    // The end of the input ends the run at the next batch.
    if left == 0 { for _ in 0..<2 { cancellation.request() } }
  }

  /// Says what was measured and waits for the next turn.
  private func answer() {
    say(isWarm ? times.map { String(format: "%.3f", $0) }.joined(separator: " ") : "ready")
    (isWarm, times) = (true, [])
    left = readLine().flatMap { Int($0) } ?? 0
    clock = .now
  }
}
