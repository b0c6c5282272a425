internal import Foundation

/// Compares a recorded report with one that was made afresh from it.
package struct ReportCheck: Equatable, Sendable {
  /// How one block came out.
  package struct Item: Codable, Equatable, Sendable {
    /// The line of the block in the recorded report.
    package let line: Int
    /// The first line of the step or of the prose.
    package let title: String
    /// Whether it is a step; otherwise it is prose with values in it, or an output of the whole
    /// report.
    package let isStep: Bool
    /// What differs; empty where everything came out the same.
    package let differences: [Difference]
  }

  /// One thing that did not come out the same.
  package struct Difference: Codable, Equatable, Sendable {
    /// Where: "table 'Runs', row 2 (s), column 'mAP50'".
    package let place: String
    /// What the report says; nil where it has nothing there.
    package let recorded: String?
    /// What came out now; nil where nothing did.
    package let fresh: String?
  }

  /// Every step, and all else that was generated, in the report's order.
  package let items: [Item]
  /// Whether there are pictures of which only the numbers were compared.
  package let skipsImages: Bool

  /// Whether everything came out the same.
  package var isSame: Bool { items.allSatisfy(\.differences.isEmpty) }

  /// Compares two reports exactly, but for volatile values.
  ///
  /// - Parameters:
  ///   - recorded: The report as it was read.
  ///   - fresh: The report of the run that was made to check it.
  ///   - comparesFigures: Whether pictures must have the same bytes, too. Their numbers must in
  ///     any case; pictures only where both were drawn on the same platform.
  ///   - digestOfFile: The SHA-256 of a file beside the recorded report by its path in the report,
  ///     nil where there is none. Given it, pictures and tables of numbers must be those that the
  ///     report was written with.
  package init(
    recorded: Document, fresh: Document, comparesFigures: Bool,
    digestOfFile: ((String) -> String?)? = nil
  ) {
    skipsImages =
      !comparesFigures
      && recorded.blocks.contains { if case .output(.figure) = $0 { true } else { false } }
    let comparison = OutputComparison(
      comparesFigures: comparesFigures, digestOfFile: digestOfFile)
    let before = Self.units(recorded), after = Self.units(fresh)
    items = (0..<max(before.count, after.count)).compactMap { index in
      let old = index < before.count ? before[index] : nil
      let new = index < after.count ? after[index] : nil
      guard let unit = old ?? new else { return nil }
      let differences = comparison.differences(old, new)
      guard unit.isStep || !unit.outputs.isEmpty || !differences.isEmpty else { return nil }
      return Item(
        line: old?.line ?? 0, title: unit.title, isStep: unit.isStep, differences: differences)
    }
  }

  /// The result for people: a line a step, and below it what differs.
  package var text: String { text(unit: "line") }

  /// The same, places in units of another name: a notebook has cells.
  package func text(unit: String) -> String {
    let lines = items.flatMap { item -> [String] in
      let head = "\(item.differences.isEmpty ? "same     " : "DIFFERENT")  \(item.title)"
      let place = item.line > 0 ? "  (\(unit) \(item.line))" : ""
      return [head + place]
        + item.differences.flatMap { difference in
          [
            "             \(difference.place)",
            "               recorded: \(Self.shown(difference.recorded))",
            "               now:      \(Self.shown(difference.fresh))",
          ]
        }
    }
    let wrong = items.count { !$0.differences.isEmpty }
    let end =
      wrong == 0
      ? "all \(items.count) came out the same"
      : "\(wrong) of \(items.count) did not come out the same"
    let remark =
      "for charts only the numbers were compared, because they were drawn with other libraries or on "
      + "another kind of processor"
    return (lines + (skipsImages ? [remark] : []) + [end]).joined(separator: "\n")
  }

  /// The result for programs, as JSON with sorted keys.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings, whole numbers and booleans cannot fail to encode.
    return (try? encoder.encode(items)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  private static func shown(_ text: String?) -> String {
    guard let text else { return "(nothing)" }
    return text.replacing("\n", with: "\n                         ")
  }

  /// A block that somebody wrote, with what came of it.
  struct Unit: Equatable {
    var line: Int
    var title: String
    var isStep: Bool
    /// What was run, exactly.
    var source: String
    var outputs: [Output]
  }

  /// The document in units; outputs before the first block stand on their own.
  ///
  /// A line that is volatile from end to end counts for nothing: a run that finds a result in the
  /// cache says so, one that computes it does not. Steps that show nothing else are one unit with
  /// the step behind them, whether they share its fence or not.
  private static func units(_ document: Document) -> [Unit] {
    var units: [Unit] = []
    for entry in document.entries {
      switch entry.block {
      case .output(.text(let text)) where text.masked == "…": continue
      case .output(.kept): continue
      case .step(let step):
        if let last = units.last, last.isStep, last.outputs.isEmpty {
          units[units.count - 1].source += "\n" + step.source
          continue
        }
        units.append(
          Unit(
            line: entry.line, title: title(step.source), isStep: true, source: step.source,
            outputs: []))
      case .prose(let prose):
        units.append(
          Unit(
            line: entry.line, title: title(prose.source), isStep: false, source: prose.source,
            outputs: prose.rendered.map { [.emitted($0)] } ?? []))
      case .output(let output):
        let standsAlone = OutputComparison.concernsTheReport(output)
        if standsAlone || units.isEmpty {
          let name = OutputComparison.name(output)
          units.append(
            Unit(line: entry.line, title: name, isStep: false, source: name, outputs: [output]))
        } else {
          units[units.count - 1].outputs.append(output)
        }
      }
    }
    return units
  }

  private static func title(_ source: String) -> String {
    let lines = MarkdownText.lines(of: source).map(String.init)
    let first = lines.first { !$0.allSatisfy(\.isWhitespace) } ?? ""
    return first.count > 72 ? first.prefix(71) + "…" : first
  }
}
