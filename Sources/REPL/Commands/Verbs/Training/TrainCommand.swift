internal import Checkpoints
internal import Datasets
internal import Files
internal import Foundation
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// As in `train nano data=plush epochs=100`.
  static let train = Command(
    name: "train",
    summary: "Trains a model on a dataset. Returns the run; the model itself does not change.",
    signature: Signature(
      [.init("model", .model, "the model to start from", isRequired: true)],
      options: [.init("data", .dataset, "the dataset", isRequired: true)]
        + TrainingOption.offered.map(\.parameter)),
    result: .run, examples: .train,
    check: trainingProblems
  ) { call, context throws(Diagnostic) in
    let host = host(context), source = try call.modelSource("model")
    let dataset = try call.dataset("data")
    let title = call.title(else: source.title)
    let options = try call.trainingOptions(source, title, host)
    return try host.train(source, on: dataset, options, title)
  }

  /// Finds options that cannot work together, under the rules that will be in force.
  static let trainingProblems: Check = { call, lint in
    let given = call.given.compactMap { name -> (name: String, value: OptionValue)? in
      guard TrainingOption.named(name) != nil, let constant = call.constant(name) else {
        return nil
      }
      return (name, OptionValue(constant.value))
    }
    // A def may be called under any rules.
    let known = call.certainty == .inDefinition ? [] : lint.setting("compat")
    let named = known.compactMap { Compatibility(rawValue: $0.value.asString ?? "") }
    let possible = known.isEmpty || named.count < known.count ? Compatibility.allCases : named
    let findings = possible.map { TrainingOptions.problems(in: given, rules: $0) }
    // Only what fails under each of them is sure to fail.
    return (findings.first ?? []).filter { finding in findings.allSatisfy { $0.contains(finding) } }
      .map { call.diagnostic("\($0)", at: $0.option) } + freezingProblem(call)
  }

  /// `freeze=` for a model that is known to be frozen otherwise.
  private static func freezingProblem(_ call: StaticCall) -> [Diagnostic] {
    guard call.isGiven("freeze"), let asked = call.constant("freeze"),
      let maker = call.origin("model"), maker.command == freeze.name,
      let own = maker.constant("layers").flatMap({ Freezing(OptionValue($0.value)) }),
      own != .none, OptionValue(asked.value) != own.optionValue
    else { return [] }
    return [
      call.diagnostic(
        frozenOtherwise(own), at: "freeze", hint: "leave out freeze=, or freeze the original model")
    ]
  }

  fileprivate static func frozenOtherwise(_ freezing: Freezing) -> String {
    "the model is already frozen differently: \(freezing.words)"
  }

  /// As in `resume "runs/nano" data=plush`.
  static let resume = Command(
    name: "resume",
    summary: "Continues a run that was stopped or killed, from its last complete epoch.",
    signature: Signature(
      [
        .init(
          "run", .union(of: [.run, .string]), "the stopped run, or its folder", isRequired: true,
          isPath: true)
      ],
      options: [
        .init(
          "data", .dataset, "its dataset; by default the one named in its args.yaml")
      ]),
    result: .run, examples: .resume
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    let path =
      call.object("run", as: RunObject.self)?.record.folder ?? call.path("run", on: host) ?? ""
    let folder = RunFolder(path: path)
    guard Paths.exists(folder.state), Paths.exists(folder.last) else {
      throw call.diagnostic(
        "'\(path)' has nothing to resume", at: "run",
        hint: "a run can be resumed after its first epoch and before its last")
    }
    let model = try call.attempt("run") { try Model.read(folder.last) }
    let options = try call.attempt("run") { try TrainingOptions(argumentsFile: folder.arguments) }
    let source = ModelObject(model, title: options.name)
    let dataset = try call.dataset(of: folder, on: host)
    var job = TrainingJob(
      source, on: dataset, options, RunTitle(text: options.name, isGiven: true), host.settings)
    job.folder = folder.path
    // What is left of a run is not what a cached run is: it depends on what was done before.
    let result = try job.run(
      on: JobInputs(models: [source], datasets: [dataset]), at: host.workplace,
      display: host.display)
    return .object(RunObject(result.payload))
  }
}

extension Invocation {
  /// The dataset of an interrupted run: what `data=` says, else what its arguments name.
  func dataset(of folder: RunFolder, on host: Host) throws(Diagnostic) -> DatasetObject {
    if isGiven("data") { return try dataset("data") }
    let file = try attempt("run") { try ArgumentsFile.data(folder.arguments) }
    guard Paths.exists(file) else {
      throw diagnostic(
        "the run's dataset '\(file)' is missing", at: "run", hint: "name it: data=…")
    }
    let dataset = try attempt("run") {
      try host.working(on: "dataset") { work in
        try Dataset(contentsOf: file, labels: host.settings.labels, work: work)
      }
    }
    // Its name stands in the weights, too.
    let name = try attempt("run") { try Checkpoint.read(folder.last).metadata["dataset"]?.text }
    return DatasetObject(dataset: dataset.named(name ?? dataset.name))
  }

