internal import Charts
internal import Language
internal import Report

/// Runs, studies or cross-validations side by side, as a value of the language.
struct ComparisonObject: Presentable {
  let table: TableObject
  /// How much better each is than the first.
  let differences: [DifferenceObject]
  /// What has to be known to read the differences.
  let remarks: [String]

  static let objectType = ObjectType(
    "Comparison", "runs, studies or cross-validations side by side; can be used as a Table",
    members: TableObject.objectType.members + [
      .init(
        "differences", .list(.object("Difference")),
        "difference of each to the first, and whether it may be luck")
    ], servesAs: ["Table"])

  func member(_ name: String) throws(Diagnostic) -> Value {
    name == "differences"
      ? .list(differences.map { .object($0) }) : try table.member(name)
  }

  var summary: String { ([table.summary] + differences.map(\.summary)).joined(separator: "; ") }

  var digest: String { ([table.digest] + differences.map(\.digest)).joined(separator: "\n") }

  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    let words = differences.map(\.summary) + remarks
    var all = try table.renderings(after: memory)
    let place = all.firstIndex { if case .chart = $0 { true } else { false } } ?? all.count
    all.insert(contentsOf: words.map { .text(VolatileText($0)) }, at: place)
    return all
  }
}
