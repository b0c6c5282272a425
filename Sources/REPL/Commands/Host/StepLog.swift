internal import Files
internal import Report
internal import Training

/// What the steps so far took, and which of their results came from the cache.
package final class StepLog {
  /// One entry a step that has ended.
  package private(set) var records: [StepRecord] = []
  private var current: StepRecord?

  /// A step begins.
  func begin(_ title: String) { current = StepRecord(title: title) }

  /// The step has ended.
  func end() {
    guard var step = current else { return }
    step.finish()
    records.append(step)
    current = nil
  }

  /// A result of the current step was found or computed.
  func note(_ use: CacheUse) { current?.uses.append(use) }

  /// A line for each kind of result that the current step has from the cache.
  ///
  /// A run that computes them shows nothing, so the lines are volatile from end to end.
  var hits: [Rendering] {
    var hits: [(command: String, count: Int, seconds: Double)] = []
    for use in current?.uses ?? [] where use.isHit {
      let place = hits.firstIndex { $0.command == use.command } ?? hits.count
      if place == hits.count { hits.append((use.command, 0, 0)) }
      hits[place].count += 1
      hits[place].seconds += use.seconds
    }
    return hits.map { hit in
      let head = hit.count == 1 ? hit.command : "\(hit.count) × \(hit.command)"
      let text =
        "\(head): cached, \(Wording.duration(hit.seconds)) when "
        + (hit.count == 1 ? "it ran" : "they ran")
      return .text(VolatileText(text, volatilePieces: [text]))
    }
  }
}

/// What one step took.
package struct StepRecord {
  /// The first line of the step.
  package let title: String
  /// Its results that were looked for in the cache.
  package fileprivate(set) var uses: [CacheUse] = []
  /// How long it took.
  package private(set) var seconds = 0.0
  private let start = ContinuousClock.now

  init(title: String) { self.title = title }

  mutating func finish() { seconds = start.duration(to: .now).inSeconds }
}

/// How a result came about: computed, or found.
package struct CacheUse: Sendable {
  /// The command whose result it is.
  package let command: String
  /// The digest of everything that the result depends on.
  let key: Digest
  /// Everything that the result depends on, one thing a line.
  package let ingredients: [String]
  /// Whether the result was found.
  package let isHit: Bool
  /// Why it was not, for people.
  package let reason: String
  /// How long it took when it was computed.
  package let seconds: Double
}
