/// Writes a report short enough for a comment on GitHub: without markers, console output and long
/// tables.
///
/// It cannot be run again; the full report can.
package enum BriefWriter {
  /// The most that GitHub takes for a comment, in characters.
  package static let limit = 65_536

  /// How much is left of long parts; tried in order until the text fits.
  private struct Cut {
    let rows, lines: Int
  }

  private static let cuts = [
    Cut(rows: .max, lines: .max), Cut(rows: 40, lines: 60), Cut(rows: 15, lines: 25),
    Cut(rows: 6, lines: 10), Cut(rows: 3, lines: 4),
  ]

  /// The report in fewer than ``limit`` characters.
  ///
  /// - Parameters:
  ///   - document: The full report.
  ///   - name: Its file name, to say where the rest stands.
  ///   - linkPrefix: What goes before the relative paths of pictures, such as
  ///     `../blob/main/reports/`; GitHub resolves relative paths in files only.
  /// - Returns: The text; it cannot be run again.
  package static func text(_ document: Document, of name: String, linkPrefix: String = "") -> String
  {
    for cut in cuts {
      let text = assembled(document, cut, name, linkPrefix).joined(separator: "\n\n") + "\n"
      // Bytes are at least as many as characters, however a service counts them.
      if text.utf8.count < limit { return text }
    }
    return truncated(assembled(document, cuts[cuts.count - 1], name, linkPrefix), name)
  }

  /// As many whole blocks as fit.
  private static func truncated(_ blocks: [String], _ name: String) -> String {
    var text = "", kept = 0
    for block in blocks {
      guard text.utf8.count + block.utf8.count + 400 + name.utf8.count * 4 < limit else { break }
      (text, kept) = (text + block + "\n\n", kept + 1)
    }
    let rest = blocks.count - kept
    let note = "_\(rest) more blocks in `\(MarkdownText.oneLine(name).prefix(200))`._\n"
    return text + note
  }

  private static func assembled(
    _ document: Document, _ cut: Cut, _ name: String, _ prefix: String
  ) -> [String] {
    document.blocks.compactMap { block -> String? in
      switch block {
      case .prose(let prose): return prose.rendered?.text ?? prose.source
      case .step(let step):
        let text = shortened(step.source, cut.lines)
        return Fence.lines(around: text, info: "yolos").joined(separator: "\n")
      case .output(let output): return brief(output, cut, prefix)
      }
    }
  }

  private static func brief(_ output: Output, _ cut: Cut, _ prefix: String) -> String? {
    var output = output
    var note: String?
    switch output {
    case .console, .kept, .unknown: return nil
    case .table(var table):
      let left = table.rows.count - cut.rows
      if left > 1 {
        table.rows = Array(table.rows.prefix(cut.rows))
        note = "_… and \(left) more rows_"
      }
      output = .table(table)
    case .code(let listing):
      output = .code(Listing(shortened(listing.text, cut.lines), language: listing.language))
    case .error(let text): output = .error(VolatileText(shortened(text.text, cut.lines)))
    case .figure(var figure):
      figure.path = prefix + figure.path
      figure.numbers = nil
      output = .figure(figure)
    case .text, .emitted, .warning, .parameters, .provenance: break
    }
    let body = MarkdownWriter.body(output).joined(separator: "\n")
    return note.map { "\(body)\n\n\($0)" } ?? body
  }

  private static func shortened(_ text: String, _ limit: Int) -> String {
    let lines = MarkdownText.lines(of: text)
    guard lines.count > limit else { return text }
    return (lines.prefix(limit) + ["… \(lines.count - limit) more lines"]).joined(separator: "\n")
  }
}
