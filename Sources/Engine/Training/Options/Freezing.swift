/// Which parts of a network keep their weights.
///
/// Modules are numbered as in the architecture's list: YOLOv8 has 23, of which 0 to 9 are the backbone,
/// 10 to 21 the neck and 22 the head. `first(10)` freezes the backbone; `first(22)` leaves the head
/// alone to learn, which is feature extraction.
public enum Freezing: Equatable, Sendable, CustomStringConvertible {
  /// Everything learns.
  case nothing
  /// The modules 0..<count.
  case first(Int)
  /// The modules of a list.
  case modules([Int])
  /// Whatever lies below one of these names, such as "22.cv2" or "model.22.cv2".
  case names([String])

  /// The meaning of `freeze=`: none, a count, a list of indices, or a list of names.
  ///
  /// Returns nil where the value means none of these.
  public init?(_ value: OptionValue) {
    switch value {
    case .none: self = .nothing
    case .integer, .number:
      guard let count = value.integer, count >= 0 else { return nil }
      self = count == 0 ? .nothing : .first(count)
    case .text(let name): self = .names([name])
    case .list(let items):
      if items.isEmpty {
        self = .nothing
      } else if case let indices = items.compactMap(\.integer), indices.count == items.count {
        guard indices.allSatisfy({ $0 >= 0 }) else { return nil }
        self = .modules(indices)
      } else {
        let names = items.compactMap { if case .text(let name) = $0 { name } else { nil } }
        guard names.count == items.count else { return nil }
        self = .names(names)
      }
    case .flag: return nil
    }
  }

  /// Whether a parameter of a checkpoint's name, for example "model.0.conv.weight", keeps its value.
  ///
  /// The fixed weights of the head's integral ("dfl") never learn.
  public func freezes(_ parameter: String) -> Bool {
    parameter.contains(".dfl.") || prefixes.contains { parameter.hasPrefix($0) }
  }

  /// The modules that are frozen whole.
  ///
  /// - Parameter count: How many modules the network has.
  /// - Returns: Their indices in ascending order.
  public func modules(of count: Int) -> [Int] {
    switch self {
    case .nothing, .names: []
    case .first(let frozen): Array(0..<min(frozen, count))
    case .modules(let indices): Set(indices).filter { $0 < count }.sorted()
    }
  }

  /// Whether nothing is left to learn.
  public func freezesEverything(of count: Int) -> Bool { modules(of: count).count >= count }

  /// In words: "nothing", "the first 10 modules", "modules 0, 1, 2", "22.cv2".
  public var description: String {
    switch self {
    case .nothing: "nothing"
    case .first(let count): count == 1 ? "the first module" : "the first \(count) modules"
    case .modules(let indices): "modules " + indices.map(String.init).joined(separator: ", ")
    case .names(let names): names.joined(separator: ", ")
    }
  }

  private var prefixes: [String] {
    switch self {
    case .nothing: []
    case .first(let count): (0..<count).map { "model.\($0)." }
    case .modules(let indices): indices.map { "model.\($0)." }
    case .names(let names):
      names.map { name in
        let full = name.hasPrefix("model.") ? name : "model." + name
        return full.hasSuffix(".") ? full : full + "."
      }
    }
  }
}
