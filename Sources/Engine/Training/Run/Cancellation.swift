internal import Synchronization

/// A request to end a run, made from any thread: first gently, then at once.
public final class Cancellation: Sendable {
  /// How urgent the request is.
  public enum Level: Int, Comparable, Sendable {
    /// Nobody asked.
    case none
    /// End after the present batch, validate, and keep a usable partial run.
    case afterBatch
    /// End at once; what was saved last is kept.
    case atOnce

    /// Less urgent first.
    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private let requests = Atomic<Int>(0)

  /// A token nobody has asked yet.
  public init() {}

  /// Asks for the end; a second request asks for it at once.
  ///
  /// Safe in a signal handler.
  public func request() { requests.wrappingAdd(1, ordering: .relaxed) }

  /// What has been asked for.
  public var level: Level {
    Level(rawValue: min(requests.load(ordering: .relaxed), 2)) ?? .atOnce
  }
}
