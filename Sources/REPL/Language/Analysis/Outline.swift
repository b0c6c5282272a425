/// What an editor shows beside a text: its headings, and what can be folded.
package struct Outline: Sendable {
  /// A heading of the prose.
  package struct Heading: Equatable, Sendable {
    /// 1 for the title, up to 6.
    package let level: Int
    /// Its text.
    package let title: String
    /// Its line.
    package let span: Span
  }

  /// Lines that can be folded away, all but the first.
  package struct Fold: Equatable, Sendable {
    /// The first line, from 1.
    package let first: Int
    /// The last line, from 1.
    package let last: Int
    /// Whether a run generated them.
    package let isGenerated: Bool
  }

  /// The headings in order.
  package let headings: [Heading]
  /// What can be folded, in the order of the first lines.
  package let folds: [Fold]

  /// Looks at a text; it need not be a program.
  package init(_ source: SourceText, notation: Notation) {
    headings = Self.headings(of: source, notation)
    folds =
      (Self.sections(headings, in: source) + Self.brackets(of: source, notation)
      + Self.regions(of: source, notation)).sorted {
        ($0.first, -$0.last) < ($1.first, -$1.last)
      }
  }

  // MARK: Headings

  private static func headings(of source: SourceText, _ notation: Notation) -> [Heading] {
    notation.segments(of: source).sorted { $0.span.lower < $1.span.lower }.flatMap { segment in
      switch segment {
      case .prose(let span): headings(in: MarkdownProse(source, span: span))
      case .steps(let span): headings(inSteps: span, of: source)
      }
    }
  }

  private static func headings(inSteps span: Span, of source: SourceText) -> [Heading] {
    var lexer = Lexer(source, span: span)
    lexer.run()
    var blocks: [[Span]] = []
    var lastLine = -1
    for token in lexer.tokens where token.kind == .prose {
      let line = source.line(at: token.span.lower)
      let upper = source.span(ofLine: line).upper
      let text = Span(min(token.span.lower + (token.span.count > 1 ? 2 : 1), upper), upper)
      if line == lastLine + 1 {
        blocks[blocks.count - 1].append(text)
      } else {
        blocks.append([text])
      }
      lastLine = line
    }
    return blocks.flatMap { headings(in: MarkdownProse(source, lines: $0)) }
  }

  private static func headings(in prose: MarkdownProse) -> [Heading] {
    let code = prose.codeSpans
    var next = 0
    return prose.lines.compactMap { line in
      while next < code.count, code[next].upper <= line.lower { next += 1 }
      if next < code.count, code[next].lower <= line.lower, line.count > 0 { return nil }
      let bytes = prose.source.utf8[line.lower..<line.upper]
      let level = bytes.prefix { $0 == UInt8(ascii: "#") }.count
      guard (1...6).contains(level), bytes.dropFirst(level).first == UInt8(ascii: " ") else {
        return nil
      }
      let title = prose.source[Span(line.lower + level, line.upper)]
      let trimmed = title.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "#" }.reversed()
      return Heading(level: level, title: String(trimmed), span: line)
    }
  }

  // MARK: Folds

  /// A heading with all lines up to the next one of its level or above.
  private static func sections(_ headings: [Heading], in source: SourceText) -> [Fold] {
    var open: [(level: Int, line: Int)] = []
    var folds: [Fold] = []
    func close(_ section: (level: Int, line: Int), before line: Int) {
      var last = line - 1
      while last > section.line, isBlank(last, of: source) { last -= 1 }
      if last > section.line {
        folds.append(Fold(first: section.line, last: last, isGenerated: false))
      }
    }
    for heading in headings {
      let line = source.line(at: heading.span.lower)
      while let section = open.last, section.level >= heading.level {
        close(open.removeLast(), before: line)
      }
      open.append((heading.level, line))
    }
    for section in open { close(section, before: source.lineCount + 1) }
    return folds
  }

  private static func isBlank(_ line: Int, of source: SourceText) -> Bool {
    let span = source.span(ofLine: line)
    return source.utf8[span.lower..<span.upper].allSatisfy {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "#")
    }
  }

  /// Brackets and blocks of several lines.
  private static func brackets(of source: SourceText, _ notation: Notation) -> [Fold] {
    var folds: [Fold] = []
    for case .steps(let span) in notation.segments(of: source) {
      var lexer = Lexer(source, span: span)
      lexer.run()
      var open: [Int] = []
      for token in lexer.tokens where token.kind == .symbol {
        switch token.text {
        case "(", "[", "{": open.append(source.line(at: token.span.lower))
        case ")", "]", "}":
          guard let first = open.popLast() else { continue }
          let line = source.line(at: token.span.lower)
          // The line of a brace stays visible, so that the block's end is seen.
          let last = token.text == "}" ? line - 1 : line
          if last > first { folds.append(Fold(first: first, last: last, isGenerated: false)) }
        default: break
        }
      }
    }
    return folds
  }

  /// What a run generated, marker by marker.
  private static func regions(of source: SourceText, _ notation: Notation) -> [Fold] {
    guard case .markdown = notation else { return [] }
    var folds: [Fold] = []
    var first: Int?
    for line in 1...source.lineCount {
      let span = source.span(ofLine: line)
      let bytes = source.utf8[span.lower..<span.upper]
      if bytes.starts(with: "<!-- yolos:out".utf8) {
        first = line
      } else if bytes.starts(with: "<!-- yolos:end".utf8), let start = first {
        folds.append(Fold(first: start, last: line, isGenerated: true))
        first = nil
      }
    }
    return folds
  }
}

extension Segment {
  /// Where it stands.
  package var span: Span {
    switch self {
    case .prose(let span), .steps(let span): span
    }
  }
}
