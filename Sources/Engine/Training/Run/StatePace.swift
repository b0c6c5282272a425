/// When a run writes its state again.
///
/// After every epoch, unless that would take more than a twentieth of the time: of YOLOv8l a state has
/// some 700 MB, and epochs of a small dataset take seconds. A run that is killed loses the epoch it was
/// in, and of those before it no more than a minute.
package struct StatePace: Sendable {
  /// At least so many times the seconds of the last write lie between two of them.
  private let rest: Double
  /// After so many seconds a state is due, whatever it takes.
  private let longest: Double
  private var last: (end: ContinuousClock.Instant, seconds: Double)?

  /// A pace.
  ///
  /// - Parameters:
  ///   - rest: How many times as long as the last write took no other follows.
  ///   - longest: The seconds after which one follows anyhow.
  package init(rest: Double = 20, longest: Double = 60) {
    (self.rest, self.longest) = (rest, longest)
  }

  /// After every epoch.
  package static let everyEpoch = StatePace(rest: 0)

  /// Whether a state is due.
  package func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
    guard let last else { return true }
    return last.end.duration(to: now).inSeconds >= min(longest, rest * last.seconds)
  }

  /// A state was written.
  package mutating func wrote(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant = .now
  ) {
    last = (end, start.duration(to: end).inSeconds)
  }
}
