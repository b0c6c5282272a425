/// The two ways in which one document is written.
package enum Notation: Sendable {
  /// `.yolos`: steps, with prose in lines that begin with `# `.
  case steps
  /// `.md`: prose, with steps in fences marked `yolos`.
  case markdown

  /// The notation of a file by its name.
  package init(path: String) {
    let isMarkdown = path.lowercased().hasSuffix(".md") || path.lowercased().hasSuffix(".markdown")
    self = isMarkdown ? .markdown : .steps
  }

  /// Divides a text into prose and steps, in order.
  ///
  /// Generated parts of a report, between `<!-- yolos:out` and `<!-- yolos:end`, belong to neither.
  package func segments(of source: SourceText) -> [Segment] {
    switch self {
    case .steps: [.steps(Span(0, source.utf8.count))]
    case .markdown: Self.markdownSegments(of: source)
    }
  }

  private static func markdownSegments(of source: SourceText) -> [Segment] {
    var segments: [Segment] = []
    var prose: Span?
    var fence: (sign: UInt8, count: Int, isSteps: Bool)?
    var steps: Int?
    var isGenerated = false
    func closeProse() {
      if let prose { segments.append(.prose(prose)) }
      prose = nil
    }
    for number in 1...source.lineCount {
      let line = source.span(ofLine: number)
      let bytes = source.utf8[line.lower..<line.upper]
      if isGenerated {
        if bytes.starts(with: "<!-- yolos:end".utf8) { isGenerated = false }
        continue
      }
      let mark = Self.fence(bytes)
      if let open = fence {
        let closes = mark.map {
          $0.sign == open.sign && $0.count >= open.count && $0.info.isEmpty
        }
        if closes == true {
          if let start = steps { segments.append(.steps(Span(start, line.lower))) }
          (fence, steps) = (nil, nil)
          if open.isSteps { continue }
        }
        if open.isSteps { continue }
      } else if let mark {
        fence = (mark.sign, mark.count, mark.info.split(separator: " ").first == "yolos")
        if fence?.isSteps == true {
          closeProse()
          steps = line.upper + (line.upper < source.utf8.count ? 1 : 0)
          continue
        }
      } else if bytes.starts(with: "<!-- yolos:out".utf8) {
        closeProse()
        isGenerated = true
        continue
      }
      prose = (prose ?? line).joined(with: line)
    }
    if let steps { segments.append(.steps(Span(steps, source.utf8.count))) }
    closeProse()
    return segments
  }

  /// The fence that a line opens or closes: its sign, its length and what stands behind it.
  static func fence(_ line: ArraySlice<UInt8>) -> (sign: UInt8, count: Int, info: String)? {
    let text = line.drop { $0 == UInt8(ascii: " ") }
    guard line.count - text.count <= 3, let sign = text.first,
      sign == UInt8(ascii: "`") || sign == UInt8(ascii: "~")
    else { return nil }
    let rest = text.drop { $0 == sign }
    let count = text.count - rest.count
    guard count >= 3, sign == UInt8(ascii: "~") || !rest.contains(sign) else { return nil }
    let info = String(decoding: rest, as: UTF8.self)
    return (
      sign, count, String(info.drop { $0 == " " }.reversed().drop { $0.isWhitespace }.reversed())
    )
  }
}

/// A part of a document.
package enum Segment: Sendable, Equatable {
  /// Markdown, whole lines.
  case prose(Span)
  /// Statements.
  case steps(Span)
}
