internal import Foundation
internal import Layers
public import Tensors

/// Why weights do not fit a model.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The facts.
  public enum Problem: Equatable, Sendable {
    /// The model wants an array that is not there.
    case missing
    /// An array has another shape than the model's.
    case shape(expected: Shape, found: Shape)
    /// A weight is NaN or infinite.
    case notFinite(index: Int, value: String)
    /// A normalization's variance is negative.
    case negativeVariance(index: Int)
  }

  /// The array's name.
  public let name: String
  /// The facts.
  public let problem: Problem

  /// One line: the name first.
  public var description: String {
    switch problem {
    case .missing: "'\(name)' is missing from the weights"
    case .shape(let expected, let found): "'\(name)' has shape \(found), expected \(expected)"
    case .notFinite(let index, let value):
      "'\(name)' holds \(value) at element \(index); the weights are damaged"
    case .negativeVariance(let index):
      "'\(name)' holds a negative variance at element \(index); the weights are damaged"
    }
  }
}

/// What a model took over from another one's weights.
public struct TransferReport: Equatable, Sendable {
  /// Arrays that were taken whole.
  public fileprivate(set) var taken: [String] = []
  /// Classes whose rows in the head were taken, by name.
  public fileprivate(set) var classesKept: [String] = []
  /// Whether class rows were taken in their order, since no class has the same name.
  public fileprivate(set) var takesRowsInOrder = false
  /// Arrays that were taken for those classes only.
  public fileprivate(set) var partlyTaken: [String] = []
  /// Arrays that keep their initial values, since the others' shape differs or there are none.
  public fileprivate(set) var fresh: [String] = []
  /// Arrays of the other weights that this model has no use for.
  public fileprivate(set) var ignored: [String] = []
}

extension Model {
  /// Takes over all weights and statistics.
  ///
  /// - Throws: ``ModelError`` where an array is missing, has another shape or holds no finite numbers;
  ///   the model is then unchanged.
  public func load(_ state: StateDictionary) throws(ModelError) {
    let report = try fit(state, sourceNames: classNames)
    guard report.fresh.isEmpty, report.partlyTaken.isEmpty else {
      let name = report.fresh.first ?? report.partlyTaken[0]
      guard let found = state[name]?.shape else { throw ModelError(name: name, problem: .missing) }
      throw ModelError(
        name: name, problem: .shape(expected: shape(of: name), found: found))
    }
    apply(state, report, sourceNames: classNames)
  }

  /// Takes over whatever fits from the weights of a model for other classes.
  ///
  /// Arrays of the same shape are taken whole. Of the head's class rows those are taken whose class has
  /// the same name in both models, in capitals or not. Where no name is the same but the number of classes
  /// is, the rows are taken in their order: they know at least how sure to be. Both as in the reference.
  ///
  /// - Parameters:
  ///   - state: The other model's weights.
  ///   - sourceNames: The names of its classes in order, where they are known.
  /// - Returns: What was taken and what was not.
  /// - Throws: ``ModelError`` where an array that fits holds no finite numbers; the model is then
  ///   unchanged.
  @discardableResult
  public func transfer(
    from state: StateDictionary, sourceNames: [String]?
  ) throws(ModelError) -> TransferReport {
    let report = try fit(state, sourceNames: sourceNames)
    apply(state, report, sourceNames: sourceNames)
    return report
  }

