/// Remembers the best epoch and says when waiting for a better one is over.
///
/// Two memories are kept apart, as in the reference: an epoch that equals the best is saved as the best
/// checkpoint, but renews the patience under the classic rules alone.
public struct EarlyStopping: Equatable, Codable, Sendable {
  /// What one epoch means for the run.
  public struct Verdict: Equatable, Sendable {
    /// The epoch is at least as good as all before: its weights become the best checkpoint.
    public let isBest: Bool
    /// The next epoch may be the last, if it is not better.
    public let mayStop: Bool
    /// Training ends here.
    public let stops: Bool
  }

  /// Epochs without a better one after which training ends; 0 for never.
  public let patience: Int
  /// The epoch from which patience is counted, from 1; 0 before the first.
  public private(set) var bestEpoch = 0
  /// The fitness of that epoch.
  public private(set) var best = 0.0
  /// The latest epoch that was at least as good as all before, whose weights are the best checkpoint;
  /// 0 before the first.
  public private(set) var savedEpoch = 0
  private let tieRenewsPatience: Bool
  private var saved: Double?
  private var mayStop = false

  /// Before the first epoch.
  public init(patience: Int, tieRenewsPatience: Bool = false) {
    (self.patience, self.tieRenewsPatience) = (patience, tieRenewsPatience)
  }

  /// Whether training has ended with an epoch that was taken before: a resumed run asks again.
  public func isOver(after epoch: Int) -> Bool {
    saved != nil && patience > 0 && epoch - bestEpoch >= patience
  }

  /// Takes the fitness of a finished epoch.
  ///
  /// - Parameters:
  ///   - epoch: Counted from 1.
  ///   - fitness: None where the epoch was not validated; it then changes nothing.
  /// - Returns: What the epoch means for the run.
  public mutating func record(epoch: Int, fitness: Double?) -> Verdict {
    guard let fitness else { return Verdict(isBest: false, mayStop: mayStop, stops: false) }
    let isBest = fitness >= saved ?? -.infinity
    if isBest { (saved, savedEpoch) = (fitness, epoch) }
    if fitness > best || best == 0 || (tieRenewsPatience && fitness == best) {
      (bestEpoch, best) = (epoch, fitness)
    }
    let waited = epoch - bestEpoch
    mayStop = patience > 0 && waited >= patience - 1
    return Verdict(isBest: isBest, mayStop: mayStop, stops: patience > 0 && waited >= patience)
  }
}
