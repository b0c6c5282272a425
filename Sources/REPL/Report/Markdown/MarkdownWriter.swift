/// Writes documents as GitHub-flavoured Markdown.
package enum MarkdownWriter {
  /// The whole document.
  package static func text(_ document: Document) -> String {
    var lines: [String] = []
    for (index, entry) in document.entries.enumerated() {
      lines += [String](repeating: "", count: entry.blankLines)
      let isLast = index == document.entries.count - 1
      lines += self.lines(entry.block, isLast: isLast)
    }
    let end = document.hasCarriageReturns ? "\r\n" : "\n"
    return lines.joined(separator: end)
      + String(repeating: end, count: document.finalNewlines)
  }

  static func lines(_ block: Document.Block, isLast: Bool = false) -> [String] {
    switch block {
    case .prose(let prose): lines(prose, isLast: isLast)
    case .step(let step): lines(step)
    case .output(let output): region(output)
    }
  }

  private static func lines(_ prose: Prose, isLast: Bool) -> [String] {
    if let rendered = prose.rendered {
      let volatile = rendered.volatilePieces
      let marker = Marker(
        kind: "prose",
        MarkerAttributes(source: prose.source, volatile: volatile.isEmpty ? nil : volatile))
      return [marker.opening, ""] + SafeProse.regionLines(rendered.text) + ["", marker.closing]
    }
    if prose.isVerbatim { return MarkdownText.lines(of: prose.source).map(String.init) }
    return isLast ? SafeProse.lines(prose.source) : closed(prose.source)
  }

  /// The lines of prose, with a fence that it left open closed, as it would swallow what follows.
  private static func closed(_ text: String) -> [String] {
    SafeProse.lines(text) + (SafeProse.openFence(text).map { [$0.closing] } ?? [])
  }

  private static func lines(_ step: Step) -> [String] {
    guard let opening = step.opening, let fence = Fence(opening: opening) else {
      return Fence.lines(around: step.source, info: "yolos")
    }
    let indent = String(repeating: " ", count: fence.indent)
    let closing = step.closing ?? indent + fence.closing
    let source = step.source.isEmpty ? [] : MarkdownText.lines(of: step.source)
    let body = source.map { $0.isEmpty ? "" : indent + $0 }
    return [opening] + body + (closing.isEmpty ? [] : [closing])
  }

  private static func region(_ output: Output) -> [String] {
    if case .unknown(let region) = output { return region.lines }
    let marker = self.marker(output)
    return [marker.opening, ""] + body(output) + ["", marker.closing]
  }
}
