/// An output as it is written: what its marker holds, and the lines that people see.
///
/// Other forms of a notebook keep the two apart.
package struct WrittenOutput: Equatable, Sendable {
  /// The word behind `yolos:out`.
  package let kind: String
  /// The JSON object in the marker; nil where it is left out.
  package let attributes: String?
  /// The lines between the markers and their blank lines, without a newline at the end.
  package let body: String

  /// Writes an output.
  package init(_ output: Output) {
    let marker = MarkdownWriter.marker(output)
    kind = marker.kind
    attributes = marker.attributes
    body = MarkdownWriter.body(output).joined(separator: "\n")
  }

  /// An output of its parts, which may come from anywhere.
  package init(kind: String, attributes: String?, body: String) {
    (self.kind, self.attributes, self.body) = (kind, attributes, body)
  }

  /// The region as it stands in a report.
  package var text: String {
    let marker = Marker(kind: kind, attributes: attributes)
    return [marker.opening, "", body, "", marker.closing].joined(separator: "\n")
  }

  /// What people see, as HTML.
  package var html: String { MarkdownToHTML { $0 }.html(body) }
}

extension MarkdownWriter {
  /// One block as it stands in a document.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - isLast: Whether it ends the document, where a fence may stay open.
  /// - Returns: Its lines, without a newline at the end.
  package static func text(_ block: Document.Block, isLast: Bool = false) -> String {
    lines(block, isLast: isLast).joined(separator: "\n")
  }
}
