internal import Datasets
internal import Files
internal import Language
internal import Training
internal import YOLO

extension Command {
  /// As in `extend first epochs=50`.
  static let extend = Command(
    name: "extend",
    summary:
      "Trains a finished run for more epochs, from its last weights. Reuses its data and options "
      + "unless you override them; the learning-rate schedule starts over.",
    signature: Signature(
      [.init("run", .run, "the finished run", isRequired: true)],
      options: [extraEpochs, .init("data", .dataset, "the dataset; by default that of the run")]
        + TrainingOption.offered.filter(isTakenOver).map(inherited)),
    result: .run, examples: .extend, check: problems
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    guard let run = call.object("run", as: RunObject.self) else {
      throw call.diagnostic("'run' needs a run", at: "run")
    }
    let record = run.record, folder = RunFolder(path: record.folder)
    guard !folder.isUnfinished else {
      throw call.diagnostic(
        "'\(record.name)' was stopped early", at: "run",
        hint: "resume it first, then extend it")
    }
    let title = call.title(else: "\(record.name)-extended")
    let options = try call.options(extending: run, title, host)
    let dataset = try call.dataset(extending: record, in: folder, on: host)
    context.emit(
      .text(
        "Extending \(record.name) by \(options.epochWords) from its last weights: "
          + "the optimizer and the learning-rate schedule start over."))
    return try host.train(run.last, on: dataset, options, title)
  }

  /// Whether an option serves here as it does in `train`: the epochs are asked for, and the weights are
  /// those of the run.
  private static func isTakenOver(_ option: TrainingOption) -> Bool {
    !option.traits.isOfStart && option.name != OptionTable.standard.epochCount.name
  }

  private static let extraEpochs: Signature.Parameter = {
    var parameter = inherited(OptionTable.standard.epochCount.option)
    parameter.isRequired = true
    return parameter
  }()

  /// An option whose default is the run's value.
  private static func inherited(_ option: TrainingOption) -> Signature.Parameter {
    var parameter = option.parameter
    parameter.defaultValue = nil
    return parameter
  }

  /// What is wrong whatever the run's options are.
  private static let problems: Check = { call, _ in
    let given = call.given.compactMap { name -> (name: String, value: OptionValue)? in
      guard TrainingOption.named(name) != nil, let constant = call.constant(name),
        call.isGiven(OptionTable.standard.optimizer.name)
          || TrainingOption.named(name)?.traits.belongsToOptimizer != true
      else { return nil }
      return (name, OptionValue(constant.value))
    }
    let findings = Compatibility.allCases.map { TrainingOptions.problems(in: given, rules: $0) }
    return (findings.first ?? []).filter { finding in findings.allSatisfy { $0.contains(finding) } }
      .map { call.diagnostic("\($0)", at: $0.option) }
  }
}

extension TrainingOptions {
  /// "50 epochs", or that the recipe chooses them.
  fileprivate var epochWords: String {
    self.epochCount.number.map { Wording.number($0, "epoch") }
      ?? "the epochs that its recipe chooses"
  }
}

extension Invocation {
  /// The options of an extension: what is given, else what the run had, under the run's rules.
  fileprivate func options(
    extending run: RunObject, _ title: RunTitle, _ host: Host
  ) throws(Diagnostic) -> TrainingOptions {
    let file = RunFolder(path: run.record.folder).arguments
    let (earlier, rules) = try attempt("run") {
      try ArgumentsFile.read(
        String(decoding: try AtomicFile.read(file), as: UTF8.self), name: file)
    }
    let given = givenOptions(host.settings)
    let optimizer = OptionTable.standard.optimizer.name
    let chosen = given.first { $0.name == optimizer }?.value
    // Another optimizer is not given the values that belong to the one before.
    let isOther = chosen != nil && chosen != earlier.first { $0.name == optimizer }?.value
    let kept = earlier.filter { name, _ in
      guard let option = TrainingOption.named(name), !given.contains(where: { $0.name == name })
      else { return false }
      let isOfRun = option.traits.scope == .place || option.traits.isOfStart
      return !isOfRun && name != OptionTable.standard.epochCount.name
        && !(isOther && option.traits.belongsToOptimizer)
    }
    let modules = try run.last.model().architecture.rows.count
    var options = try options(given + kept, title, host, rules: rules, modules: modules)
    options.inherit(kept.map(\.name), from: run.record.name)
    return options
  }

  /// The dataset of an extension: what `data=` says, else that of the run, unchanged.
  fileprivate func dataset(
    extending record: RunRecord, in folder: RunFolder, on host: Host
  ) throws(Diagnostic) -> DatasetObject {
    let dataset = try dataset(of: folder, on: host)
    guard isGiven("data") || record.dataset == "\(dataset.dataset.name) \(dataset.digest)" else {
      throw diagnostic(
        "the dataset in its args.yaml is not the one '\(record.name)' was trained on", at: "run",
        hint: "name the data to use: data=…")
    }
    return dataset
  }
}
