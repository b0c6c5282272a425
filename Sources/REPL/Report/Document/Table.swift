/// A table whose cells know whether they may differ from run to run.
public struct Table: Equatable, Sendable {
  /// One column.
  public struct Column: Equatable, Sendable {
    /// Its heading.
    public var name: String
    /// Whether its cells stand at the right, as numbers do.
    public var isNumeric: Bool

    /// One column.
    public init(_ name: String, isNumeric: Bool = false) {
      (self.name, self.isNumeric) = (MarkdownText.cell(name), isNumeric)
    }
  }

  /// One cell.
  public struct Cell: Equatable, Sendable, ExpressibleByStringLiteral {
    /// How it is set.
    public enum Style: Equatable, Sendable {
      /// As the text around it.
      case plain
      /// Strong: the best value.
      case bold
      /// With equal letter widths: names of files, digests.
      case code
    }

    /// What it says.
    public let text: String
    /// How it is set.
    public let style: Style
    /// Whether it may differ from run to run.
    public let isVolatile: Bool

    /// One cell.
    ///
    /// Blanks at the ends are dropped, as Markdown drops them; code that holds a backslash
    /// or a backtick, which Markdown cannot show in a cell, is set plainly.
    public init(_ text: String, style: Style = .plain, isVolatile: Bool = false) {
      self.text = MarkdownText.cell(text)
      let odd = style == .code && self.text.contains { "\\`\n".contains($0) }
      self.style = odd || self.text.isEmpty ? .plain : style
      self.isVolatile = isVolatile
    }

    /// A plain cell that does not differ.
    public init(stringLiteral value: String) { self.init(value) }
  }

  /// What stands above it; empty for nothing.
  public var title: String
  /// The columns.
  public var columns: [Column]
  /// The rows, each as long as ``columns``.
  public var rows: [[Cell]]

  /// A table of at least one column.
  public init(title: String = "", columns: [Column], rows: [[Cell]]) {
    precondition(!columns.isEmpty, "a table needs a column")
    precondition(
      rows.allSatisfy { $0.count == columns.count }, "every row needs \(columns.count) cells")
    (self.title, self.columns, self.rows) = (MarkdownText.oneLine(title), columns, rows)
  }
}
