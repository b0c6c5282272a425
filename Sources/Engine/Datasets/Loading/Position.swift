internal import Synchronization

/// Counts what was handed out.
final class Position: Sendable {
  private let count = Atomic<Int>(0)

  /// The number of earlier calls.
  func advance() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
