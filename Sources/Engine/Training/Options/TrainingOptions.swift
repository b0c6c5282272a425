internal import YOLO

/// The settings of one training run: every option's effective value, and where it came from.
///
/// Values are read by the names of ``OptionTable``: `options.epochs`, `options.lr0`, `options.freezing`.
@dynamicMemberLookup
public struct TrainingOptions: Equatable, Sendable {
  /// Where a value came from.
  public enum Origin: Codable, Equatable, Sendable, CustomStringConvertible {
    /// The default, the same under all rules.
    case standard
    /// The default of the chosen rules, where they differ.
    case profile(Compatibility)
    /// The user.
    case given
    /// An earlier run of this name, which is carried on.
    case inherited(from: String)
    /// Computed from other values; the text says how.
    case derived(String)

    /// Whether somebody gave the value, now or for the run that is carried on.
    var isGiven: Bool {
      switch self {
      case .given, .inherited: true
      case .standard, .profile, .derived: false
      }
    }

    /// One word, or the rule for a derived value.
    public var description: String {
      switch self {
      case .standard: "default"
      case .profile(let rules): "default of \(rules)"
      case .given: "given"
      case .inherited(let run): "as in \(run)"
      case .derived(let rule): rule
      }
    }
  }

  /// One option with its effective value.
  public struct Setting: Equatable, Sendable {
    /// The option.
    public let option: TrainingOption
    /// The value in force.
    public var value: OptionValue
    /// Where it came from.
    public var origin: Origin
  }

  /// Which version's rules hold.
  public let rules: Compatibility
  /// All options in the order of ``OptionTable``.
  public private(set) var settings: [Setting]
  /// Remarks on what was given, for people: options without effect, values that were adjusted.
  public private(set) var notes: [String] = []

  /// The defaults with some values given.
  ///
  /// - Parameters:
  ///   - given: Names and values, each name once.
  ///   - rules: Which version's defaults hold.
  ///   - modules: How many modules the network has; 23 in every YOLOv8.
  /// - Throws: The first problem that ``problems(in:rules:modules:)`` finds.
  public init(
    _ given: [(name: String, value: OptionValue)] = [], rules: Compatibility = .current,
    modules: Int = 23
  ) throws(OptionError) {
    if let problem = Self.problems(in: given, rules: rules, modules: modules).first {
      throw problem
    }
    self.rules = rules
    settings = TrainingOption.all.map { option in
      Setting(
        option: option, value: option.defaultValue(under: rules),
        origin: option.classicDefault == option.defaultValue ? .standard : .profile(rules))
    }
    for (name, value) in given { take(name, value) }
    if self.freezing.freezesEverything(of: modules) {
      notes.append("freeze: \(self.freezing.words) is the whole network; no weight will change")
    }
    let side = self.imageSize, rounded = (side + 31) / 32 * 32
    if side != rounded {
      derive(\.imageSize, rounded, "\(side) rounded up to a multiple of 32")
      notes.append("imgsz: \(side) is rounded up to \(rounded), a multiple of 32")
    }
  }

  /// The value of an option.
  public subscript<Value>(dynamicMember key: KeyPath<OptionTable, OptionKey<Value>>) -> Value {
    let key = OptionTable.standard[keyPath: key]
    guard let value = Value(settings[key.position].value) else {
      preconditionFailure("'\(key.name)' holds \(settings[key.position].value), no \(Value.self)")
    }
    return value
  }

  /// The value of an option and where it came from.
  public func setting<Value>(_ key: KeyPath<OptionTable, OptionKey<Value>>) -> Setting {
    settings[OptionTable.standard[keyPath: key].position]
  }

  /// Replaces a value by a computed one.
  mutating func derive<Value>(
    _ key: KeyPath<OptionTable, OptionKey<Value>>, _ value: Value, _ rule: String
  ) {
    let position = OptionTable.standard[keyPath: key].position
    settings[position].value = value.optionValue
    settings[position].origin = .derived(rule)
  }

  /// Replaces a value by a computed one, unless somebody gave it.
  mutating func choose<Value>(
    _ key: KeyPath<OptionTable, OptionKey<Value>>, _ value: Value, _ rule: String
  ) {
    if !isGiven(key) { derive(key, value, rule) }
  }

  /// Whether somebody gave the value, now or for the run that is carried on.
  func isGiven<Value>(_ key: KeyPath<OptionTable, OptionKey<Value>>) -> Bool {
    setting(key).origin.isGiven
  }

  /// Epochs of the run; 0 while they are left to a recipe (`epochs="auto"`).
  public var epochs: Int { self.epochCount.number ?? 0 }

  /// Says of some options that nobody gave them anew: their values are those of an earlier run.
  ///
  /// - Parameters:
  ///   - names: The options' names.
  ///   - run: What the earlier run is called.
  public mutating func inherit(_ names: [String], from run: String) {
    for name in names {
      guard let position = Self.position(of: name), settings[position].origin == .given else {
        continue
      }
      settings[position].origin = .inherited(from: run)
    }
  }

  /// Makes room for crowded images, as Ultralytics 8.4 does: where an image of the dataset holds
  /// more objects than the default `max_det` of 300 detections, that number takes its place.
  mutating func makeRoom(for objects: Int) {
    let limit = self.maximumDetections
    guard rules == .current, objects > limit else { return }
    if limit == 300 {
      derive(\.maximumDetections, objects, "an image of the dataset has this many objects")
    } else {
      note("max_det: an image of the dataset has \(objects) objects, more than \(limit)")
    }
  }

  private static func position(of name: String) -> Int? {
    OptionTable.standard.all.firstIndex { $0.name == name }
  }

  /// Options that were written down before.
  init(_ settings: [Setting], rules: Compatibility, notes: [String]) {
    (self.settings, self.rules, self.notes) = (settings, rules, notes)
  }

  /// Adds a remark for people.
  mutating func note(_ text: String) { notes.append(text) }

  private mutating func take(_ name: String, _ value: OptionValue) {
    guard let position = Self.position(of: name) else { return }
    let option = settings[position].option
    guard let accepted = option.accepted(value) else { return }
    settings[position].value = accepted
    settings[position].origin = .given
    if case .noted(let why) = option.support, accepted != option.defaultValue {
      notes.append("\(name)=\(accepted) changes nothing: \(why)")
    }
  }
}
