/// A stretch of Markdown prose, line by line, without the signs that made it prose.
struct MarkdownProse {
  let source: SourceText
  /// Each line's bytes.
  let lines: [Span]

  init(_ source: SourceText, lines: [Span]) {
    (self.source, self.lines) = (source, lines)
  }

  /// Takes the lines of a span as they stand.
  init(_ source: SourceText, span: Span) {
    let (first, last) = (
      source.line(at: span.lower), source.line(at: max(span.lower, span.upper - 1))
    )
    self.init(source, lines: (first...last).map { source.span(ofLine: $0) })
  }

  var text: String { lines.map { source[$0] }.joined(separator: "\n") }

  var span: Span {
    guard let first = lines.first, let last = lines.last else { return Span(0, 0) }
    return Span(first.lower, last.upper)
  }

  var isBlank: Bool {
    lines.allSatisfy { line in
      source.utf8[line.lower..<line.upper].allSatisfy { $0 == 32 || $0 == 9 }
    }
  }

  /// The bytes of inline code, of fenced code and of HTML comments, in order.
  ///
  /// Inline code runs from some backticks to as many backticks, over lines but not over a blank
  /// one; a fence runs from three or more backticks or tildes to as many on a line of their own.
  var codeSpans: [Span] {
    var spans: [Span] = []
    var fence: (sign: UInt8, count: Int)?
    var paragraph: [Span] = []
    for line in lines {
      let mark = Notation.fence(source.utf8[line.lower..<line.upper])
      if let open = fence {
        spans.append(line)
        if let mark, mark.sign == open.sign, mark.count >= open.count, mark.info.isEmpty {
          fence = nil
        }
      } else if let mark {
        spans += inlineCode(paragraph)
        paragraph = []
        spans.append(line)
        fence = (mark.sign, mark.count)
      } else if source.utf8[line.lower..<line.upper].allSatisfy({ $0 == 32 || $0 == 9 }) {
        spans += inlineCode(paragraph)
        paragraph = []
      } else {
        paragraph.append(line)
      }
    }
    return spans + inlineCode(paragraph)
  }

  /// The runs of backticks of a paragraph, paired by their length.
  private func inlineCode(_ lines: [Span]) -> [Span] {
    var runs: [(span: Span, count: Int)] = []
    for line in lines {
      var index = line.lower
      while index < line.upper {
        guard source.utf8[index] == UInt8(ascii: "`") else {
          index += source.utf8[index] == UInt8(ascii: "\\") ? 2 : 1
          continue
        }
        let start = index
        while index < line.upper, source.utf8[index] == UInt8(ascii: "`") { index += 1 }
        runs.append((Span(start, index), index - start))
      }
    }
    // The next run of the same length, found from behind so that the whole stays one pass.
    var nextOfCount: [Int: Int] = [:]
    var partner = [Int?](repeating: nil, count: runs.count)
    for index in runs.indices.reversed() {
      partner[index] = nextOfCount[runs[index].count]
      nextOfCount[runs[index].count] = index
    }
    var spans: [Span] = []
    var index = 0
    while index < runs.count {
      if let close = partner[index] {
        spans.append(runs[index].span.joined(with: runs[close].span))
        index = close
      }
      index += 1
    }
    return spans
  }
}
