public import YOLO

/// The meaning of `freeze=`, in numbers and in words.
///
/// Modules are numbered as in the architecture's list: YOLOv8 has 23, of which 0 to 9 are the backbone,
/// 10 to 21 the neck and 22 the head. `first(10)` freezes the backbone; `first(22)` leaves the head
/// alone to learn, which is feature extraction.
extension Freezing {
  /// The meaning of `freeze=`: none, a count, a list of indices, or a list of names.
  ///
  /// Returns nil where the value means none of these.
  public init?(_ value: OptionValue) {
    switch value {
    case .none: self = .none
    case .integer, .number:
      guard let count = value.integer, count >= 0 else { return nil }
      self = count == 0 ? .none : .first(count)
    case .text(let name): self = .names([Self.bare(name)])
    case .list(let items):
      if items.isEmpty {
        self = .none
      } else if case let indices = items.compactMap(\.integer), indices.count == items.count {
        guard indices.allSatisfy({ $0 >= 0 }) else { return nil }
        self = .modules(indices)
      } else {
        let names = items.compactMap { if case .text(let name) = $0 { name } else { nil } }
        guard names.count == items.count else { return nil }
        self = .names(names.map(Self.bare))
      }
    case .flag: return nil
    }
  }

  /// The modules that are frozen whole.
  ///
  /// - Parameter count: How many modules the network has.
  /// - Returns: Their indices in ascending order.
  public func modules(of count: Int) -> [Int] {
    switch self {
    case .none, .names: []
    case .first(let frozen): Array(0..<min(frozen, count))
    case .modules(let indices): Set(indices).filter { $0 < count }.sorted()
    }
  }

  /// Whether nothing is left to learn.
  public func freezesEverything(of count: Int) -> Bool { modules(of: count).count >= count }

  /// In words: "nothing", "the first 10 modules", "modules 0, 1, 2", "22.cv2".
  public var words: String {
    switch self {
    case .none: "nothing"
    case .first(let count): count == 1 ? "the first module" : "the first \(count) modules"
    case .modules(let indices): "modules " + indices.map(String.init).joined(separator: ", ")
    case .names(let names): names.joined(separator: ", ")
    }
  }

  /// A name without the "model." that all names share.
  private static func bare(_ name: String) -> String {
    name.hasPrefix("model.") ? String(name.dropFirst(6)) : name
  }
}
