import Foundation
import Testing
import Training
import YOLO

@Suite struct TrainingOptionsTests {
  private func message(
    _ given: [(name: String, value: OptionValue)], rules: Compatibility = .current
  ) -> String? {
    TrainingOptions.problems(in: given, rules: rules).first?.description
  }

  @Test func `defaults are those of the chosen version, and say so`() throws {
    let current = try TrainingOptions(), classic = try TrainingOptions(rules: .classic)
    #expect(current.patience == 100 && current.closeMosaic == 10)
    #expect(classic.patience == 50 && classic.closeMosaic == 0)
    #expect(current.warmupFloor == 0 && classic.warmupFloor == 100)
    #expect(current.freezesStatistics && !classic.freezesStatistics)
    #expect(classic.setting(\.patience).origin.description == "default of 8.0.120")
    #expect(classic.setting(\.epochCount).origin == .standard)
  }

  @Test func `every option has a name of its own, a help line and a default that it accepts`() {
    let names = TrainingOption.all.map(\.name)
    #expect(Set(names).count == names.count)
    for option in TrainingOption.all {
      #expect(!option.help.isEmpty && !option.range.isEmpty, "\(option.name)")
      let given = [(name: option.name, value: option.defaultValue)]
      // What auto would overwrite may not be given at all, not even as the default.
      let overwritten = ["lr0", "momentum", "warmup_bias_lr"].contains(option.name)
      #expect(TrainingOptions.problems(in: given).isEmpty != overwritten, "\(option.name)")
    }
  }

