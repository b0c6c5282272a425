/// A few words on something: a line of code, and sentences.
package struct Explanation: Equatable {
  /// Code that stands at the head.
  package var code: String?
  /// Paragraphs; inline code in backticks.
  package var paragraphs: [String] = []
  /// Lines of code that stand at the end.
  package var example: String?

  /// Words of their parts.
  package init(code: String? = nil, paragraphs: [String] = [], example: String? = nil) {
    (self.code, self.paragraphs, self.example) = (code, paragraphs, example)
  }

  /// As Markdown.
  package var markdown: String {
    let parts =
      (code.map { ["```yolos\n\($0)\n```"] } ?? []) + paragraphs
      + (example.map { ["```yolos\n\($0)\n```"] } ?? [])
    return parts.joined(separator: "\n\n")
  }

  /// As plain text.
  package var plain: String {
    let words = paragraphs.map { $0.replacing("`", with: "").replacing("\\", with: "") }
    return ((code.map { [$0] } ?? []) + words + (example.map { [$0] } ?? []))
      .joined(separator: "\n\n")
  }
}
