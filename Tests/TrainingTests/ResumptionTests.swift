import Checkpoints
import Datasets
import Files
import Foundation
import Tensors
import Testing
import Training
import YOLO

/// Runs that are stopped, killed, resumed and extended.
@Suite(.serialized) struct ResumptionTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private static let methods: [[(name: String, value: OptionValue)]] = [
    [("optimizer", .text("AdamW")), ("lr0", .number(0.002))],
    [("optimizer", .text("SGD")), ("lr0", .number(0.02)), ("warmup_epochs", .integer(2))],
    // Everything that the field's recipe leaves alone.
    [
      ("optimizer", .text("AdamW")), ("lr0", .number(0.002)), ("imgsz_start", .integer(32)),
      ("lr_by_batch", .flag(true)), ("lr_depth", .number(0.8)), ("lr_classes", .number(4)),
      ("ema_decay", .number(0.9)), ("ema_tau", .number(3)),
    ],
  ]

  /// Three batches an epoch: in the middle of the first epoch, at its end, in the second one, in the
  /// last one.
  @Test(arguments: 0..<3, [1, 3, 5, 8])
  func `a run ended at a batch and resumed leaves the bytes of one never ended`(
    method: Int, batches: Int
  ) throws {
    let request = try tiny.request(Self.methods[method])
    let whole = try RunBytes(tiny.train(request).folder)
    let cancellation = Cancellation()
    let cut = try tiny.train(
      request, cancellation: cancellation, report: ending(after: batches, with: cancellation))
    #expect(cut.stop == .cancelled && cut.folder.isUnfinished)
    #expect(FileManager.default.fileExists(atPath: cut.best.file))
    #expect(cut.results.count == (batches + 2) / 3)
    var again = request
    again.folder = cut.folder
    let resumed = try tiny.train(again, threads: 1)
    #expect(resumed.stop == .finished && !resumed.folder.isUnfinished)
    #expect(try RunBytes(resumed.folder) == whole)
  }

  @Test func `a run goes on from its own state alone, where that is asked for`() throws {
    let request = try tiny.request(Self.methods[0] + [("freeze", .integer(2))])
    let whole = try tiny.train(request)
    let cancellation = Cancellation()
    let cut = try tiny.train(
      request, cancellation: cancellation, report: ending(after: 5, with: cancellation))
    var again = request
    again.folder = cut.folder
    again.model = try tiny.model(seed: 2)
    let other = #expect(throws: TrainingError.self) { try tiny.train(again) }
    #expect(other?.description.contains("initial weights differ from those") == true)
    again.startsFromState = true
    let resumed = try tiny.train(again)
    #expect(try RunBytes(resumed.folder) == RunBytes(whole.folder))
    #expect(resumed.freezingProof?.description == whole.freezingProof?.description)
    #expect(resumed.freezingProof != nil)
  }

  @Test(arguments: [2, 6, 7])
  func `a run that was killed goes on from its last whole epoch to the same bytes`(
    batches: Int
  ) throws {
    let request = try tiny.request(Self.methods[0])
    let whole = try RunBytes(tiny.train(request).folder)
    // Two requests end a run at once: nothing more is written, as when it is killed.
    let cancellation = Cancellation()
    let trainer = try Trainer(
      request, on: TinyRun.compute(), cancellation: cancellation,
      report: ending(after: batches, with: cancellation, requests: 2))
    #expect(throws: TrainingError(.cancelled)) { try trainer.run() }
    var again = request
    again.folder = trainer.folder
    var first = 0
    let resumed = try tiny.train(again) {
      if case .started(let start) = $0 { first = start.firstEpoch }
    }
    #expect(first == (batches - 1) / 3 + 1)
    #expect(try RunBytes(resumed.folder) == whole)
  }

  @Test(arguments: [[], [("freeze", OptionValue.integer(2))]])
  func `a run whose state is some epochs old goes on from there to the same bytes`(
    freezing: [(name: String, value: OptionValue)]
  ) throws {
    var request = try tiny.request(Self.methods[0] + freezing)
    let whole = try tiny.train(request)
    // Nothing but the state before the first epoch is written.
    request.statePace = StatePace(rest: 1e12, longest: 1e12)
    let killed = Cancellation()
    let trainer = try Trainer(
      request, on: TinyRun.compute(), cancellation: killed,
      report: ending(after: 7, with: killed, requests: 2))
    #expect(throws: TrainingError(.cancelled)) { try trainer.run() }
    var again = request
    again.folder = trainer.folder
    // Ended again before it has caught up with the weights that it had left.
    let cancellation = Cancellation()
    var first = 0
    let stop = ending(after: 2, with: cancellation)
    let cut = try tiny.train(again, cancellation: cancellation) { event in
      stop(event)
      if case .started(let start) = event { first = start.firstEpoch }
    }
    #expect(first == 1 && cut.stop == .cancelled)
    #expect(try Checkpoint.read(cut.best.file).metadata["epoch"] == .integer(cut.best.epoch))
    let resumed = try tiny.train(again)
    #expect(try RunBytes(resumed.folder) == RunBytes(whole.folder))
    #expect(resumed.best.epoch == whole.best.epoch)
    #expect(resumed.freezingProof?.description == whole.freezingProof?.description)
  }

  @Test func `what is frozen is written once, and is part of what a run goes on from`() throws {
    func cut(_ freezing: Int) throws -> (request: TrainingRequest, folder: RunFolder) {
      var request = try tiny.request(Self.methods[0] + [("freeze", .integer(freezing))])
      let cancellation = Cancellation()
      let folder = try tiny.train(
        request, cancellation: cancellation, report: ending(after: 4, with: cancellation)
      ).folder
      request.folder = folder
      return (request, folder)
    }
    func size(_ path: String) throws -> Int { try AtomicFile.read(path).count }
    let free = try cut(0), frozen = try cut(9)
    let manager = FileManager.default
    #expect(!manager.fileExists(atPath: free.folder.frozenArrays))
    let values = try size(frozen.folder.frozenArrays)
    // The state leaves out values, averages and moments of what lies there.
    #expect(try size(frozen.folder.state) + 3 * values < size(free.folder.state) + 8192)
    let whole = try AtomicFile.read(frozen.folder.frozenArrays)
    var damaged = whole
    damaged[damaged.count / 2] ^= 1
    try AtomicFile.write(damaged, to: frozen.folder.frozenArrays)
    let error = #expect(throws: TrainingError.self) { try tiny.train(frozen.request) }
    #expect(error?.description.contains("frozen.yolosrun") == true)
    try AtomicFile.write(whole, to: frozen.folder.frozenArrays)
    let resumed = try tiny.train(frozen.request)
    #expect(resumed.stop == .finished && resumed.freezingProof?.holds == true)
    #expect(!manager.fileExists(atPath: frozen.folder.frozenArrays))
  }

  @Test func `a state is due when the last one has been paid off, or after a minute`() {
    let start = ContinuousClock.now
    func isDue(_ took: Duration, after rest: Duration) -> Bool {
      var pace = StatePace()
      pace.wrote(from: start, to: start + took)
      return pace.isDue(at: start + took + rest)
    }
    #expect(StatePace().isDue())
    #expect(!isDue(.milliseconds(100), after: .milliseconds(1900)))
    #expect(isDue(.milliseconds(100), after: .milliseconds(2100)))
    #expect(!isDue(.seconds(10), after: .seconds(59)))
    #expect(isDue(.seconds(10), after: .seconds(61)))
  }

  @Test func `a cut epoch never replaces the best checkpoint of a whole one`() throws {
    let cancellation = Cancellation()
    let request = try tiny.request(Self.methods[0])
    var bytes = Data(), folder = ""
    let stop = ending(after: 4, with: cancellation)
    let cut = try tiny.train(request, cancellation: cancellation) { event in
      stop(event)
      if case .started(let start) = event { folder = start.folder ?? "" }
      if case .epoch(let result, _) = event, result.epoch == 1 {
        bytes = (try? AtomicFile.read(RunFolder(path: folder).best)) ?? Data()
      }
    }
    #expect(cut.best.epoch == 1 && cut.last.epoch == 2)
    #expect(try AtomicFile.read(cut.folder.best) == bytes)
    #expect(try AtomicFile.read(cut.folder.last) != bytes)
  }

  @Test func `resume by name finds the folder, and refuses where nothing is to be resumed`() throws
  {
    let cancellation = Cancellation()
    let given = Self.methods[0] + [("name", OptionValue.text("a run"))]
    let cut = try tiny.train(
      try tiny.request(given), cancellation: cancellation,
      report: ending(after: 4, with: cancellation))
    let again = try tiny.request(given + [("resume", .flag(true))])
    let resumed = try tiny.train(again)
    #expect(resumed.folder == cut.folder && resumed.stop == .finished)
    let error = #expect(throws: TrainingError.self) { try tiny.train(again) }
    #expect(error?.description.contains("only an interrupted run has this file") == true)
  }

  @Test func `a run does not go on with other options, data or weights`() throws {
    let cancellation = Cancellation()
    let cut = try tiny.train(
      try tiny.request(Self.methods[0]), cancellation: cancellation,
      report: ending(after: 4, with: cancellation))
    let changed = [
      try tiny.request([("optimizer", .text("AdamW")), ("lr0", .number(0.003))]),
      try tiny.request(Self.methods[0], model: try tiny.model(seed: 9)),
      try tiny.request(Self.methods[0], dataset: try TinyRun(train: 11).dataset),
    ]
    for var request in changed {
      request.folder = cut.folder
      let error = #expect(throws: TrainingError.self) { try tiny.train(request) }
      #expect(error?.description.contains("differ from those of this run") == true)
    }
  }

  @Test func `a run that takes over a folder leaves nothing of the old one`() throws {
    let given: [(name: String, value: OptionValue)] = [
      ("save_period", .integer(1)), ("name", .text("same")), ("exist_ok", .flag(true)),
    ]
    let old = try tiny.train(try tiny.request(given))
    #expect(FileManager.default.fileExists(atPath: old.folder.epoch(3)))
    let new = try tiny.train(try tiny.request(given + [("epochs", .integer(1))]))
    #expect(new.folder == old.folder)
    #expect(!FileManager.default.fileExists(atPath: new.folder.epoch(3)))
    #expect(new.results.count == 1)
  }

  @Test func `an extension starts from the last weights with a schedule of its own`() throws {
    // Files are read as YOLOv8: its smallest size.
    let nano = Model(.yolov8(.n, classes: 2), classNames: tiny.dataset.classNames)
    nano.initialize(seed: 1)
    let given = Self.methods[0] + [("epochs", OptionValue.integer(1)), ("batch", .integer(10))]
    let old = try tiny.train(try tiny.request(given, model: nano))
    let oldBytes = try RunBytes(old.folder)
    var request = try TrainingRequest(
      extending: old.folder, by: 2, dataset: tiny.dataset, options: try tiny.options(given))
    #expect(request.options.epochs == 2)
    #expect(request.options.notes.contains { $0.contains("optimizer and schedule start over") })
    let start = try Checkpoint.read(old.folder.last).state
    let own = request.model.stateDictionary()
    #expect(own.tensor("model.0.conv.weight") == start.tensor("model.0.conv.weight"))
    request.modelName = "old"
    let extended = try tiny.train(request)
    #expect(extended.folder != old.folder && extended.results.map(\.epoch) == [1, 2])
    #expect(try RunBytes(old.folder) == oldBytes)
  }

  @Test func `an unfinished run is resumed before it is extended`() throws {
    let cancellation = Cancellation()
    let cut = try tiny.train(
      try tiny.request(), cancellation: cancellation, report: ending(after: 4, with: cancellation))
    let error = #expect(throws: TrainingError.self) {
      try TrainingRequest(
        extending: cut.folder, by: 2, dataset: tiny.dataset, options: try tiny.options())
    }
    #expect(error?.description.contains("resume it first") == true)
  }
}
