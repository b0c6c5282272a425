/// A report, or any notebook in Markdown: prose, steps and what the steps gave.
package struct Document: Equatable, Sendable {
  /// One block and where it stands.
  package struct Entry: Equatable, Sendable {
    /// What stands there.
    package var block: Block
    /// Blank lines before it.
    package var blankLines: Int
    /// The line of its first character when it was read, from 1; 0 where it was made.
    package var line: Int

    /// A block in its place.
    package init(_ block: Block, blankLines: Int = 1, line: Int = 0) {
      (self.block, self.blankLines, self.line) = (block, blankLines, line)
    }

    /// Equal blocks at equal distance; the line they were read from does not matter.
    package static func == (a: Entry, b: Entry) -> Bool {
      a.block == b.block && a.blankLines == b.blankLines
    }
  }

  /// One part of a document.
  package enum Block: Equatable, Sendable {
    /// Markdown that somebody wrote.
    case prose(Prose)
    /// A step to run.
    case step(Step)
    /// What was generated.
    case output(Output)
  }

  /// The blocks from top to bottom.
  package var entries: [Entry]
  /// Line ends at the end of the text; 1 in what we write.
  package var finalNewlines: Int
  /// Whether lines end with a carriage return and a newline.
  package var hasCarriageReturns: Bool

  /// A document of blocks, one blank line apart.
  package init(_ blocks: [Block] = []) {
    (entries, finalNewlines, hasCarriageReturns) = ([], 1, false)
    for block in blocks { append(block) }
  }

  /// The blocks from top to bottom.
  package var blocks: [Block] { entries.map(\.block) }

  /// Adds a block at the end.
  package mutating func append(_ block: Block) {
    entries.append(Entry(block, blankLines: entries.isEmpty ? 0 : 1))
  }

  /// The document as somebody wrote it: without outputs, and prose with its interpolations.
  package var source: Document {
    var result = self
    result.entries = entries.compactMap { entry in
      switch entry.block {
      case .prose(let prose):
        Entry(.prose(Prose(prose.source)), blankLines: entry.blankLines, line: entry.line)
      case .step: entry
      case .output: nil
      }
    }
    return result
  }

  /// A fact of the provenance by its name, nil where the report has none.
  package func fact(_ name: String) -> String? {
    for case .output(.provenance(let facts)) in blocks {
      if let fact = facts.first(where: { $0.name == name }) { return fact.value }
    }
    return nil
  }

  /// The text of the first heading of the first level; nil where there is none.
  package var title: String? {
    for case .prose(let prose) in blocks {
      let text = prose.rendered?.text ?? prose.source
      let line = text.split(separator: "\n").first ?? ""
      if line.hasPrefix("# ") { return String(line.dropFirst(2)) }
    }
    return nil
  }

  /// The parameters in force when the report was written.
  package var parameters: [Parameter] {
    entries.reduce(into: []) { all, entry in
      if case .output(.parameters(let some)) = entry.block { all += some }
    }
  }
}

/// One paragraph of prose, or one fence of another language.
package struct Prose: Equatable, Sendable {
  /// The Markdown as it was written, interpolations and all, without a newline at the end.
  package var source: String
  /// The Markdown with the values put in; nil where nothing was to be put in.
  package var rendered: VolatileText?

  /// Whether it was read with something like a marker in it, and must be written just so.
  var isVerbatim = false

  /// Prose as it was written, and what became of it.
  package init(_ source: String, rendered: VolatileText? = nil) {
    (self.source, self.rendered) = (source, rendered)
  }
}

/// One or several statements in a fence.
package struct Step: Equatable, Sendable {
  /// The statements, without the fence, without a newline at the end.
  package var source: String
  /// The first line of the fence; nil for the usual one.
  package var opening: String?
  /// The last line of the fence; nil for the usual one, empty where the text ended before it.
  package var closing: String?

  /// A step in a fence of its own.
  package init(_ source: String) { (self.source, opening, closing) = (source, nil, nil) }
}

/// Text of which some pieces may differ from run to run: times, memory, money, paths.
package struct VolatileText: Equatable, Sendable, ExpressibleByStringLiteral {
  /// The whole text.
  package var text: String
  /// The pieces that may differ, in the order in which they stand in the text.
  package var volatilePieces: [String]

  /// A text with its pieces that may differ.
  package init(_ text: String, volatilePieces: [String] = []) {
    self.text = text
    self.volatilePieces = volatilePieces.filter { !$0.isEmpty }
  }

  /// A text that never differs.
  package init(stringLiteral value: String) { self.init(value) }

  /// The text with every volatile piece replaced by "…".
  package var masked: String {
    var result = "", rest = Substring(text)
    for piece in volatilePieces {
      guard let range = rest.firstRange(of: piece) else { continue }
      result += rest[..<range.lowerBound] + "…"
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
