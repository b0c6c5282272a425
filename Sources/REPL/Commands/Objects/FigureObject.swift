internal import Charts
internal import Files
internal import Language

/// One or several charts as a value of the language.
struct FigureObject: Presentable {
  let charts: [Chart]
  /// What the files are called, without number and ending.
  let name: String

  static let objectType = ObjectType(
    "Figure", "charts or images that a command drew",
    members: [.init("title", .string, "title of the first")])

  func member(_ name: String) throws(Diagnostic) -> Value { .string(charts.first?.title ?? "") }

  var summary: String { "figure '\(charts.map(\.title).joined(separator: "', '"))'" }

  var digest: String {
    Digest(of: charts.map { $0.title + "\n" + $0.numbers.csv }.joined(separator: "\n")).description
  }

  func renderings(after memory: DisplayMemory) throws(Diagnostic) -> [Rendering] {
    charts.map { .chart($0, name: name) }
  }
}
