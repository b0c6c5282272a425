internal import Layers

/// Which part of a model training leaves alone.
public enum Freezing: Equatable, Sendable {
  /// Everything is trained.
  case none
  /// The first modules: 10 is the backbone, 22 leaves the head alone.
  case first(Int)
  /// Modules by their numbers.
  case modules([Int])
  /// Parts by their names after "model.", with everything below them: "22.cv2" is the head's box
  /// branch, "2" module 2 and nothing else.
  case names([String])

  /// Says whether a name is frozen: a frozen part's own or that of something below it, by whole
  /// components.
  func test(moduleCount: Int) -> (_ name: String) -> Bool {
    let parts: [String] =
      switch self {
      case .none: []
      case .first(let count): (0..<min(max(count, 0), moduleCount)).map { "model.\($0)" }
      case .modules(let modules): modules.map { "model.\($0)" }
      case .names(let names): names.map { "model.\($0)" }
      }
    return { name in parts.contains { name == $0 || name.hasPrefix($0 + ".") } }
  }
}

extension Model {
  /// Freezes a part of the model and thaws the rest.
  ///
  /// Frozen parameters get no gradient, do not decay and do not move.
  ///
  /// - Parameters:
  ///   - freezing: What to freeze.
  ///   - freezesStatistics: Whether frozen batch normalizations also keep their running statistics
  ///     and normalize by them, as the reference does today; in version 8.0 they went on moving.
  /// - Returns: The names of the frozen parameters in the checkpoint's order.
  @discardableResult
  public func freeze(_ freezing: Freezing, freezesStatistics: Bool = true) -> [String] {
    let isFrozen = freezing.test(moduleCount: architecture.rows.count)
    for parameter in parameters { parameter.isFrozen = isFrozen(parameter.name) }
    for normalization in normalizations {
      normalization.usesBatchStatistics =
        !(freezesStatistics && isFrozen(normalization.name))
    }
    return parameters.filter(\.isFrozen).map(\.name)
  }

  /// The first name in a choice that no part of the model bears; nil where all are known.
  ///
  /// Modules without weights have no names here, and numbers are not looked at.
  public func unknownName(in freezing: Freezing) -> String? {
    guard case .names(let names) = freezing else { return nil }
    return names.first { parameters(frozenBy: .names([$0])).isEmpty }
  }

  /// The names of the parameters that a choice would freeze, in the checkpoint's order.
  public func parameters(frozenBy freezing: Freezing) -> [String] {
    parameters.map(\.name).filter(freezing.test(moduleCount: architecture.rows.count))
  }
}
