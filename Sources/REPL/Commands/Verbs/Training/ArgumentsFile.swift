internal import Files
internal import Training
internal import Yams

/// Reads `args.yaml`, so that a run can go on with the settings it was begun with.
enum ArgumentsFile {
  /// The options that differ from their defaults, and the rules.
  static func read(
    _ text: String, name: String
  ) throws -> (given: [(name: String, value: OptionValue)], rules: Compatibility) {
    guard let mapping = try Yams.compose(yaml: text)?.mapping else {
      throw UsageError("\(name): expected a mapping of options to values")
    }
    let rules = Compatibility(rawValue: mapping["compat"]?.string ?? "") ?? .current
    var given: [(name: String, value: OptionValue)] = []
    // Where the optimizer was chosen automatically, the file holds what came of it: giving all of it
    // is the same run.
    let optimizer = mapping[OptionTable.standard.optimizer.name].flatMap {
      OptimizerChoice(value($0))
    }
    let recipe = mapping[OptionTable.standard.recipe.name].flatMap { RecipeChoice(value($0)) }
    let hasRecipe = recipe ?? .field != .field
    for option in TrainingOption.all {
      guard let node = mapping[option.name], case .full = option.support else { continue }
      // An option that the optimizer chosen for the run had no use for.
      if let optimizer, option.traits.unusedBy.contains(optimizer) { continue }
      let value = self.value(node)
      // A recipe would choose anew what was given at its default.
      if hasRecipe || value != option.defaultValue(under: rules) {
        given.append((option.name, value))
      }
    }
    return (given, rules)
  }

  /// The file of the dataset that a run was trained on.
  static func data(_ path: String) throws -> String {
    let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
    guard let file = try Yams.compose(yaml: text)?.mapping?["data"]?.string else {
      throw UsageError("\(path): expected 'data', the file of the dataset")
    }
    return file
  }

  private static func value(_ node: Node) -> OptionValue {
    if let items = node.sequence { return .list(items.map(value)) }
    if node.tag == Tag(.null) || node.null != nil { return .none }
    if let flag = node.bool { return .flag(flag) }
    if let integer = node.int { return .integer(integer) }
    if let number = node.float { return .number(number) }
    return .text(node.string ?? "")
  }
}
