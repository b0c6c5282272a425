public import YOLO

/// Why a training option cannot be used as it was given.
public struct OptionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// No option has this name; the nearest one, if any is near.
    case unknown(nearest: String?)
    /// The same option was given twice.
    case repeated
    /// The value has the wrong kind or lies outside the range.
    case outOfRange(found: OptionValue, expected: String, unit: String)
    /// The option is known and deliberately not built.
    case refused(reason: String)
    /// `optimizer=auto` would overwrite it.
    case overwrittenByAuto
    /// `epochs="auto"` without a recipe that chooses them.
    case needsRecipe
    /// The chosen optimizer does not use it.
    case unusedBy(optimizer: String)
    /// Nothing would be left to learn.
    case freezesEverything(found: Freezing, modules: Int)
    /// A module index beyond the network's last.
    case noSuchModule(Int, modules: Int)
  }

  /// The option's name as it was given.
  public let option: String
  /// What is wrong.
  public let problem: Problem

  /// Names an option that cannot be used.
  public init(option: String, problem: Problem) {
    (self.option, self.problem) = (option, problem)
  }

  /// One line: the option first, what was expected and found, then what to do.
  public var description: String {
    switch problem {
    case .unknown(let nearest):
      "training has no option '\(option)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .repeated: "\(option) appears twice"
    case .outOfRange(let found, let expected, let unit):
      "\(option)=\(found): expected \(expected)" + (unit.isEmpty ? "" : ", in \(unit)")
    case .refused(let reason): "\(option): \(reason)"
    case .overwrittenByAuto:
      """
      \(option): optimizer=auto chooses it and would ignore yours; name an optimizer too \
      (optimizer="SGD" or optimizer="AdamW"), or leave \(option) out
      """
    case .needsRecipe:
      "\(option)=\"auto\" needs recipe=\"small\", which chooses the number; the standard recipe has no rule for it"
    case .unusedBy(let optimizer):
      "\(option): \(optimizer) does not use it; leave it out or choose optimizer=\"SGD\""
    case .freezesEverything(let found, let modules):
      """
      freeze: \(found.words) freezes all \(modules) modules, so nothing is left to train; freeze=10 is \
      the backbone, freeze=\(modules - 1) trains only the head
      """
    case .noSuchModule(let index, let modules):
      "freeze: there is no module \(index); the network's modules are 0 to \(modules - 1)"
    }
  }
}
