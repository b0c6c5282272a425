internal import Text
internal import YOLO

extension TrainingOptions {
  /// Everything that is wrong with given options, in their order; none where they can be used.
  ///
  /// This needs neither data nor weights, so that a whole script can be checked before its first epoch.
  ///
  /// - Parameters:
  ///   - given: Names and values.
  ///   - rules: Which version's rules hold; under the classic ones freezing everything is allowed.
  ///   - modules: How many modules the network has; 23 in every YOLOv8.
  /// - Returns: At most one error for each given option.
  public static func problems(
    in given: [(name: String, value: OptionValue)], rules: Compatibility = .current,
    modules: Int = 23
  ) -> [OptionError] {
    let optimizer = chosenOptimizer(given), recipe = chosenRecipe(given)
    var seen: Set<String> = []
    return given.compactMap { name, value in
      let problem =
        !seen.insert(name).inserted
        ? .repeated
        : problem(name, value) ?? automatic(name, value, recipe)
          ?? conflict(of: TrainingOption.named(name), with: optimizer)
          ?? frozen(name, value, rules: rules, modules: modules)
      return problem.map { OptionError(option: name, problem: $0) }
    }
  }

  private static func chosenOptimizer(
    _ given: [(name: String, value: OptionValue)]
  ) -> OptimizerChoice? {
    let name = OptionTable.standard.optimizer.name
    guard let given = given.first(where: { $0.name == name }) else {
      // The recipe for small datasets takes AdamW, and leaves its options to whoever gives them.
      return chosenRecipe(given) == .small ? .adamW : .auto
    }
    return OptimizerChoice(given.value)
  }

  private static func chosenRecipe(_ given: [(name: String, value: OptionValue)]) -> RecipeChoice {
    let name = OptionTable.standard.recipe.name
    return given.first { $0.name == name }.flatMap { RecipeChoice($0.value) } ?? .field
  }

  private static func automatic(
    _ name: String, _ value: OptionValue, _ recipe: RecipeChoice
  ) -> OptionError.Problem? {
    let isAutomatic = name == OptionTable.standard.epochCount.name && EpochCount(value) == .auto
    return isAutomatic && recipe != .small ? .needsRecipe : nil
  }

  private static func problem(_ name: String, _ value: OptionValue) -> OptionError.Problem? {
    guard let option = TrainingOption.named(name) else {
      return .unknown(nearest: Suggestion.nearest(to: name, among: TrainingOption.all.map(\.name)))
    }
    if case .refused(let reason) = option.support {
      let same = option.accepted(value) == option.defaultValue || value == option.defaultValue
      return same ? nil : .refused(reason: reason)
    }
    guard option.accepted(value) == nil else { return nil }
    return .outOfRange(found: value, expected: option.range, unit: option.unit)
  }

  /// An option that the optimizer would silently ignore.
  private static func conflict(
    of option: TrainingOption?, with optimizer: OptimizerChoice?
  ) -> OptionError.Problem? {
    guard let traits = option?.traits, let optimizer else { return nil }
    if traits.isChosenByAuto && optimizer == .auto { return .overwrittenByAuto }
    return traits.unusedBy.contains(optimizer) ? .unusedBy(optimizer: optimizer.rawValue) : nil
  }

  private static func frozen(
    _ name: String, _ value: OptionValue, rules: Compatibility, modules: Int
  ) -> OptionError.Problem? {
    guard name == OptionTable.standard.freezing.name, let freezing = Freezing(value),
      rules == .current
    else { return nil }
    if freezing.freezesEverything(of: modules) {
      return .freezesEverything(found: freezing, modules: modules)
    }
    guard case .modules(let indices) = freezing,
      let beyond = indices.first(where: { $0 >= modules })
    else { return nil }
    return .noSuchModule(beyond, modules: modules)
  }
}
