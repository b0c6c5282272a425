/// Prose as it is written, where braces hold values, and as plain Markdown, where they are braces.
package enum ProseText {
  /// What a reader sees of prose without values.
  ///
  /// - Parameter prose: As it is written.
  /// - Returns: The Markdown; nil where values stand in it, or braces that cannot be read.
  package static func plain(_ prose: String) -> String? {
    let source = SourceText(name: "", prose)
    let lines = MarkdownProse(source, span: Span(0, source.utf8.count))
    let (template, errors) = TemplateReader(source).readProse(lines)
    return errors.isEmpty ? template.constant : nil
  }

  /// The prose that shows a Markdown text as it is: braces outside of code are doubled.
  package static func literal(_ markdown: String) -> String {
    let source = SourceText(name: "", markdown)
    let code = MarkdownProse(source, span: Span(0, source.utf8.count)).codeSpans
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.utf8.count)
    var next = 0
    for (offset, byte) in source.utf8.enumerated() {
      while next < code.count, code[next].upper <= offset { next += 1 }
      let isCode = next < code.count && code[next].lower <= offset
      bytes.append(byte)
      if !isCode, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