  /// Plans a transfer and checks the numbers; changes nothing.
  private func fit(
    _ state: StateDictionary, sourceNames: [String]?
  ) throws(ModelError) -> TransferReport {
    var report = TransferReport()
    let names = ClassNames(sourceNames ?? [])
    report.classesKept = classNames.filter { names[$0] != nil }
    let sameClasses = names == ClassNames(classNames) || report.classesKept.isEmpty
    let own = stateDictionary()
    for name in own.names where name != distanceWeightName {
      guard let expected = own[name]?.shape, let found = state[name] else {
        // Counters are not in every file; without them the count starts anew.
        if !name.hasSuffix("num_batches_tracked") { report.fresh.append(name) }
        continue
      }
      let isClassArray = classArrayNames.contains(name)
      if found.shape == expected && (!isClassArray || sameClasses) {
        report.taken.append(name)
      } else if isClassArray, found.shape.rank == expected.rank,
        found.shape.extents.dropFirst() == expected.extents.dropFirst(),
        found.shape[0] == sourceNames?.count, !report.classesKept.isEmpty
      {
        report.partlyTaken.append(name)
      } else {
        report.fresh.append(name)
        continue
      }
      try checkFinite(found, name)
    }
    let known = Set(own.names)
    report.ignored = state.names.filter { !known.contains($0) }
    report.takesRowsInOrder =
      report.classesKept.isEmpty && classArrayNames.isSubset(of: report.taken)
    return report
  }

  private func checkFinite(
    _ value: StateDictionary.Value, _ name: String
  ) throws(ModelError) {
    guard case .floats(let tensor) = value else { return }
    let isVariance = name.hasSuffix("running_var")
    for (index, number) in tensor.scalars.enumerated() {
      guard number.isFinite else {
        throw ModelError(name: name, problem: .notFinite(index: index, value: "\(number)"))
      }
      if isVariance && number < 0 {
        throw ModelError(name: name, problem: .negativeVariance(index: index))
      }
    }
  }

  private func apply(
    _ state: StateDictionary, _ report: TransferReport, sourceNames: [String]?
  ) {
    let targets = floatTargets
    for name in report.taken {
      switch state[name] {
      case .floats(let tensor): targets[name]?.assign(tensor.scalars)
      case .integers(let integers, _):
        for normalization in normalizations
        where "\(normalization.name).num_batches_tracked" == name {
          normalization.batchesTracked = integers.first ?? 0
        }
      case nil: break
      }
    }
    for name in report.partlyTaken {
      guard let source = state.tensor(name), let target = targets[name], let sourceNames else {
        continue
      }
      let row = source.shape.count / max(1, source.shape[0])
      let names = ClassNames(sourceNames)
      for (index, className) in classNames.enumerated() {
        guard let other = names[className] else { continue }
        for i in 0..<row { unsafe target.base[index * row + i] = source.scalars[other * row + i] }
      }
    }
  }

  /// Whether the model has a class of each of these names, in capitals or not.
  package func knows(classes names: [String]) -> Bool {
    let own = ClassNames(classNames)
    return names.allSatisfy { own[$0] != nil }
  }

  /// The arrays with one row a class.
  private var classArrayNames: Set<String> {
    let head = "model.\(architecture.rows.count - 1).cv3."
    let last = units.filter { $0.bias != nil && $0.name.hasPrefix(head) }
    return Set(last.flatMap(\.parameters).map(\.name))
  }

  private func shape(of name: String) -> Shape { stateDictionary()[name]?.shape ?? [] }

  /// The memory behind every name that stands for floats.
  private var floatTargets: [String: FloatBuffer] {
    var targets: [String: FloatBuffer] = [:]
    for parameter in parameters { targets[parameter.name] = parameter.value }
    for normalization in normalizations {
      targets["\(normalization.name).running_mean"] = normalization.runningMean
      targets["\(normalization.name).running_var"] = normalization.runningVariance
    }
    return targets
  }
}

/// The names of a model's classes as another model's are looked up among them: capitals and blanks around
/// a name do not count.
private struct ClassNames: Equatable {
  private let names: [String]
  private let indices: [String: Int]

  init(_ names: [String]) {
    self.names = names.map(Self.plain)
    indices = Dictionary(zip(self.names, self.names.indices)) { $1 }
  }

  /// Which class has a name.
  subscript(name: String) -> Int? { indices[Self.plain(name)] }

  private static func plain(_ name: String) -> String {
    name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
  }
}