  /// What the run is called: what `name=` says, else the name that it is bound to, else the text.
  func title(else text: String) -> RunTitle {
    if isGiven("name"), let name = string("name") { return RunTitle(text: name, isGiven: true) }
    return RunTitle(text: boundName ?? text, isGiven: false)
  }

  /// The options of a training: what was given, the seed and rules in force, what the model freezes.
  ///
  /// `seed` stands in for the one that is given or in force.
  func trainingOptions(
    _ source: any ModelSource, _ title: RunTitle, _ host: Host, seed: Int? = nil
  ) throws(Diagnostic) -> TrainingOptions {
    var given = givenOptions(host.settings)
    if let seed {
      let name = OptionTable.standard.seed.name
      given.removeAll { $0.name == name }
      given.append((name, .integer(seed)))
    }
    if source.freezing != .none {
      let freeze = OptionTable.standard.freezing.name, own = source.freezing.optionValue
      if isGiven(freeze), OptionValue(self[freeze]) != own {
        throw diagnostic(
          Command.frozenOtherwise(source.freezing), at: freeze,
          hint: "leave out freeze=, or freeze the original model")
      }
      if !isGiven(freeze) { given.append((freeze, own)) }
    }
    let modules = try source.model().architecture.rows.count
    return try options(given, title, host, rules: host.settings.rules, modules: modules)
  }

  /// The options that the call names, and the seed in force where it names none.
  func givenOptions(_ settings: Settings) -> [(name: String, value: OptionValue)] {
    var given: [(name: String, value: OptionValue)] = []
    for (name, value) in self.given where TrainingOption.named(name) != nil {
      given.append((name, OptionValue(value)))
    }
    let seed = OptionTable.standard.seed.name
    if !isGiven(seed), settings.seed != 0 { given.append((seed, .integer(settings.seed))) }
    return given
  }

  /// The options of a run with this title; what cannot be used is an error at its place.
  func options(
    _ given: [(name: String, value: OptionValue)], _ title: RunTitle, _ host: Host,
    rules: Compatibility, modules: Int
  ) throws(Diagnostic) -> TrainingOptions {
    let table = OptionTable.standard
    var all = given + [(table.project.name, .text(host.workplace.configuration.runsFolder))]
    if !isGiven(table.name.name) { all.append((table.name.name, .text(title.text))) }
    do throws(OptionError) {
      return try TrainingOptions(all, rules: rules, modules: modules)
    } catch { throw diagnostic("\(error)", at: isGiven(error.option) ? error.option : nil) }
  }
}

extension Host {
  /// A run by its job.
  func train(
    _ source: any ModelSource, on dataset: DatasetObject, _ options: TrainingOptions,
    _ title: RunTitle
  ) throws(Diagnostic) -> Value {
    let job = TrainingJob(source, on: dataset, options, title, settings), provenance = provenance
    return try value(
      of: job, on: JobInputs(models: [source], datasets: [dataset]), named: title.text,
      as: RunObject.objectType,
      noting: { record in
        provenance.cite(Citation(name: "weights \(title.text), best", digest: record.best.digest))
      },
      { record in
        var record = record
        record.name = title.text
        return RunObject(record)
      })
  }
}

/// One of several trainings of a command.
struct TrainingPlan {
  let dataset: DatasetObject
  let options: TrainingOptions
  let title: RunTitle
}

extension Host {
  /// Runs by their jobs, of which none needs another.
  func train(
    _ source: any ModelSource, _ plans: [TrainingPlan]
  ) throws(Diagnostic) -> [RunObject] {
    let trainings = plans.map { plan in
      (
        work: TrainingJob(source, on: plan.dataset, plan.options, plan.title, settings),
        title: plan.title.text
      )
    }
    let provenance = provenance
    let records = try jobs.results(
      of: trainings, on: JobInputs(models: [source], datasets: plans.map(\.dataset))
    ) { title, record in
      provenance.cite(Citation(name: "weights \(title), best", digest: record.best.digest))
    }
    let done = records.prefix(while: \.isComplete).count
    guard done == plans.count else {
      throw Diagnostic(
        "ended after \(done) of \(plans.count) trainings", kind: .interrupted,
        hint: "finished runs are cached: run the same line again to continue")
    }
    return zip(records, plans).map { record, plan in
      var record = record
      record.name = plan.title.text
      return RunObject(record)
    }
  }
}

extension TrainingJob {
  /// A training of values at hand, under the settings in force.
  init(
    _ source: any ModelSource, on dataset: DatasetObject, _ options: TrainingOptions,
    _ title: RunTitle, _ settings: Settings
  ) {
    self.init(
      model: ModelInput(source), data: DatasetInput(dataset), options: options, title: title,
      memory: settings.memory)
  }
}

extension TrainingOptions {
  /// The options that a run folder's `args.yaml` holds.
  init(argumentsFile path: String) throws {
    let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
    let (given, rules) = try ArgumentsFile.read(text, name: path)
    try self.init(given, rules: rules)
  }
}
