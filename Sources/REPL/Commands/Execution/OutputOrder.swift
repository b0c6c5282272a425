internal import Language

/// Keeps what steps put out in the script's order: whatever follows a job that is not done waits for it.
///
/// Where no job is outstanding everything happens at once, so a plain run knows nothing of it.
final class OutputOrder {
  /// A job whose result belongs between what was put out before it and after it.
  protocol Place: AnyObject {
    /// Whether the job has ended, well or not.
    var hasEnded: Bool { get }
    /// Shows what the job had to say, and notes where its result came from.
    ///
    /// - Throws: What the job failed with.
    func take() throws(Diagnostic)
  }

  private enum Entry {
    case effect(() -> Void)
    case job(any Place)
  }

  private var entries: [Entry] = []
  /// Whether an entry is being taken: what it puts out has its place already.
  private(set) var isPerforming = false

  /// Whether nothing waits.
  var isEmpty: Bool { entries.isEmpty }

  /// Does something that can be seen, once all that was to be seen before it is there.
  func perform(_ effect: @escaping () -> Void) {
    if entries.isEmpty || isPerforming { effect() } else { entries.append(.effect(effect)) }
  }

  /// Keeps a place for a job; what follows waits for it.
  func keep(_ place: any Place) { entries.append(.job(place)) }

  /// Does whatever waits for no job that is still running.
  ///
  /// - Throws: What a job failed with; what should have followed it is forgotten, as in a run that
  ///   ends there.
  func advance() throws(Diagnostic) {
    guard !isPerforming else { return }
    isPerforming = true
    defer { isPerforming = false }
    while let entry = entries.first {
      switch entry {
      case .effect(let effect):
        entries.removeFirst()
        effect()
      case .job(let place):
        guard place.hasEnded else { return }
        entries.removeFirst()
        do { try place.take() } catch {
          entries = []
          throw error
        }
      }
    }
  }
}
