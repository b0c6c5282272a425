internal import Layers

/// Which part of a model training leaves alone.
public enum Freezing: Equatable, Sendable {
  /// Everything is trained.
  case none
  /// The first modules: 10 is the backbone, 22 leaves the head alone.
  case first(Int)
  /// Modules by their numbers.
  case modules([Int])
  /// Parts by the beginning of their names after "model.", for example "22.cv2".
  case names([String])

  /// The beginnings of the frozen names.
  func prefixes(moduleCount: Int) -> [String] {
    switch self {
    case .none: []
    case .first(let count): (0..<min(max(count, 0), moduleCount)).map { "model.\($0)." }
    case .modules(let modules): modules.map { "model.\($0)." }
    case .names(let names): names.map { "model.\($0)." }
    }
  }
}

extension Model {
  /// Freezes a part of the model and thaws the rest.
  ///
  /// Frozen parameters get no gradient, do not decay and do not move.
  ///
  /// - Parameters:
  ///   - freezing: What to freeze.
  ///   - freezesStatistics: Whether frozen batch normalisations also keep their running statistics
  ///     and normalise by them, as the reference does today; in version 8.0 they went on moving.
  /// - Returns: The names of the frozen parameters in the checkpoint's order.
  @discardableResult
  public func freeze(_ freezing: Freezing, freezesStatistics: Bool = true) -> [String] {
    let prefixes = freezing.prefixes(moduleCount: architecture.rows.count)
    func isFrozen(_ name: String) -> Bool { prefixes.contains { name.hasPrefix($0) } }
    for parameter in parameters { parameter.isFrozen = isFrozen(parameter.name) }
    for normalization in normalizations {
      normalization.usesBatchStatistics =
        !(freezesStatistics && isFrozen(normalization.name + "."))
    }
    return parameters.filter(\.isFrozen).map(\.name)
  }

  /// The names of the parameters that a choice would freeze, in the checkpoint's order.
  public func parameters(frozenBy freezing: Freezing) -> [String] {
    let prefixes = freezing.prefixes(moduleCount: architecture.rows.count)
    return parameters.map(\.name).filter { name in prefixes.contains { name.hasPrefix($0) } }
  }
}
