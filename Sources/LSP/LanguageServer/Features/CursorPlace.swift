internal import Commands
internal import Language

/// What kind of text a cursor stands in, and what of it stands before the cursor.
enum CursorPlace {
  /// Statements; the text up to the cursor, from a line well before it.
  case statement(String)
  /// The braces of prose or of a string; what stands in them up to the cursor.
  case expression(String)
  /// A comment, plain prose, or what a run generated.
  case other

  /// Lines before the cursor that are looked at: no statement is nearly as long.
  private static let reach = 300

  init(_ query: Query) {
    let source = query.inspection.source, offset = query.offset
    let segment = query.inspection.notation.segments(of: source).first {
      $0.span.lower <= offset && offset <= $0.span.upper
    }
    let line = source.line(at: offset)
    let before = source[Span(source.span(ofLine: line).lower, offset)]
    switch segment {
    case nil: self = .other
    case .prose: self = Self.inBraces(before)
    case .steps(let span):
      let start = before.drop { $0 == " " || $0 == "\t" }
      if start.hasPrefix("#") {
        self = start.hasPrefix("# ") ? Self.inBraces(before) : .other
        return
      }
      let first = source.span(ofLine: max(1, line - Self.reach)).lower
      let text = source[Span(max(span.lower, first), offset)]
      let scan = CursorScan(text)
      if scan.isComment {
        self = .other
      } else if let string = scan.openString, case .expression(let inner) = Self.inBraces(string) {
        self = .expression(inner)
      } else {
        self = .statement(text)
      }
    }
  }

  /// The expression whose brace is still open at the end of a text.
  private static func inBraces(_ text: String) -> CursorPlace {
    var open: [String.Index] = []
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if text[index] == "{" {
        if open.isEmpty, next < text.endIndex, text[next] == "{" {
          index = text.index(after: next)
          continue
        }
        open.append(next)
      } else if text[index] == "}" {
        _ = open.popLast()
      }
      index = next
    }
    return open.first.map { .expression(String(text[$0...])) } ?? .other
  }
}