  @Test func `an option that auto would ignore is refused with the way out`() throws {
    #expect(
      message([("lr0", .number(0.001))])
        == """
        lr0: optimizer=auto chooses it and would ignore yours; name an optimizer too \
        (optimizer="SGD" or optimizer="AdamW"), or leave lr0 out
        """)
    #expect(message([("momentum", .number(0.9))])?.hasPrefix("momentum: optimizer=auto") == true)
    let options = try TrainingOptions([("lr0", .number(0.001)), ("optimizer", .text("sgd"))])
    #expect(options.lr0 == 0.001 && options.optimizer == .sgd)
    #expect(
      message([("optimizer", .text("AdamW")), ("warmup_momentum", .number(0.5))])
        == "warmup_momentum: AdamW does not use it; leave it out or choose optimizer=\"SGD\"")
  }

  @Test func `freezing everything is an error, and only a remark under the classic rules`() throws {
    #expect(
      message([("freeze", .integer(30))])
        == """
        freeze: the first 30 modules freezes all 23 modules, so nothing is left to train; \
        freeze=10 is the backbone, freeze=22 trains only the head
        """)
    #expect(message([("freeze", .integer(22))]) == nil)
    let classic = try TrainingOptions([("freeze", .integer(30))], rules: .classic)
    #expect(classic.notes.contains { $0.contains("no weight will change") })
    #expect(
      message([("freeze", .list([.integer(0), .integer(23)]))])
        == "freeze: there is no module 23; the network's modules are 0 to 22")
  }

  @Test func `values of the wrong kind or range name what is expected`() {
    #expect(
      message([("epochs", .integer(0))])
        == "epochs=0: expected \"auto\" or a whole number from 1 to 1000000, in epochs")
    #expect(message([("fliplr", .number(1.5))]) == "fliplr=1.5: expected a number from 0 to 1")
    #expect(message([("cos_lr", .integer(1))]) == "cos_lr=1: expected true or false")
    #expect(
      message([("optimizer", .text("Lion"))])
        == "optimizer=Lion: expected \"auto\", \"SGD\", \"Adam\", \"AdamW\"")
    #expect(
      message([("epoch", .integer(5))]) == "training has no option 'epoch'; did you mean 'epochs'?")
    #expect(message([("zzzzzz", .integer(5))]) == "training has no option 'zzzzzz'")
    #expect(message([("seed", .integer(1)), ("seed", .integer(2))]) == "seed appears twice")
    #expect(
      message([("epochs", .number(3.0))]) == nil, "a whole number may be written with a point")
  }

  @Test func `what cannot be reproduced or is not built is refused with the reason`() {
    #expect(message([("time", .number(1))])?.contains("cannot be reproduced") == true)
    #expect(message([("copy_paste", .number(0.1))])?.contains("segmentation masks") == true)
    #expect(message([("copy_paste", .number(0))]) == nil, "the default may be written")
    #expect(message([("time", .none)]) == nil)
  }

  @Test func `familiar words without effect become notes`() throws {
    let options = try TrainingOptions([
      ("device", .text("0")), ("amp", .flag(true)), ("workers", .integer(8)),
      ("imgsz", .integer(650)),
    ])
    #expect(
      options.notes == [
        "device=0 changes nothing: yolos always computes on the CPU",
        "amp=true changes nothing: yolos always computes in 32-bit floats",
        "imgsz: 650 is rounded up to 672, a multiple of 32",
      ])
    #expect(options.imageSize == 672)
    #expect(options.setting(\.imageSize).origin == .derived("650 rounded up to a multiple of 32"))
  }

  @Test func `a plan derives what auto chooses and says how`() throws {
    let plan = TrainingPlan(
      options: try TrainingOptions(), facts: TrainingFacts(images: 23, classes: 2))
    #expect(plan.method == .adamW)
    #expect(plan.options.lr0 == 0.001667)
    #expect(
      plan.options.setting(\.optimizer).origin.description
        == "100 iterations are at most 10,000 (optimizer=auto)")
    #expect(plan.options.setting(\.lr0).origin.description == "0.002 * 5 / (4 + 2 classes)")
    #expect(plan.schedule.batchesPerEpoch == 2 && plan.schedule.warmup == 6)
    let classic = TrainingPlan(
      options: try TrainingOptions(rules: .classic), facts: TrainingFacts(images: 23, classes: 2))
    #expect(classic.schedule.warmup == 100 && classic.mosaicClosesAt == nil)
  }

  @Test func `the input grows along a line until the middle of the run`() throws {
    func sizes(_ start: Int, epochs: Int) throws -> [Int] {
      let options = try TrainingOptions([
        ("imgsz", .integer(640)), ("imgsz_start", .integer(start)), ("epochs", .integer(epochs)),
      ])
      let plan = TrainingPlan(options: options, facts: TrainingFacts(images: 23, classes: 2))
      return (0..<epochs).map(plan.imageSize)
    }
    #expect(try sizes(320, epochs: 8) == [320, 384, 480, 576, 640, 640, 640, 640])
    #expect(try sizes(100, epochs: 4) == [96, 384, 640, 640])
    #expect(try sizes(320, epochs: 1) == [320])
    #expect(try sizes(0, epochs: 2) == [640, 640])
    #expect(try sizes(700, epochs: 2) == [640, 640])
  }

  @Test func `the rate falls with every batch where that is asked for`() {
    var settings = Schedule.Settings()
    (settings.lr0, settings.lrf, settings.warmupEpochs, settings.batch) = (1, 0.2, 0, 4)
    let byEpoch = Schedule(epochs: 2, batchesPerEpoch: 4, settings: settings)
    settings.fallsByBatch = true
    let byBatch = Schedule(epochs: 2, batchesPerEpoch: 4, settings: settings)
    for iteration in 0..<8 {
      let share = byBatch.step(iteration).weightRate
      #expect(abs(share - (1 - 0.8 * Double(iteration) / 8)) < 1e-12)
    }
    #expect((0..<4).allSatisfy { byEpoch.step($0).weightRate == 1 })
    #expect(byEpoch.step(4).weightRate == byBatch.step(4).weightRate)
  }

  @Test func `freeze takes a count, indices or names`() {
    let meanings: [(OptionValue, Freezing)] = [
      (.integer(10), .first(10)), (.number(10), .first(10)), (.integer(0), .none),
      (.list([.integer(0), .integer(22)]), .modules([0, 22])), (.list([]), .none), (.none, .none),
      (.list([.text("22.cv2")]), .names(["22.cv2"])), (.text("model.22.cv2"), .names(["22.cv2"])),
    ]
    for (value, freezing) in meanings { #expect(Freezing(value) == freezing, "\(value)") }
    let meaningless: [OptionValue] = [
      .flag(true), .integer(-1), .list([.integer(1), .text("22")]), .list([.integer(-1)]),
    ]
    for value in meaningless { #expect(Freezing(value) == nil, "\(value)") }
  }

  // MARK: Keys

  /// Another value than the default, in the option's range.
  private func other(than value: OptionValue, for option: TrainingOption) -> OptionValue {
    switch option.kind {
    case .flag: .flag(value != .flag(true))
    case .integer(let bounds), .count(let bounds):
      .integer(
        value.integer == bounds.lowerBound
          ? min(bounds.lowerBound + 32, bounds.upperBound) : bounds.lowerBound)
    case .number(let bounds):
      .number(value.number == bounds.lowerBound ? bounds.lowerBound + 0.0005 : bounds.lowerBound)
    case .choice(let words): .text(words.first { .text($0) != value } ?? "")
    case .text: .text("another")
    case .freezing: .integer(10)
    }
  }

  @Test(arguments: TrainingOption.all)
  func `an option is part of a run's key exactly where it decides what the run leaves`(
    option: TrainingOption
  ) throws {
    // With the optimizer named, every option may be given.
    var given = [(name: "optimizer", value: OptionValue.text("SGD"))]
    let before = try TrainingOptions(given)
    let value = other(
      than: before.settings.first { $0.option == option }?.value ?? .none, for: option)
    given.removeAll { $0.name == option.name }
    let changed = given + [(option.name, value)]
    guard TrainingOptions.problems(in: changed).isEmpty else {
      guard case .refused = option.support else {
        Issue.record("\(option.name)=\(value) is refused: \(TrainingOptions.problems(in: changed))")
        return
      }
      return
    }
    let after = try TrainingOptions(changed)
    #expect((before.decisive != after.decisive) == option.decidesFiles, "\(option.name)=\(value)")
  }

  @Test func `only places, names, ways of working and what has no effect stay out of the key`() {
    let outside = TrainingOption.all.filter { !$0.decidesFiles && $0.support == .full }.map(\.name)
    #expect(outside == ["resume", "project", "name", "exist_ok", "cache", "log", "ranks"])
  }

  @Test func `two spellings of one value are one key`() throws {
    let whole = try TrainingOptions([("mosaic", .integer(1)), ("freeze", .integer(0))])
    let broken = try TrainingOptions([("mosaic", .number(1.0)), ("freeze", .list([]))])
    #expect(whole.decisive == broken.decisive)
  }

  @Test func `options come back from JSON with their origins and notes`() throws {
    var options = try TrainingOptions(
      [
        ("imgsz", .integer(650)), ("device", .text("0")), ("freeze", .list([.text("22.cv2")])),
        ("mosaic", .number(1)), ("mixup", .integer(1)), ("epochs", .integer(5)),
      ], rules: .classic)
    options.inherit(["epochs"], from: "first")
    let json = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(TrainingOptions.self, from: json) == options)
    let text = try #require(String(data: json, encoding: .utf8))
    for (found, put) in [("\"epochs\"", "\"epoks\""), ("672", "1"), ("8.0.120", "9")] {
      #expect(text.contains(found))
      let damaged = Data(text.replacing(found, with: put).utf8)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(TrainingOptions.self, from: damaged)
      }
    }
  }
}
