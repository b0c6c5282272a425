/// A table whose cells know whether they may differ from run to run.
package struct Table: Equatable, Sendable {
  /// One column.
  package struct Column: Equatable, Sendable {
    /// Its heading.
    package var name: String
    /// Whether its cells stand at the right, as numbers do.
    package var isNumeric: Bool

    /// One column.
    package init(_ name: String, isNumeric: Bool = false) {
      (self.name, self.isNumeric) = (MarkdownText.cell(name), isNumeric)
    }
  }

  /// One cell.
  package struct Cell: Equatable, Sendable, ExpressibleByStringLiteral {
    /// How it is set.
    package enum Style: Equatable, Sendable {
      /// As the text around it.
      case plain
      /// Strong: the best value.
      case bold
      /// With equal letter widths: names of files, digests.
      case code
    }

    /// What it says.
    package let text: String
    /// How it is set.
    package let style: Style
    /// Whether it may differ from run to run.
    package let isVolatile: Bool

    /// One cell.
    ///
    /// Blanks at the ends are dropped, as Markdown drops them; code that holds a backslash
    /// or a backtick, which Markdown cannot show in a cell, is set plainly.
    package init(_ text: String, style: Style = .plain, isVolatile: Bool = false) {
      self.text = MarkdownText.cell(text)
      let odd = style == .code && self.text.contains { "\\`\n".contains($0) }
      self.style = odd || self.text.isEmpty ? .plain : style
      self.isVolatile = isVolatile
    }

    /// A plain cell that does not differ.
    package init(stringLiteral value: String) { self.init(value) }
  }

  /// What stands above it; empty for nothing.
  package var title: String
  /// The columns.
  package var columns: [Column]
  /// The rows, each as long as ``columns``.
  package var rows: [[Cell]]

  /// A table of at least one column.
  package init(title: String = "", columns: [Column], rows: [[Cell]]) {
    precondition(!columns.isEmpty, "a table needs a column")
    precondition(
      rows.allSatisfy { $0.count == columns.count }, "every row needs \(columns.count) cells")
    (self.title, self.columns, self.rows) = (MarkdownText.oneLine(title), columns, rows)
  }
}
