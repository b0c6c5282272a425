/// Which version of the reference's rules a run follows.
///
/// Option defaults that differ stand in ``OptionTable``; the rules that no option names stand
/// here. Evidence for both: `docs/numerics.md`.
public enum Compatibility: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  /// The rules of Ultralytics 8.4, the default.
  case current = "8.4"
  /// The rules of Ultralytics 8.0.120 of June 2023.
  case classic = "8.0.120"

  /// The version these rules belong to.
  public var description: String { rawValue }

  /// What one epoch is judged by.
  public var fitness: Fitness {
    switch self {
    case .current: Fitness(map50: 0, map50_95: 1)
    case .classic: Fitness(map50: 0.1, map50_95: 0.9)
    }
  }

  /// Whether an epoch that only equals the best one becomes the best epoch, which renews the patience.
  public var tieRenewsPatience: Bool { self == .classic }

  /// Whether a run of no more epochs than `close_mosaic` does without mosaic from its first epoch.
  public var closesMosaicInShortRuns: Bool { self == .current }

  /// Whether warm-up ends before the last epoch and accumulation never exceeds the batches of the run.
  package var capsShortRuns: Bool { self == .current }
}
