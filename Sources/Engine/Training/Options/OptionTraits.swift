/// How an option stands to the run's result and to other options.
public struct OptionTraits: Equatable, Sendable {
  /// What an option is about.
  public enum Scope: Equatable, Sendable {
    /// What is learned: another value may give other weights.
    case result
    /// What is kept beside the result; the weights are the same.
    case files
    /// How the work is done; whatever is written is the same.
    case work
    /// Where a run lies and what it is called.
    case place
  }

  /// What the option is about.
  public var scope = Scope.result
  /// Whether it says where the weights start, so that a run that starts from another run's weights has no
  /// use for it.
  public var isOfStart = false
  /// Whether `optimizer=auto` chooses its value.
  public var isChosenByAuto = false
  /// Whether Ultralytics has no such option: a checkpoint then names it only where it is not at its default, so
  /// that a new option changes no file of a run that does without it.
  public var isOurs = false
  /// The optimizers that do not use it.
  public var unusedBy: [OptimizerChoice] = []

  /// Whether its value fits one optimizer only.
  public var belongsToOptimizer: Bool { isChosenByAuto || !unusedBy.isEmpty }
}
