internal import Datasets
internal import Language
internal import Training

extension Command {
  /// As in `study nano data=plush seeds=5 epochs=20`.
  static let study = Command(
    name: "study",
    summary: "Trains a model with several seeds and shows how much the scores vary.",
    signature: Signature(
      [.init("model", .model, "the model to start from", isRequired: true)],
      options: [
        .init("data", .dataset, "the dataset", isRequired: true),
        .init(
          "seeds", .union(of: [.integer, .list(.integer)]),
          "number of seeds (5 means 0, 1, 2, 3, 4), or a list of them", default: 5),
      ] + offered.map(parameter)),
    result: .study, examples: .study, check: { trainingProblems($0, $1) + seedProblems($0) }
  ) { call, context throws(Diagnostic) in
    let host = host(context), source = try call.modelSource("model")
    let dataset = try call.dataset("data"), seeds = try call.seeds()
    let validates = OptionTable.standard.validates.name
    guard call.bool(validates) != false else {
      throw call.diagnostic("a study compares scores, and val=false leaves none", at: validates)
    }
    let title = call.title(else: source.title)
    var plans: [TrainingPlan] = []
    for seed in seeds {
      let own = RunTitle(text: "\(title.text), seed \(seed)", isGiven: title.isGiven)
      plans.append(
        TrainingPlan(
          dataset: dataset, options: try call.trainingOptions(source, own, host, seed: seed),
          title: own))
    }
    let runs = try host.train(source, plans)
    return .object(StudyObject(name: title.text, seeds: seeds, runs: runs))
  }

  /// What `train` takes, but for the seed.
  private static var offered: [TrainingOption] {
    TrainingOption.offered.filter { $0.name != OptionTable.standard.seed.name }
  }

  private static func parameter(_ option: TrainingOption) -> Signature.Parameter {
    var parameter = option.parameter
    guard option.name == OptionTable.standard.name.name else { return parameter }
    parameter = Signature.Parameter(
      parameter.name, parameter.type,
      "name of the study; by default the variable it is assigned to")
    return parameter
  }

  private static func seedProblems(_ call: StaticCall) -> [Diagnostic] {
    guard call.isGiven("seeds"), let seeds = call.constant("seeds")?.value,
      let problem = Invocation.problem(withSeeds: seeds)
    else { return [] }
    return [call.diagnostic(problem, at: "seeds")]
  }
}

extension Invocation {
  /// The seeds that a study is asked for.
  fileprivate func seeds() throws(Diagnostic) -> [Int] {
    let given = self["seeds"]
    if let problem = Self.problem(withSeeds: given) { throw diagnostic(problem, at: "seeds") }
    if let count = given.asInteger { return Array(0..<count) }
    return (given.asList ?? []).compactMap(\.asInteger)
  }

  /// What is wrong with seeds; nil where nothing is.
  fileprivate static func problem(withSeeds value: Value) -> String? {
    if let count = value.asInteger {
      return (2...1000).contains(count)
        ? nil : "a study needs from 2 to 1000 seeds, found \(count)"
    }
    let seeds = (value.asList ?? []).compactMap(\.asInteger)
    guard seeds.allSatisfy({ $0 >= 0 }) else { return "a seed is 0 or more" }
    guard (2...1000).contains(seeds.count) else {
      return "a study needs from 2 to 1000 seeds, found \(seeds.count)"
    }
    return Set(seeds).count == seeds.count ? nil : "a study needs different seeds"
  }
}
