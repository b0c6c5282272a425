/// What became of old knowledge after training on new data: an old dataset scored before and after.
///
/// A class is *kept* where its mAP50 afterwards is at least 0.9 of that before, *weakened* from 0.5 of it,
/// and *forgotten* below. A class that the old model hardly knew (mAP50 below 0.1) cannot be forgotten.
public struct Forgetting: Equatable, Sendable, CustomStringConvertible {
  /// What became of one class.
  public enum Fate: String, Equatable, Sendable {
    /// At least 0.9 of the score is left.
    case kept
    /// At least half of the score is left.
    case weakened
    /// Less than half of the score is left, or the new model has no such class.
    case forgotten
    /// The old model hardly knew it either.
    case neverKnown = "never known"
  }

  /// One class before and after.
  public struct ClassFate: Equatable, Sendable {
    /// The class.
    public let name: String
    /// mAP50 of the old model, and of the new one; nil where it has no such class.
    public let before: Double, after: Double?
    /// What became of it.
    public let fate: Fate
  }

  /// The classes in the old dataset's order.
  public let classes: [ClassFate]

  /// Judges every class of the old dataset.
  ///
  /// - Parameters:
  ///   - before: Classes and their mAP50 under the old model.
  ///   - after: The same under the new model; classes it does not have are left out.
  public init(before: [(name: String, map50: Double)], after: [(name: String, map50: Double)]) {
    classes = before.map { name, old in
      let new = after.first { $0.name == name }?.map50
      let fate: Fate
      if old < 0.1 {
        fate = .neverKnown
      } else {
        let kept = (new ?? 0) / old
        fate = kept >= 0.9 ? .kept : kept >= 0.5 ? .weakened : .forgotten
      }
      return ClassFate(name: name, before: old, after: new, fate: fate)
    }
  }

  /// In one sentence, the forgotten first.
  public var description: String {
    guard !classes.isEmpty else { return "The earlier dataset has no classes." }
    let parts = [Fate.forgotten, .weakened, .kept, .neverKnown].compactMap { fate -> String? in
      let names = classes.filter { $0.fate == fate }.map { item in
        let after = item.after.map(thousandths) ?? "no such class"
        return "\(item.name) (mAP50 \(thousandths(item.before)) → \(after))"
      }
      return names.isEmpty ? nil : "\(fate.rawValue): \(names.joined(separator: ", "))"
    }
    let text = parts.joined(separator: "; ")
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
