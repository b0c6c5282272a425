/// The numbers behind a picture, as comma-separated values (RFC 4180, lines ended by a newline
/// alone).
public struct NumberTable: Equatable, Sendable {
  /// One value of a table.
  public enum Cell: Equatable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A number, written with as many digits as give it back exactly; empty where not finite.
    case number(Double)
    /// A whole number.
    case count(Int)
    /// A name.
    case text(String)
    /// Nothing.
    case empty

    /// A name.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .count(value) }
  }

  /// The names of the columns.
  public let columns: [String]
  /// The rows, each as long as ``columns``.
  public private(set) var rows: [[Cell]]

  /// A table from its columns and rows.
  public init(columns: [String], rows: [[Cell]] = []) {
    precondition(
      rows.allSatisfy { $0.count == columns.count }, "every row needs \(columns.count) cells")
    (self.columns, self.rows) = (columns, rows)
  }

  /// Adds a row.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row needs \(columns.count) cells")
    rows.append(row)
  }

  /// The table as text.
  public var csv: String {
    let lines = [columns.map(Self.quoted)] + rows.map { $0.map(Self.text) }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func text(_ cell: Cell) -> String {
    switch cell {
    case .number(let value):
      guard value.isFinite else { return "" }
      let text = "\(value)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    case .count(let count): return String(count)
    case .text(let text): return quoted(text)
    case .empty: return ""
    }
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard needsQuotes else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}
