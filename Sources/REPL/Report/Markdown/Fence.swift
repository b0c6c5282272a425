/// A code fence by the rules of CommonMark 0.31, section 4.5.
struct Fence {
  /// Blanks before it; as many are taken from the lines inside.
  let indent: Int
  /// The fence's character, a backtick or a tilde.
  let mark: Unicode.Scalar
  /// How many of them.
  let length: Int
  /// What stands behind it.
  let info: String

  /// Reads a line that opens a fence, or returns nil.
  init?(opening line: some StringProtocol) {
    let scalars = line.unicodeScalars
    let indent = scalars.prefix { $0 == " " }.count
    let body = scalars.dropFirst(indent)
    guard indent <= 3, let mark = body.first, mark == "`" || mark == "~" else { return nil }
    let length = body.prefix { $0 == mark }.count
    let info = body.dropFirst(length)
    guard length >= 3, !(mark == "`" && info.contains("`")) else { return nil }
    (self.indent, self.mark, self.length) = (indent, mark, length)
    self.info = MarkdownText.oneLine(String(String.UnicodeScalarView(info)))
  }

  /// Whether a line closes this fence.
  func isClosed(by line: some StringProtocol) -> Bool {
    let scalars = line.unicodeScalars
    let indent = scalars.prefix { $0 == " " }.count
    let body = scalars.dropFirst(indent)
    let count = body.prefix { $0 == mark }.count
    return indent <= 3 && count >= length
      && body.dropFirst(count).allSatisfy { $0 == " " || $0 == "\t" }
  }

  /// The shortest line that closes it.
  var closing: String { String(repeating: String(mark), count: length) }

  /// A line inside without the fence's indentation.
  func content(_ line: Substring) -> Substring {
    let blanks = line.unicodeScalars.prefix { $0 == " " }.count
    return Substring(line.unicodeScalars.dropFirst(min(indent, blanks)))
  }

  /// The lines of a fence around a text: longer than any fence inside, and moved by one blank where
  /// a line would be taken for one of our markers.
  static func lines(around text: String, info: String) -> [String] {
    let content = MarkdownText.lines(of: text)
    let longest =
      content.map { line in
        line.unicodeScalars.drop { $0 == " " }.prefix { $0 == "`" }.count
      }.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    let indent = content.contains(where: Marker.isMarker) ? " " : ""
    return ["\(indent)\(fence)\(info)"] + content.map { $0.isEmpty ? "" : "\(indent)\($0)" }
      + ["\(indent)\(fence)"]
  }

  /// The text and the info of the fence that `lines` are from end to end, or nil.
  static func text(in lines: some Collection<Substring>) -> (text: String, info: String)? {
    guard lines.count >= 2, let first = lines.first, let fence = Fence(opening: first) else {
      return nil
    }
    let inner = lines.dropFirst()
    let body = inner.prefix { !fence.isClosed(by: $0) }
    guard body.count == inner.count - 1 else { return nil }
    return (body.map { String(fence.content($0)) }.joined(separator: "\n"), fence.info)
  }
}

/// Prose whose lines cannot be taken for our markers.
enum SafeProse {
  /// Puts a backslash before every marker outside fences.
  static func lines(_ text: String) -> [String] {
    var fence: Fence?
    return MarkdownText.lines(of: text).map { line in
      if let open = fence {
        if open.isClosed(by: line) { fence = nil }
        return String(line)
      }
      fence = Fence(opening: line)
      return Marker.isMarker(line) ? "\\\(line)" : String(line)
    }
  }

  /// The same for prose between two markers, where a reader looks for the second one in fences,
  /// too: there one blank goes before a marker, and a fence that is left open is closed.
  static func regionLines(_ text: String) -> [String] {
    lines(text).map { Marker.isMarker($0) ? " \($0)" : $0 }
      + (openFence(text).map { [$0.closing] } ?? [])
  }

  /// The fence that a text leaves open, if any.
  static func openFence(_ text: String) -> Fence? {
    MarkdownText.lines(of: text).reduce(nil as Fence?) { fence, line in
      if let open = fence { return open.isClosed(by: line) ? nil : open }
      return Fence(opening: line)
    }
  }
}
