import Checkpoints
import Datasets
import Evaluation
import Files
import Foundation
import Geometry
import Layers
import Tensors
import Testing
import Training
import YOLO

/// Whole runs of a tiny network on drawn toys.
@Suite(.serialized) struct TrainerTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  // MARK: Preparing

  @Test func `a photograph with more objects than the default of 300 makes room for them`() throws {
    let crowd = try #require(tiny.dataset.train.first { !$0.rows.isEmpty })
    let crowded = Sample(
      imagePath: crowd.imagePath, labelPath: crowd.labelPath, width: crowd.width,
      height: crowd.height, rows: Array(repeating: crowd.rows[0], count: 317))
    let dataset = Dataset(
      name: "crowd", file: "crowd.yaml", classNames: tiny.dataset.classNames,
      splits: [.train: [crowded], .val: tiny.dataset.val])
    func limit(
      _ given: [(name: String, value: OptionValue)] = [], rules: Compatibility = .current
    ) throws -> TrainingOptions.Setting {
      let request = try tiny.request(given, rules: rules, dataset: dataset)
      return try Trainer(request, on: TinyRun.compute()).plan.options.setting(\.maximumDetections)
    }
    #expect(try limit().value == .integer(317))
    #expect("\(try limit().origin)".contains("has this many objects"))
    #expect(try limit([("max_det", .integer(10))]).value == .integer(10))
    #expect(try limit(rules: .classic).value == .integer(300))
  }

  // MARK: Learning

  @Test func `the loss falls, and files and table are there`() throws {
    let outcome = try tiny.train(
      try tiny.request([
        ("epochs", .integer(20)), ("optimizer", .text("AdamW")), ("lr0", .number(0.01)),
        ("mosaic", .integer(0)),
      ]))
    #expect(outcome.stop == .finished)
    #expect(outcome.results.map(\.epoch) == Array(1...20))
    // A network of a few channels learns little, but it learns.
    #expect(outcome.results[19].train.total < 0.95 * outcome.results[0].train.total)
    for file in [
      outcome.folder.best, outcome.folder.last, outcome.folder.results, outcome.folder.arguments,
    ] {
      #expect(FileManager.default.fileExists(atPath: file), "\(file)")
    }
    #expect(!outcome.folder.isUnfinished)
    let best = try #require(outcome.best.validation)
    let line = outcome.results[outcome.best.epoch - 1]
    #expect(line.scores?.map50_95 == best.metrics.mAP50to95)
  }

  @Test func `one, two and three threads and both memory modes give the same bytes`() throws {
    let request = try tiny.request()
    let one = try RunBytes(tiny.train(request, threads: 1).folder)
    for threads in [2, 3] {
      #expect(try RunBytes(tiny.train(request, threads: threads).folder) == one)
    }
    var low = request
    low.memoryMode = .low
    low.loaders = 2
    #expect(try RunBytes(tiny.train(low).folder) == one)
  }

  @Test func `images that grow give the same bytes on any number of threads`() throws {
    let request = try tiny.request([("imgsz_start", .integer(32)), ("epochs", .integer(4))])
    let one = try RunBytes(tiny.train(request, threads: 1).folder)
    #expect(try RunBytes(tiny.train(request, threads: 3).folder) == one)
    let large = try tiny.request([("epochs", .integer(4))])
    #expect(try RunBytes(tiny.train(large).folder) != one)
  }

  @Test func `another seed gives other weights`() throws {
    let one = try RunBytes(tiny.train(try tiny.request()).folder)
    let other = try RunBytes(tiny.train(try tiny.request([("seed", .integer(1))])).folder)
    #expect(one.last != other.last)
  }

  @Test func `what changes no result changes no byte`() throws {
    let one = try RunBytes(tiny.train(try tiny.request()).folder)
    let outcome = try tiny.train(
      try tiny.request([
        ("cache", .text("ram")), ("save_period", .integer(2)), ("name", .text("other")),
        ("workers", .integer(3)), ("plots", .flag(false)),
      ]))
    #expect(try RunBytes(outcome.folder) == one)
    #expect(FileManager.default.fileExists(atPath: outcome.folder.epoch(2)))
    #expect(!FileManager.default.fileExists(atPath: outcome.folder.epoch(1)))
    #expect(!FileManager.default.fileExists(atPath: outcome.folder.epoch(3)))
  }

  @Test(arguments: [Compatibility.current, .classic])
  func `files keep the counters of the start, as averages do`(rules: Compatibility) throws {
    let outcome = try tiny.train(try tiny.request(rules: rules))
    let state = try Checkpoint.read(outcome.folder.last).state
    let counters = state.names.filter { $0.hasSuffix("num_batches_tracked") }
    #expect(counters.count == (try tiny.model()).normalizations.count)
    for name in counters {
      guard case .integers(let values, _)? = state[name] else {
        Issue.record("\(name) holds no counter")
        continue
      }
      #expect(values == [0])
    }
  }

  @Test func `the classic rules give other weights and a longer warm-up`() throws {
    let outcome = try tiny.train(try tiny.request(rules: .classic))
    #expect(outcome.plan.schedule.warmup == 100)
    #expect(outcome.plan.mosaicClosesAt == nil)
    #expect(try RunBytes(outcome.folder) != RunBytes(tiny.train(try tiny.request()).folder))
  }

  // MARK: Options

  @Test func `frozen arrays stay to the last bit, and the files hold them`() throws {
    let start = try tiny.model()
    let outcome = try tiny.train(try tiny.request([("freeze", .integer(7))], model: start))
    let proof = try #require(outcome.freezingProof)
    #expect(proof.holds && proof.compared > 0)
    #expect(outcome.trainedParameters < outcome.parameters)
    let before = start.stateDictionary(), after = try Checkpoint.read(outcome.folder.last).state
    for name in before.names {
      guard let old = before.tensor(name), let new = after.tensor(name) else { continue }
      let module = name.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 99
      if module < 7 {
        #expect(old.scalars.map { Half.single(Half.nearest($0)) } == new.scalars, "\(name)")
      }
    }
    #expect(before.tensor("model.9.cv1.conv.weight") != after.tensor("model.9.cv1.conv.weight"))
  }

  @Test func `under the classic rules frozen modules keep weights but not statistics`() throws {
    let start = try tiny.model()
    let outcome = try tiny.train(
      try tiny.request([("freeze", .integer(7))], rules: .classic, model: start))
    #expect(try #require(outcome.freezingProof).holds)
    let after = try Checkpoint.read(outcome.folder.last).state
    let mean = try #require(after.tensor("model.0.bn.running_mean"))
    let old = try #require(start.stateDictionary().tensor("model.0.bn.running_mean"))
    #expect(mean.scalars != old.scalars)
  }

  @Test func `freezing everything is an error that explains`() throws {
    let error = #expect(throws: TrainingError.self) {
      // The options know 23 modules; this network has 11.
      let options = try TrainingOptions([("freeze", .integer(11)), ("imgsz", .integer(64))])
      _ = try Trainer(
        TrainingRequest(
          model: try tiny.model(), modelName: "tiny", dataset: tiny.dataset, options: options),
        on: TinyRun.compute())
    }
    #expect(error?.description.contains("freezes all 11 modules") == true)
  }

  @Test func `a part that the model does not have cannot be frozen`() throws {
    let names: [OptionValue] = [.text("10.cv2"), .text("99.cv2")]
    let error = #expect(throws: TrainingError.self) {
      try tiny.train(try tiny.request([("freeze", .list(names))]))
    }
    #expect(error?.description.contains("no part of the model is named '99.cv2'") == true)
    let known = try tiny.train(try tiny.request([("freeze", .list([names[0]]))]))
    #expect(known.freezingProof?.holds == true)
  }

  @Test func `rows of classes with the same name are kept, in whatever place`() throws {
    let old = try tiny.model(["cat", "Rabbit", " bear"])
    for parameter in old.parameters where parameter.name.hasSuffix("cv3.0.2.bias") {
      for (i, value) in [Float(-1), -2, -3].enumerated() { unsafe parameter.value.base[i] = value }
    }
    let outcome = try tiny.train(
      try tiny.request(
        [("optimizer", .text("SGD")), ("lr0", .integer(0)), ("warmup_bias_lr", .integer(0))],
        model: old))
    let transfer = try #require(outcome.transfer)
    #expect(transfer.classesKept == ["bear", "rabbit"])
    let bias = try #require(
      try Checkpoint.read(outcome.folder.last).state.tensor("model.10.cv3.0.2.bias"))
    #expect(bias.scalars == [-3, -2])
  }

  @Test func `with single_cls all classes are one`() throws {
    let outcome = try tiny.train(try tiny.request([("single_cls", .flag(true))]))
    let checkpoint = try Checkpoint.read(outcome.folder.best)
    #expect(checkpoint.names == ["item"])
    let best = try #require(outcome.best.validation)
    #expect(best.images.flatMap(\.labels).allSatisfy { $0.classIndex == 0 })
  }

  @Test func `fraction takes the first photographs`() throws {
    var images = 0
    try tiny.train(try tiny.request([("fraction", .number(0.5)), ("epochs", .integer(1))])) {
      if case .started(let start) = $0 { images = start.trainingImages }
    }
    #expect(images == 5)
  }

  @Test func `without validation the last weights are the best ones`() throws {
    let outcome = try tiny.train(try tiny.request([("val", .flag(false))]))
    #expect(outcome.results.allSatisfy { $0.scores == nil && $0.validation == nil })
    #expect(outcome.best.epoch == 3 && outcome.best.validation == nil)
    #expect(try AtomicFile.read(outcome.folder.best) == AtomicFile.read(outcome.folder.last))
  }

  @Test func `patience ends a run that gets no better`() throws {
    // Nothing is learned at a rate of zero: every epoch equals the first.
    let outcome = try tiny.train(
      try tiny.request(
        [
          ("epochs", .integer(20)), ("patience", .integer(2)), ("optimizer", .text("SGD")),
          ("lr0", .integer(0)), ("warmup_epochs", .integer(0)), ("freeze_bn", .flag(true)),
          ("freeze", .list((0..<10).map { .integer($0) })),
        ], model: try Self.trained(tiny)))
    #expect(outcome.stop == .patience(bestEpoch: 1, patience: 2))
    #expect(outcome.results.count == 3)
    #expect(outcome.results[0].scores?.map50_95 ?? 0 > 0)
  }

  /// A model that finds something, so that its fitness is above zero.
  private static func trained(_ tiny: TinyRun) throws -> Model {
    let outcome = try tiny.train(
      try tiny.request([
        ("epochs", .integer(40)), ("optimizer", .text("AdamW")), ("lr0", .number(0.01)),
        ("mosaic", .integer(0)), ("name", .text("start")), ("val", .flag(false)),
      ]))
    let model = try tiny.model()
    try model.load(try Checkpoint.read(outcome.folder.last).state)
    return model
  }

  @Test func `photographs without objects can be learned from`() throws {
    let empty = try TinyRun(train: 6, val: 2, background: 1)
    let outcome = try empty.train(try empty.request())
    #expect(outcome.results.allSatisfy { $0.train.total.isFinite && $0.train.box == 0 })
    #expect(outcome.best.validation?.metrics.mAP50 == 0)
  }

  @Test func `options that would do nothing are refused`() throws {
    for option in [
      ("save", OptionValue.flag(false)), ("bgr", .number(0.5)), ("cache", .text("disk")),
    ] {
      #expect(throws: OptionError.self) { try TrainingOptions([option]) }
    }
  }

  // MARK: What goes wrong

  @Test func `weights that blow up end the run and leave the good ones`() throws {
    // The first step is taken at a rate of zero, the second at an absurd one.
    let request = try tiny.request([
      ("batch", .integer(10)), ("nbs", .integer(10)), ("epochs", .integer(5)),
      ("optimizer", .text("SGD")), ("lr0", .number(1e25)), ("warmup_bias_lr", .integer(0)),
    ])
    let trainer = try Trainer(request, on: TinyRun.compute())
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    guard case .notFinite(let epoch, _, _)? = error?.problem else {
      Issue.record("expected numbers to end, found \(error?.description ?? "nothing")")
      return
    }
    #expect(epoch == 2)
    #expect(error?.description.contains("the weights of epoch 1 are kept") == true)
    let model = try tiny.model()
    try model.load(try Checkpoint.read(trainer.folder.last).state)
  }

  @Test func `a disk that refuses ends the run with the path`() throws {
    let request = try tiny.request()
    var folder = ""
    let error = #expect(throws: TrainingError.self) {
      try tiny.train(request) { event in
        if case .started(let start) = event { folder = start.folder ?? "" }
        if case .epoch(let result, _) = event, result.epoch == 1 {
          try? FileManager.default.removeItem(atPath: folder + "/weights")
          try? AtomicFile.write("in the way", to: folder + "/weights")
        }
      }
    }
    guard case .file(let words)? = error?.problem else {
      Issue.record("expected a refused file, found \(error?.description ?? "nothing")")
      return
    }
    #expect(words.contains(folder + "/weights"))
  }

  @Test func `a photograph that vanished ends the run with its name`() throws {
    let request = try tiny.request()
    try FileManager.default.removeItem(atPath: tiny.dataset.train[7].imagePath)
    let error = #expect(throws: TrainingError.self) { try tiny.train(request) }
    #expect(error?.description.contains(tiny.dataset.train[7].fileName) == true)
  }

  @Test func `a data set without photographs for validation is refused before anything is written`()
    throws
  {
    let dataset = tiny.dataset.splitAgain { _ in .train }
    let error = #expect(throws: TrainingError.self) {
      try tiny.train(try tiny.request(dataset: dataset))
    }
    #expect(error?.problem == .emptySplit(name: "val", dataset: "toys"))
    #expect(!FileManager.default.fileExists(atPath: tiny.folder + "/runs"))
  }
}
