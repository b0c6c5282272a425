internal import Layers
internal import Report
internal import Tensors
internal import Training

/// Recorded training steps, taken again and compared: what `yolos replay` shows.
package struct Replay {
  /// Why nothing was compared.
  package struct Failure: Error, CustomStringConvertible {
    /// One line with its place.
    package let description: String
  }

  private let comparisons: [ReplayComparison]

  /// Whether every number agrees within its tolerance.
  package var agrees: Bool { comparisons.allSatisfy(\.agrees) }

  /// Takes every recorded run of a folder again, in the order of their names.
  ///
  /// - Throws: ``Failure`` where the folder is no recording.
  package init(of folder: String, configuration: Workplace.Configuration) throws(Failure) {
    guard let backend = Backends.named(configuration.backend) else {
      throw Failure(description: "unknown backend '\(configuration.backend)'")
    }
    let compute = Compute(pool: ThreadPool(threads: configuration.threads), backend: backend)
    do {
      let record = try RecordedTraining(Paths.absolute(folder))
      comparisons = try record.runs.keys.sorted().map {
        try ReplayComparison(of: $0, in: record, on: compute)
      }
    } catch { throw Failure(description: "\(error)") }
  }

  /// One table for every run, and a verdict.
  package var renderings: [Rendering] {
    let lines = comparisons.flatMap(\.lines), off = lines.count { !$0.agrees }
    let verdict =
      off == 0
      ? "all \(lines.count) comparisons match"
      : "\(off) of \(Wording.number(lines.count, "comparison")) differ"
    return comparisons.map { .table(Self.table($0)) } + [.text(.init(verdict))]
  }

  private static func table(_ comparison: ReplayComparison) -> Table {
    Table(
      title: "run \(comparison.run)",
      columns: [
        .init("compared"), .init("numbers", isNumeric: true),
        .init("largest difference", isNumeric: true), .init("allowed", isNumeric: true),
        .init("agrees"),
      ],
      rows: comparison.lines.map { line in
        [
          .init(line.what), .init(Wording.count(line.count)),
          .init(Wording.scientific(line.largest)),
          .init(Wording.scientific(line.tolerance)),
          line.agrees ? "yes" : .init("no", style: .bold),
        ]
      })
  }
}
