/// Reads notebooks and reports: Markdown whose `yolos` fences are steps and whose markers hold what
/// was generated.
///
/// Total: any text is a document, and writing it again gives the same bytes. What looks wrong is
/// told.
package struct MarkdownReader {
  /// Something in the text that the writer may not have meant.
  package struct Problem: Equatable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// What is wrong, and what was made of it.
    package let message: String
  }

  private let lines: [Substring]
  private var position = 0
  private var blankLines = 0
  private var entries: [Document.Entry] = []
  private var problems: [Problem] = []

  private init(_ text: String) { lines = MarkdownText.lines(of: text) }

  /// Reads a text.
  package static func document(_ text: String) -> (document: Document, problems: [Problem]) {
    let scalars = text.unicodeScalars
    let newlines = scalars.count { $0 == "\n" }
    let pairs = zip(scalars, scalars.dropFirst()).count { $0 == "\r" && $1 == "\n" }
    let returns = newlines > 0 && pairs == newlines && scalars.count { $0 == "\r" } == pairs
    let plain = returns ? String(String.UnicodeScalarView(scalars.filter { $0 != "\r" })) : text
    let end = plain.unicodeScalars.reversed().prefix { $0 == "\n" }.count
    var reader = MarkdownReader(String(plain.unicodeScalars.dropLast(end)))
    reader.readAll()
    var document = Document()
    (document.entries, document.finalNewlines) = (reader.entries, end)
    document.hasCarriageReturns = returns
    return (document, reader.problems)
  }

  private mutating func readAll() {
    while position < lines.count {
      let line = lines[position]
      if line.isEmpty {
        // The last line is empty only where the whole text is: newlines at the end were taken off.
        if position < lines.count - 1 { blankLines += 1 }
        position += 1
      } else if let marker = Marker(opening: line) {
        readRegion(marker)
      } else if let fence = Fence(opening: line) {
        readFence(fence)
      } else {
        readParagraph()
      }
    }
  }

  private mutating func add(_ block: Document.Block, lines count: Int) {
    entries.append(.init(block, blankLines: blankLines, line: position + 1))
    blankLines = 0
    position += count
  }

  private mutating func readRegion(_ marker: Marker) {
    let rest = lines[(position + 1)...]
    let end = rest.firstIndex { Marker.isMarker($0) }
    guard let end, lines[end] == marker.closing else {
      problems.append(
        Problem(
          line: position + 1,
          message: "this marker has no '\(marker.closing)'; it is read as prose"))
      readParagraph()
      return
    }
    let region = lines[position...end]
    let block = OutputReader.block(marker, region.map { $0 })
    if case .output(.unknown) = block {
      problems.append(
        Problem(
          line: position + 1,
          message: "this output was edited or comes from another version; it is kept unchanged"))
    }
    add(block, lines: region.count)
  }

  private mutating func readFence(_ fence: Fence) {
    let opening = lines[position]
    let inside = lines[(position + 1)...].prefix { !fence.isClosed(by: $0) }
    let closing = inside.endIndex < lines.count ? lines[inside.endIndex] : nil
    let whole = lines[position..<(inside.endIndex + (closing == nil ? 0 : 1))]
    if closing == nil {
      problems.append(Problem(line: position + 1, message: "this fence is never closed"))
    }
    guard fence.info.prefix(while: { $0 != " " }) == "yolos" else {
      add(.prose(Prose(whole.joined(separator: "\n"))), lines: whole.count)
      return
    }
    var step = Step(inside.map { String(fence.content($0)) }.joined(separator: "\n"))
    let written = MarkdownWriter.lines(.step(step))
    if written != whole.map(String.init) {
      step.opening = String(opening)
      step.closing = closing.map(String.init) ?? ""
    }
    // Lines that are less indented than their fence cannot be written again: such a step is prose.
    guard MarkdownWriter.lines(.step(step)) == whole.map(String.init) else {
      problems.append(
        Problem(
          line: position + 1,
          message: "the lines of this step are less indented than its fence; it is read as prose"))
      add(.prose(Prose(whole.joined(separator: "\n"))), lines: whole.count)
      return
    }
    add(.step(step), lines: whole.count)
  }

  /// Lines up to the next blank one, fence or marker.
  private mutating func readParagraph() {
    let rest = lines[(position + 1)...].prefix {
      !$0.isEmpty && Marker(opening: $0) == nil && Fence(opening: $0) == nil
    }
    let all = ([lines[position]] + rest).map(String.init)
    var prose = Prose(all.joined(separator: "\n"))
    prose.isVerbatim = SafeProse.lines(prose.source) != all
    add(.prose(prose), lines: all.count)
  }
}
