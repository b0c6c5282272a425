/// Every option of training: the one list from which help, checks, `args.yaml`, the documentation and the
/// typed properties of ``TrainingOptions`` come.
///
/// To add an option, declare its key in the group it belongs to and initialize it there; the compiler asks
/// for both. Names, meanings and defaults are those of Ultralytics' settings.
@dynamicMemberLookup
public struct OptionTable: Sendable {
  /// The one table there is.
  public static let standard = OptionTable()

  let course: Course
  let optimization: Optimization
  let losses: LossGains
  let augmentation: Augmentation
  let scoring: Scoring
  let keeping: Keeping
  /// All options in the order of help and `args.yaml`.
  public let all: [TrainingOption]

  private init() {
    var list = OptionList()
    course = Course(&list)
    optimization = Optimization(&list)
    losses = LossGains(&list)
    augmentation = Augmentation(&list)
    scoring = Scoring(&list)
    keeping = Keeping(&list)
    all = list.options
  }
}

// `options.batch` and `OptionTable.standard.batch` need not name the group.
extension OptionTable {
  static let unbounded = 0.0...1e300
  static let shares = 0.0...1.0

  /// The key of an option of the run's course.
  public subscript<Value>(dynamicMember key: KeyPath<Course, OptionKey<Value>>) -> OptionKey<Value>
  {
    course[keyPath: key]
  }

  /// The key of an option of optimizer and learning rate.
  public subscript<Value>(
    dynamicMember key: KeyPath<Optimization, OptionKey<Value>>
  ) -> OptionKey<Value> { optimization[keyPath: key] }

  /// The key of a weight of the loss.
  public subscript<Value>(
    dynamicMember key: KeyPath<LossGains, OptionKey<Value>>
  ) -> OptionKey<Value> { losses[keyPath: key] }

  /// The key of an option of augmentation.
  public subscript<Value>(
    dynamicMember key: KeyPath<Augmentation, OptionKey<Value>>
  ) -> OptionKey<Value> { augmentation[keyPath: key] }

  /// The key of an option of validation.
  public subscript<Value>(
    dynamicMember key: KeyPath<Scoring, OptionKey<Value>>
  ) -> OptionKey<Value> { scoring[keyPath: key] }

  /// The key of an option of what is kept.
  public subscript<Value>(
    dynamicMember key: KeyPath<Keeping, OptionKey<Value>>
  ) -> OptionKey<Value> { keeping[keyPath: key] }
}
