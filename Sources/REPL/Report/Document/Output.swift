/// What a step or a run left in the report.
package enum Output: Equatable, Sendable {
  /// A line or a few, plain text.
  case text(VolatileText)
  /// Markdown that a step emitted: prose inside a loop.
  case emitted(VolatileText)
  /// A table.
  case table(Table)
  /// A picture in a file beside the report.
  case figure(Figure)
  /// Something that went well, but should be known.
  case warning(VolatileText)
  /// Why a step failed, several lines with a caret perhaps.
  case error(VolatileText)
  /// Text whose columns matter, such as a summary.
  case code(Listing)
  /// Long console output, folded.
  case console(Console)
  /// The parameters in force.
  case parameters([Parameter])
  /// What made the report.
  case provenance([ProvenanceEntry])
  /// What another form of the notebook would lose; nobody sees it, and no check compares it.
  case kept(KeptData)
  /// An output of another version, or one that was edited by hand: kept as it stands.
  case unknown(Region)
}

/// Lines between two markers that no known output reads.
package struct Region: Equatable, Sendable {
  /// The word behind `yolos:out`.
  package let kind: String
  /// All lines, the markers included.
  package let lines: [String]
}

/// Something that a program keeps in a report for its own use.
package struct KeptData: Equatable, Sendable {
  /// What it is, a word.
  package var name: String
  /// The data.
  package var content: String

  /// Data under a name.
  package init(name: String, content: String) {
    (self.name, self.content) = (MarkdownText.oneLine(name), content)
  }
}

/// A picture beside the report.
package struct Figure: Equatable, Sendable {
  /// The picture's path, relative to the report.
  package var path: String
  /// What it shows, for those who do not see it.
  package var alternativeText: String
  /// SHA-256 of the picture's bytes.
  package var digest: String
  /// The path of its numbers as CSV, relative to the report.
  package var numbers: String?
  /// SHA-256 of the numbers.
  package var numbersDigest: String?
  /// Whether its numbers, and so the picture, may differ from run to run: times, money.
  package var isVolatile: Bool

  /// A picture, its numbers and both digests.
  package init(
    path: String, alternativeText: String, digest: String, numbers: String? = nil,
    numbersDigest: String? = nil, isVolatile: Bool = false
  ) {
    (self.path, self.digest, self.isVolatile) = (path, digest, isVolatile)
    self.alternativeText = MarkdownText.oneLine(alternativeText)
    (self.numbers, self.numbersDigest) = (numbers, numbersDigest)
  }
}

/// Text set as it is.
package struct Listing: Equatable, Sendable {
  /// The lines, without a newline at the end.
  package var text: String
  /// The language, for highlighting: "text".
  package var language: String
  /// Whether it may differ from run to run.
  package var isVolatile: Bool

  /// Lines set as they are.
  package init(_ text: String, language: String = "text", isVolatile: Bool = false) {
    (self.text, self.language) = (MarkdownText.lines(text), MarkdownText.oneLine(language))
    self.isVolatile = isVolatile
  }
}

/// Console output behind a line to click on.
package struct Console: Equatable, Sendable {
  /// The line to click on, such as "Console output, 112 lines".
  package var title: String
  /// The lines, without a newline at the end.
  package var text: String
  /// Whether it may differ from run to run.
  package var isVolatile: Bool

  /// Folded lines.
  package init(title: String, text: String, isVolatile: Bool) {
    (self.title, self.text) = (MarkdownText.oneLine(title), MarkdownText.lines(text))
    self.isVolatile = isVolatile
  }
}

/// One parameter of a script, as it was in force.
package struct Parameter: Codable, Equatable, Sendable {
  /// Where a value came from.
  package enum Origin: String, Codable, Sendable {
    /// What the command has where nobody says otherwise.
    case `default`
    /// The script.
    case script
    /// `-p` on the command line.
    case commandLine = "command line"
  }

  /// Its name.
  package var name: String
  /// Its value as the language writes it: `100`, `"datasets/toys.yaml"`.
  package var value: String
  /// Where it came from.
  package var origin: Origin

  /// One parameter.
  package init(name: String, value: String, origin: Origin) {
    (self.name, self.value, self.origin) = (name, value, origin)
  }
}

/// One fact about what made the report.
package struct ProvenanceEntry: Equatable, Sendable {
  /// What the fact is about: "engine", "seed".
  package var name: String
  /// The fact.
  package var value: String
  /// Whether it may differ from run to run: CPU, threads, times, paths.
  package var isVolatile: Bool

  /// One fact.
  package init(_ name: String, _ value: String, isVolatile: Bool = false) {
    (self.name, self.value) = (MarkdownText.cell(name), MarkdownText.cell(value))
    self.isVolatile = isVolatile
  }
}
