import Layers
import Tensors
import Testing
import YOLO

import Training

@Suite struct SmallRecipeTests {
  private func plan(
    _ given: [(name: String, value: OptionValue)] = [], images: Int = 23, classes: Int = 2,
    parameters: Int = 3_011_238, isPretrained: Bool = true, hasNewClasses: Bool = true
  ) throws -> TrainingPlan {
    let options = try TrainingOptions([("recipe", .text("small"))] + given)
    return TrainingPlan(
      options: options,
      facts: TrainingFacts(
        images: images, classes: classes, parameters: parameters,
        isPretrained: isPretrained, hasNewClasses: hasNewClasses))
  }

  @Test func `few images make small steps, many make large ones`() throws {
    var last = 0
    for images in [8, 23, 100, 179, 600, 5000] {
      let plan = try plan([("epochs", .integer(10))], images: images)
      #expect(plan.options.batch >= last && (2...16).contains(plan.options.batch))
      #expect(plan.options.nominalBatch == plan.options.batch)
      let steps = plan.schedule.batchesPerEpoch * 10
      #expect(plan.options.batch == 2 || steps >= 600, "\(images) images: \(steps) steps")
      last = plan.options.batch
    }
    #expect(last == 16)
  }

  @Test func `what was given stays, and what depends on it follows`() throws {
    let given: [(name: String, value: OptionValue)] = [
      ("epochs", .integer(12)), ("batch", .integer(8)), ("lr0", .number(0.01)),
      ("close_mosaic", .integer(10)), ("freeze", .none),
    ]
    let plan = try plan(given, parameters: 11_000_000), options = plan.options
    for (name, _) in given {
      let setting = try #require(options.settings.first { $0.option.name == name })
      #expect(setting.origin == .given, "\(name)")
    }
    #expect(options.batch == 8 && options.lr0 == 0.01 && options.closeMosaic == 10)
    #expect(options.freezing == .none && options.nominalBatch == 8)
    #expect(plan.method == .adamW && plan.schedule.step(0).accumulate == 1)
  }

  @Test func `a default that is given is another run than one left to the recipe`() throws {
    let small: (name: String, value: OptionValue) = ("recipe", .text("small"))
    let left = try TrainingOptions([small]).decisive
    for (name, value) in [("freeze", OptionValue.none), ("close_mosaic", .integer(10))] {
      let given = try TrainingOptions([small, (name, value)]).decisive
      #expect(given[name] != left[name], "\(name)")
      #expect(try TrainingOptions([(name, value)]).decisive == TrainingOptions().decisive)
    }
  }

  @Test func `new classes move faster where the rest was trained before`() throws {
    #expect(try plan().options.classFactor > 1)
    #expect(try plan(hasNewClasses: false).options.classFactor == 1)
    #expect(try plan(isPretrained: false).options.classFactor == 1)
    #expect(try plan([("lr_classes", .number(1))]).options.classFactor == 1)
    #expect(try plan([("optimizer", .text("SGD"))]).options.classFactor == 1)
  }

  @Test func `every choice says how it came about`() throws {
    let plan = try plan([("epochs", .text("auto"))], parameters: 11_000_000)
    let derived = plan.options.settings.filter {
      guard case .derived(let rule) = $0.origin else { return false }
      return !rule.isEmpty
    }
    let names = Set(derived.map(\.option.name))
    for name in ["epochs", "batch", "nbs", "optimizer", "lr0", "ema_decay", "close_mosaic"] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(plan.options.setting(\.batch).origin.description.hasPrefix("23 images"))
    #expect(plan.schedule.epochs == plan.options.epochs && plan.options.epochs > 1)
  }

  @Test func `the field's recipe changes nothing`() throws {
    let facts = TrainingFacts(images: 23, classes: 2)
    let plain = TrainingPlan(options: try TrainingOptions(), facts: facts)
    let named = TrainingPlan(
      options: try TrainingOptions([("recipe", .text("field"))]), facts: facts)
    #expect(plain.schedule == named.schedule && plain.options.decisive == named.options.decisive)
  }

  @Test func `epochs are left to a recipe that chooses them, and to no other`() throws {
    let error = #expect(throws: OptionError.self) {
      try TrainingOptions([("epochs", .text("auto"))])
    }
    #expect(error?.description.contains("needs recipe=\"small\"") == true)
    #expect(throws: OptionError.self) {
      try TrainingOptions([("epochs", .text("many")), ("recipe", .text("small"))])
    }
    let few = try plan([("epochs", .text("AUTO"))], images: 8).options.epochs
    let many = try plan([("epochs", .text("auto"))], images: 600).options.epochs
    #expect(few > many && many >= 1)
  }

  @Test func `a model knows its classes by their names`() throws {
    let model = Model(try TinyRun.architecture(classes: 2), classNames: ["Bear", "rabbit"])
    #expect(model.knows(classes: ["rabbit", "bear"]) && model.knows(classes: ["bear "]))
    #expect(!model.knows(classes: ["bear", "fox"]))
  }

  @Test func `a model that was only drawn has learned nothing`() throws {
    let model = Model(try TinyRun.architecture(classes: 2))
    model.initialize(seed: 1)
    #expect(!model.hasLearned)
    // SAFETY: every normalization has a channel.
    unsafe model.normalizations[3].runningVariance.base[0] = 0.5
    #expect(model.hasLearned)
  }
}

/// Whole runs with the recipe.
@Suite(.serialized) struct SmallRecipeRunTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  @Test func `the recipe gives the same bytes on any number of threads and after a resume`() throws
  {
    let request = try tiny.request([
      ("recipe", .text("small")), ("batch", .integer(4)), ("nbs", .integer(4)),
      ("epochs", .integer(4)), ("imgsz_start", .integer(32)),
    ])
    let one = try RunBytes(tiny.train(request, threads: 1).folder)
    #expect(try RunBytes(tiny.train(request, threads: 3).folder) == one)
    let cancellation = Cancellation()
    var batches = 0
    let cut = try tiny.train(request, cancellation: cancellation) {
      guard case .batch = $0 else { return }
      batches += 1
      if batches == 4 { cancellation.request() }
    }
    #expect(cut.stop == .cancelled)
    var again = request
    again.folder = cut.folder
    #expect(try RunBytes(tiny.train(again, threads: 2).folder) == one)
  }
}
