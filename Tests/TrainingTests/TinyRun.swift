import Datasets
import Files
import Foundation
import Tensors
import Testing
import Toys
import Training
import YOLO

/// Training small enough for tests: drawn toys of 64 pixels and a network of a few channels.
///
/// Three batches an epoch, the last one smaller; the optimizer steps after every second batch, so that
/// gradients wait between epochs.
final class TinyRun {
  let folder: String
  let dataset: Dataset

  init(
    kinds: [ToyKind] = [.bear, .rabbit], train: Int = 10, val: Int = 4, background: Double = 0.1
  )
    throws
  {
    folder = NSTemporaryDirectory() + "yolos-training-" + UUID().uuidString
    let toys = ToySet(
      kinds: kinds, train: train, val: val, width: 64, height: 64, seed: 3, clutter: 0.1,
      backgroundShare: background)
    dataset = try Dataset(contentsOf: try toys.write(to: folder + "/toys", threads: 1))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func architecture(classes: Int) throws -> Architecture {
    try Architecture(
      rows: [
        .init(.conv(outputs: 8, kernel: 3, stride: 2)),
        .init(.conv(outputs: 8, kernel: 3, stride: 2)),
        .init(.c2f(outputs: 8, repeats: 1, shortcut: true)),
        .init(.conv(outputs: 16, kernel: 3, stride: 2)),  // 3, stride 8
        .init(.conv(outputs: 16, kernel: 3, stride: 2)),  // 4, stride 16
        .init(.conv(outputs: 16, kernel: 3, stride: 2)),
        .init(.sppf(outputs: 16, kernel: 5)),  // 6, stride 32
        .init(.upsample(factor: 2)),
        .init(.concat, from: [-1, 4]),
        .init(.c2f(outputs: 16, repeats: 1, shortcut: false)),  // 9, stride 16
        .init(.detect, from: [3, 9, 6]),
      ], classes: classes, regMax: 4)
  }

  /// A model with fresh weights, by default for the toys' classes.
  func model(_ names: [String]? = nil, seed: UInt64 = 1) throws -> Model {
    let names = names ?? dataset.classNames
    let model = Model(try Self.architecture(classes: names.count), classNames: names)
    model.initialize(seed: seed)
    return model
  }

  func options(
    _ given: [(name: String, value: OptionValue)] = [], rules: Compatibility = .current
  ) throws -> TrainingOptions {
    let names = Set(given.map(\.name))
    let usual: [(name: String, value: OptionValue)] = [
      ("epochs", .integer(3)), ("batch", .integer(4)), ("nbs", .integer(8)),
      ("imgsz", .integer(64)), ("project", .text(folder + "/runs")),
    ]
    return try TrainingOptions(
      usual.filter { !names.contains($0.name) } + given, rules: rules, modules: 11)
  }

  func request(
    _ given: [(name: String, value: OptionValue)] = [], rules: Compatibility = .current,
    model: Model? = nil, dataset: Dataset? = nil
  ) throws -> TrainingRequest {
    var request = TrainingRequest(
      model: try model ?? self.model(), modelName: "tiny", dataset: dataset ?? self.dataset,
      options: try options(given, rules: rules))
    // What a test finds must not depend on how long the machine takes to write a file.
    request.statePace = .everyEpoch
    return request
  }

  static func compute(threads: Int = 2) -> Compute {
    Compute(pool: ThreadPool(threads: threads), backend: NativeBackend())
  }

  @discardableResult func train(
    _ request: TrainingRequest, threads: Int = 2, cancellation: Cancellation = Cancellation(),
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    try Trainer(
      request, on: Self.compute(threads: threads), cancellation: cancellation, report: report
    ).run()
  }
}

/// The bytes that a run left, and what its table says apart from wall time.
struct RunBytes: Equatable {
  let best, last: Data
  let results: [EpochResult]

  init(_ folder: RunFolder) throws {
    best = try AtomicFile.read(folder.best)
    last = try AtomicFile.read(folder.last)
    let table = String(decoding: try AtomicFile.read(folder.results), as: UTF8.self)
    results = try ResultsTable.parse(table, file: folder.results).map { line in
      var line = line
      line.seconds = 0
      return line
    }
  }
}

/// Asks for the end of a run when it has worked through so many batches.
func ending(
  after batches: Int, with cancellation: Cancellation, requests: Int = 1
) -> (TrainingEvent) -> Void {
  var seen = 0
  return { event in
    guard case .batch = event else { return }
    seen += 1
    if seen == batches { for _ in 0..<requests { cancellation.request() } }
  }
}
