internal import Datasets
internal import Language
internal import Training

extension Command {
  /// As in `crossval nano data=plush folds=5 epochs=20`.
  static let crossval = Command(
    name: "crossval",
    summary:
      "Trains a model once per fold and scores each image by the run that did not train on it.",
    signature: Signature(
      [.init("model", .model, "the model to start from", isRequired: true)],
      options: [
        .init(
          "data", .dataset,
          "the dataset, whose train and val images are divided into folds, or one of its splits",
          isRequired: true),
        .init(
          "folds", .integer, "number of folds; each run holds out one of them", default: 5,
          range: .between(2, 1000)),
      ] + TrainingOption.offered.map(parameter)),
    result: .crossValidation, examples: .crossval, check: trainingProblems
  ) { call, context throws(Diagnostic) in
    let host = host(context), source = try call.modelSource("model")
    let dataset = try call.dataset("data"), settings = host.settings
    let validates = OptionTable.standard.validates.name
    guard call.bool(validates) != false else {
      throw call.diagnostic(
        "a cross-validation scores held-out images, and val=false leaves no scores", at: validates)
    }
    let folds = try call.attempt("folds") {
      try dataset.dataset.folds(
        call.integer("folds") ?? 5, of: dataset.split.map { [$0] } ?? [.train, .val],
        seed: UInt64(settings.seed))
    }.map { DatasetObject(dataset: $0) }
    let title = call.title(else: source.title)
    var plans: [TrainingPlan] = []
    for (index, fold) in folds.enumerated() {
      let own = RunTitle(text: "\(title.text), fold \(index + 1)", isGiven: title.isGiven)
      plans.append(
        TrainingPlan(
          dataset: fold, options: try call.trainingOptions(source, own, host), title: own))
    }
    let runs = try host.train(source, plans)
    return .object(
      try CrossValidationObject(
        name: title.text, of: dataset, folds: folds, runs: runs,
        classNames: dataset.dataset.classNames(for: plans[0].options), seed: UInt64(settings.seed)))
  }

  private static func parameter(_ option: TrainingOption) -> Signature.Parameter {
    let parameter = option.parameter
    guard option.name == OptionTable.standard.name.name else { return parameter }
    return Signature.Parameter(
      parameter.name, parameter.type,
      "name of the cross-validation; by default the variable it is assigned to")
  }
}
