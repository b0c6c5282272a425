internal import Datasets
internal import Files
internal import Foundation
internal import Language
internal import Layers
internal import Report
internal import Training
internal import YOLO

extension Command {
  /// `train nano data=plush epochs=100`
  static let train = Command(
    name: "train", summary: "Trains a model on a data set; gives the run, and changes no model.",
    signature: Signature(
      [.init("model", .model, "the model to start from", isRequired: true)],
      options: [.init("data", .dataset, "the data set", isRequired: true)]
        + TrainingOption.all.filter { !["resume", "project"].contains($0.name) }.map(\.parameter)),
    result: .run, examples: .train,
    check: { call, _ in
      let given = TrainingOption.all.compactMap { option -> (name: String, value: OptionValue)? in
        guard call.isGiven(option.name), let constant = call.constant(option.name) else { return nil }
        return (option.name, OptionValue(constant.value))
      }
      return TrainingOptions.problems(in: given).map { call.diagnostic("\($0)", at: $0.option) }
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), source = try call.modelSource("model")
    let dataset = try call.dataset("data")
    let options = try call.trainingOptions(source, host)
    let name = call.string("name") ?? source.title
    let job = TrainingJob(host: host, name: name, source: source, dataset: dataset, options: options)
    return .object(try job.run())
  }

  /// `resume "runs/nano" data=plush`
  static let resume = Command(
    name: "resume", summary: "Carries on a training that was stopped or killed.",
    signature: Signature(
      [
        .init(
          "run", .union(of: [.run, .string]), "the stopped run, or its folder", isRequired: true,
          isPath: true)
      ],
      options: [.init("data", .dataset, "the data set it was trained on", isRequired: true)]),
    result: .run, examples: .resume
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    let path = call.object("run", as: RunObject.self)?.record.folder ?? call.path("run", on: host) ?? ""
    let folder = RunFolder(path: path)
    guard Paths.exists(folder.state) else {
      throw call.diagnostic(
        "'\(path)' has nothing to carry on", at: "run",
        hint: "a run leaves its state after the first epoch, and removes it when it is done")
    }
    let model = try call.attempt("run") { try Model.read(folder.last) }
    let options = try call.attempt("run") { try TrainingOptions(argumentsFile: folder.arguments) }
    let source = ModelObject(model, title: options.text("name"), freezing: options.freezing)
    let job = TrainingJob(
      host: host, name: options.text("name"), source: source, dataset: try call.dataset("data"),
      options: options)
    return .object(RunObject(try job.train(in: folder)))
  }

  /// `extend first epochs=50 data=plush`
  static let extend = Command(
    name: "extend",
    summary: "Trains on from the last weights of a finished run, with a schedule of its own.",
    signature: Signature(
      [.init("run", .run, "the finished run", isRequired: true)],
      options: [.init("data", .dataset, "the data set", isRequired: true)]
        + TrainingOption.all.filter { !["resume", "project"].contains($0.name) }.map(\.parameter)),
    result: .run, examples: .extend
  ) { call, context throws(Diagnostic) in
    let host = host(context)
    guard let run = call.object("run", as: RunObject.self) else {
      throw call.diagnostic("'run' needs a run", at: "run")
    }
    let options = try call.trainingOptions(run.last, host)
    let epochs = options.epochs
    context.emit(
      .text(
        "Extending \(run.record.name) by \(Wording.number(epochs, "epoch")) from its last weights: "
          + "a fresh optimizer, and a learning rate that starts and falls anew over these epochs."))
    let job = TrainingJob(
      host: host, name: call.string("name") ?? "\(run.record.name)-extended", source: run.last,
      dataset: try call.dataset("data"), options: options)
    return .object(try job.run())
  }
}

extension Invocation {
  /// The options of a training: what was given, the seed and rules in force, what the model freezes.
  func trainingOptions(
    _ source: any ModelSource, _ host: Host
  ) throws(Diagnostic) -> TrainingOptions {
    var given: [(name: String, value: OptionValue)] = []
    for (name, value) in self.given where TrainingOption.named(name) != nil {
      given.append((name, OptionValue(value)))
    }
    if !isGiven("seed"), let seed = host.setting("seed")?.asInteger, seed != 0 {
      given.append(("seed", .integer(seed)))
    }
    if source.freezing != .none {
      let own = OptionValue(source.freezing)
      if isGiven("freeze"), OptionValue(self["freeze"]) != own {
        throw diagnostic(
          "the model is frozen otherwise already: \(source.freezing.words)", at: "freeze",
          hint: "leave out freeze=, or freeze the model anew")
      }
      if !isGiven("freeze") { given.append(("freeze", own)) }
    }
    given.append(("project", .text(host.configuration.runsFolder)))
    let rules = Compatibility(rawValue: host.setting("compat")?.asString ?? "8.4") ?? .current
    let modules = try source.model().architecture.rows.count
    do throws(OptionError) {
      return try TrainingOptions(given, rules: rules, modules: modules)
    } catch { throw diagnostic("\(error)", at: isGiven(error.option) ? error.option : nil) }
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
