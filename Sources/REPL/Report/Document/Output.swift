/// What a step or a run left in the report.
public enum Output: Equatable, Sendable {
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
public struct Region: Equatable, Sendable {
  /// The word behind `yolos:out`.
  public let kind: String
  /// All lines, the markers included.
  public let lines: [String]
}

/// Something that a program keeps in a report for its own use.
public struct KeptData: Equatable, Sendable {
  /// What it is, a word.
  public var name: String
  /// The data.
  public var content: String

  /// Data under a name.
  public init(name: String, content: String) {
    (self.name, self.content) = (MarkdownText.oneLine(name), content)
  }
}

/// A picture beside the report.
public struct Figure: Equatable, Sendable {
  /// The picture's path, relative to the report.
  public var path: String
  /// What it shows, for those who do not see it.
  public var alternativeText: String
  /// SHA-256 of the picture's bytes.
  public var digest: String
  /// The path of its numbers as CSV, relative to the report.
  public var numbers: String?
  /// SHA-256 of the numbers.
  public var numbersDigest: String?
  /// Whether its numbers, and so the picture, may differ from run to run: times, money.
  public var isVolatile: Bool

  /// A picture, its numbers and both digests.
  public init(
    path: String, alternativeText: String, digest: String, numbers: String? = nil,
    numbersDigest: String? = nil, isVolatile: Bool = false
  ) {
    (self.path, self.digest, self.isVolatile) = (path, digest, isVolatile)
    self.alternativeText = MarkdownText.oneLine(alternativeText)
    (self.numbers, self.numbersDigest) = (numbers, numbersDigest)
  }
}

/// Text set as it is.
public struct Listing: Equatable, Sendable {
  /// The lines, without a newline at the end.
  public var text: String
  /// The language, for highlighting: "text".
  public var language: String
  /// Whether it may differ from run to run.
  public var isVolatile: Bool

  /// Lines set as they are.
  public init(_ text: String, language: String = "text", isVolatile: Bool = false) {
    (self.text, self.language) = (MarkdownText.lines(text), MarkdownText.oneLine(language))
    self.isVolatile = isVolatile
  }
}

/// Console output behind a line to click on.
public struct Console: Equatable, Sendable {
  /// The line to click on, such as "Console output, 112 lines".
  public var title: String
  /// The lines, without a newline at the end.
  public var text: String
  /// Whether it may differ from run to run.
  public var isVolatile: Bool

  /// Folded lines.
  public init(title: String, text: String, isVolatile: Bool) {
    (self.title, self.text) = (MarkdownText.oneLine(title), MarkdownText.lines(text))
    self.isVolatile = isVolatile
  }
}

/// One parameter of a script, as it was in force.
public struct Parameter: Codable, Equatable, Sendable {
  /// Where a value came from.
  public enum Origin: String, Codable, Sendable {
    /// What the command has where nobody says otherwise.
    case `default`
    /// The script.
    case script
    /// `-p` on the command line.
    case commandLine = "command line"
  }

  /// Its name.
  public var name: String
  /// Its value as the language writes it: `100`, `"datasets/toys.yaml"`.
  public var value: String
  /// Where it came from.
  public var origin: Origin

  /// One parameter.
  public init(name: String, value: String, origin: Origin) {
    (self.name, self.value, self.origin) = (name, value, origin)
  }
}

/// One fact about what made the report.
public struct ProvenanceEntry: Equatable, Sendable {
  /// What the fact is about: "engine", "seed".
  public var name: String
  /// The fact.
  public var value: String
  /// Whether it may differ from run to run: CPU, threads, times, paths.
  public var isVolatile: Bool

  /// One fact.
  public init(_ name: String, _ value: String, isVolatile: Bool = false) {
    (self.name, self.value) = (MarkdownText.cell(name), MarkdownText.cell(value))
    self.isVolatile = isVolatile
  }
}
